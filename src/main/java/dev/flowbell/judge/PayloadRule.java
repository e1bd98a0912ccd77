package dev.flowbell.judge;

import dev.flowbell.metric.Metric;
import dev.flowbell.summary.FlowSummary;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A rule about a payload as a whole.
public enum PayloadRule implements AlertRule {
  /// Flowbell can't read some of the lines, so it counts nothing of what they say.
  UNREADABLE_RECORDS(
      "unreadable-records",
      "ALERT_UNREADABLE_RECORDS",
      5,
      "unreadable records of a payload",
      Severity.MEDIUM,
      Metric.UNREADABLE_RECORDS,
      _ -> null),
  /// AWS skipped records, so the counts are too low.
  SKIPPED_WINDOWS(
      "skipped-windows",
      "ALERT_SKIPPED_WINDOWS",
      1,
      "skipped windows of a payload",
      Severity.LOW,
      Metric.SKIPPED_WINDOWS,
      FlowSummary::skippedAt);

  private final String key;
  private final String setting;
  private final long defaultThreshold;
  private final String counted;
  private final Severity severity;
  private final Metric metric;
  private final Function<FlowSummary, @Nullable String> interfaceId;

  PayloadRule(
      String key,
      String setting,
      long defaultThreshold,
      String counted,
      Severity severity,
      Metric metric,
      Function<FlowSummary, @Nullable String> interfaceId) {
    this.key = key;
    this.setting = setting;
    this.defaultThreshold = defaultThreshold;
    this.counted = counted;
    this.severity = severity;
    this.metric = metric;
    this.interfaceId = interfaceId;
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public String setting() {
    return setting;
  }

  @Override
  public long defaultThreshold() {
    return defaultThreshold;
  }

  @Override
  public String counted() {
    return counted;
  }

  @Override
  public List<PayloadAlert> evaluate(FlowSummary summary, long threshold) {
    long count = summary.total(metric);
    return count < threshold
        ? List.of()
        : List.of(new PayloadAlert(this, severity, count, threshold, interfaceId.apply(summary)));
  }
}
