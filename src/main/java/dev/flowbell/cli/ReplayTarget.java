package dev.flowbell.cli;

import dev.flowbell.input.FileTarget;
import dev.flowbell.input.LineTarget;
import dev.flowbell.input.LogBatch;
import dev.flowbell.pipeline.PayloadReader;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.TimeLimit;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.LogOrigin;
import org.jspecify.annotations.Nullable;

/// Sends what files hold through the pipeline, and adds the outcome to a report. A file of lines is
/// one payload.
final class ReplayTarget implements FileTarget {
  private final Pipeline pipeline;
  private final Settings settings;
  private final ReplayReport report;
  private @Nullable PayloadReader file;

  ReplayTarget(Pipeline pipeline, Settings settings, ReplayReport report) {
    this.pipeline = pipeline;
    this.settings = settings;
    this.report = report;
  }

  @Override
  public void addBatch(LogBatch batch) {
    report.add(pipeline.process(batch, TimeLimit.NONE));
  }

  @Override
  public LineTarget beginFile(String name) {
    file = new PayloadReader(new LogOrigin("", "", name), settings, settings.formats());
    return file;
  }

  @Override
  public void endFile() {
    if (file == null) {
      throw new IllegalStateException("expected beginFile before endFile");
    }
    report.add(pipeline.process(file));
    file = null;
  }
}
