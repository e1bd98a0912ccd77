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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sends what files hold through the pipeline, and passes on what becomes of each payload. The
/// lines of a file are one payload.
final class ReplayTarget implements InputTarget {
  private final Pipeline pipeline;
  private final Consumer<Outcome> outcomes;
  private final Consumer<String> unknownFields;
  private final boolean isPublishing;
  private @Nullable PayloadReader file;
  private Map<ParseFault, Long> withoutRecord = Map.of();

  /// Creates a target.
  ///
  /// @param outcomes gets what becomes of each payload
  /// @param unknownFields gets the names of columns that are read over
  /// @param isPublishing whether what is read is published: then a part of a file isn't, because
  ///   the whole one would be counted again
  ReplayTarget(
      Pipeline pipeline,
      Consumer<Outcome> outcomes,
      Consumer<String> unknownFields,
      boolean isPublishing) {
    this.pipeline = pipeline;
    this.outcomes = outcomes;
    this.unknownFields = unknownFields;
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
    outcomes.accept(pipeline.process(batch, TimeLimit.NONE));
  }

  @Override
  public LineTarget beginFile(String name) {
    file = pipeline.begin(new LogOrigin("", "", name));
    return file;
  }

  @Override
  public void addUnknownField(String name) {
    unknownFields.accept(name);
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
    outcomes.accept(outcome);
    file = null;
    if (isWhole && outcome.summary().total(Metric.RECORDS) == 0) { // else its fault is named
      withoutRecord = outcome.summary().faults();
    }
  }
}
