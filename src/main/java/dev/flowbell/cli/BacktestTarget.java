package dev.flowbell.cli;

import dev.flowbell.backtest.History;
import dev.flowbell.input.LineTarget;
import dev.flowbell.input.LogBatch;
import dev.flowbell.metric.Metric;
import dev.flowbell.pipeline.PayloadReader;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.TimeLimit;
import dev.flowbell.record.ParseFault;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what files hold into a history. The lines of a file are one payload, as in a replay.
final class BacktestTarget implements InputTarget {
  private final Pipeline pipeline;
  private final History history;
  private @Nullable PayloadReader file;
  private Map<ParseFault, Long> withoutRecord = Map.of();

  /// Creates a target.
  ///
  /// @param pipeline reads, and judges only to know what to read
  BacktestTarget(Pipeline pipeline, History history) {
    this.pipeline = pipeline;
    this.history = history;
  }

  @Override
  public Map<ParseFault, Long> takeLinesWithoutRecord() {
    Map<ParseFault, Long> lines = withoutRecord;
    withoutRecord = Map.of();
    return lines;
  }

  @Override
  public void addBatch(LogBatch batch) {
    history.add(pipeline.process(batch, TimeLimit.NONE).summary());
  }

  @Override
  public LineTarget beginFile(String name) {
    file = pipeline.begin(new LogOrigin("", "", name));
    return file;
  }

  @Override
  public void addUnknownField(String name) {
    // A column of a later version changes no notification.
  }

  @Override
  public void endFile(boolean isWhole) {
    if (file == null) {
      throw new IllegalStateException("expected beginFile before endFile");
    }
    FlowSummary summary = pipeline.process(file).summary();
    file = null;
    history.add(summary);
    if (isWhole && summary.total(Metric.RECORDS) == 0) { // else its fault is named
      withoutRecord = summary.faults();
    }
  }
}
