package dev.flowbell.cli;

import dev.flowbell.input.LineTarget;
import dev.flowbell.input.LogBatch;
import dev.flowbell.metric.Metric;
import dev.flowbell.pipeline.Outcome;
import dev.flowbell.pipeline.PayloadReader;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.TimeLimit;
import dev.flowbell.record.ParseFault;
import dev.flowbell.summary.LogOrigin;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sends what files hold through the pipeline, and adds the outcome to a report. The lines of a
/// file are one payload.
final class ReplayTarget implements InputTarget {
  private final Pipeline pipeline;
  private final ReplayReport report;
  private final boolean isPublishing;
  private @Nullable PayloadReader file;
  private Map<ParseFault, Long> withoutRecord = Map.of();

  /// Creates a target.
  ///
  /// @param isPublishing whether what is read is published: then a part of a file isn't, because
  ///   the whole one would be counted again
  ReplayTarget(Pipeline pipeline, ReplayReport report, boolean isPublishing) {
    this.pipeline = pipeline;
    this.report = report;
    this.isPublishing = isPublishing;
  }

  @Override
  public Map<ParseFault, Long> takeLinesWithoutRecord() {
    Map<ParseFault, Long> lines = withoutRecord;
    withoutRecord = Map.of();
    return lines;
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
  public void addUnknownField(String name) {
    report.addUnknownField(name);
  }

  @Override
  public void endFile(boolean isWhole) {
    if (file == null) {
      throw new IllegalStateException("expected beginFile before endFile");
    }
    if (!isWhole && isPublishing) {
      file = null;
      return;
    }
    Outcome outcome = pipeline.process(file);
    report.add(outcome);
    file = null;
    if (isWhole && outcome.summary().total(Metric.RECORDS) == 0) { // else its fault is named
      withoutRecord = outcome.summary().faults();
    }
  }
}
