package dev.flowbell.backtest;

import dev.flowbell.judge.Alert;
import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.summary.FlowSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The payloads that were read, as far as judging needs them: they are read once, and judged with
/// each of the settings.
public final class History {
  private final List<FlowSummary> payloads = new ArrayList<>();
  private final NavigableSet<Long> steps = new TreeSet<>();
  private final BigRejects rejects = new BigRejects();
  private long records;
  private @Nullable Instant first;
  private @Nullable Instant last;

  /// Adds a payload. Control messages and repeated batches have no records, and are left out.
  public void add(FlowSummary summary) {
    if (summary.total(Metric.CONTROL_MESSAGES) + summary.total(Metric.DUPLICATE_BATCHES) > 0) {
      return;
    }
    payloads.add(summary.toJudge());
    records += summary.total(Metric.RECORDS);
    summary.evidence().suspects().forEach(rejects::add);
    for (MetricPoint point : summary.points()) {
      if (point.series().equals(MetricSeries.TOTAL)
          && point.values().getOrDefault(Metric.RECORDS, 0L) > 0) {
        steps.add(Span.stepOf(point.minute()));
      }
    }
    if (summary.first() != null && (first == null || summary.first().isBefore(first))) {
      first = summary.first();
    }
    if (summary.last() != null && (last == null || summary.last().isAfter(last))) {
      last = summary.last();
    }
  }

  /// Returns how many records there are.
  public long records() {
    return records;
  }

  /// Returns the time that the records cover, `null` if none of them has a time.
  public @Nullable Span span() {
    return first == null || last == null ? null : Span.of(first, last, steps);
  }

  List<FlowSummary> payloads() {
    return payloads;
  }

  List<SilentRejects> silent(List<Alert> alerts) {
    return rejects.silent(alerts);
  }
}
