package dev.flowbell.cli;

import dev.flowbell.input.FileTarget;
import dev.flowbell.input.LineTarget;
import dev.flowbell.input.LogBatch;
import dev.flowbell.pipeline.PayloadReader;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.TimeLimit;
import dev.flowbell.summary.LogOrigin;
import org.jspecify.annotations.Nullable;

/// Sends what files hold through the pipeline, and adds the outcome to a report. A file of lines is
/// one payload.
final class ReplayTarget implements FileTarget {
  private final Pipeline pipeline;
  private final ReplayReport report;
  private @Nullable PayloadReader file;

  ReplayTarget(Pipeline pipeline, ReplayReport report) {
    this.pipeline = pipeline;
    this.report = report;
  }

  @Override
  public void addBatch(LogBatch batch) {
    report.add(pipeline.process(batch, TimeLimit.NONE));
  }

  @Override
  public LineTarget beginFile(String name) {
    file = pipeline.begin(new LogOrigin("", "", name));
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
