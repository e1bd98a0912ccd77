package dev.flowbell.judge;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.metric.Metric;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SourceActivity;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What in one payload is worth telling: something that came as often as a threshold says.
///
/// To add a rule, add a line here, and a setting for its threshold follows from it.
public enum AlertRule {
  /// One source probes many ports of one interface's traffic.
  PORT_SCAN(
      "port-scan",
      "ALERT_PROBED_PORTS",
      10,
      "different ports that a source is rejected at",
      Severity.MEDIUM,
      Severity.HIGH,
      SourceActivity::probedPorts,
      SourceActivity::rejects),
  /// One source probes many destinations.
  HOST_SWEEP(
      "host-sweep",
      "ALERT_PROBED_HOSTS",
      10,
      "different addresses that a source is rejected at",
      Severity.MEDIUM,
      Severity.HIGH,
      SourceActivity::probedHosts,
      SourceActivity::rejects),
  /// One source's TCP handshakes are blocked.
  BLOCKED_HANDSHAKES(
      "blocked-handshakes",
      "ALERT_BLOCKED_HANDSHAKES",
      20,
      "a source's blocked handshakes",
      Severity.LOW,
      Severity.MEDIUM,
      SourceActivity::blockedHandshakes,
      SourceActivity::blockedHandshakes),
  /// One source is rejected behind a NAT device, so that `srcaddr` misleads.
  NAT_MASKED_REJECTS(
      "nat-masked-rejects",
      "ALERT_NAT_MASKED_REJECTS",
      10,
      "a source's rejected flows that a NAT device masks",
      Severity.MEDIUM,
      Severity.MEDIUM,
      SourceActivity::natMaskedRejects,
      SourceActivity::natMaskedRejects),
  /// One source is rejected, over whatever protocol.
  REJECTS(
      "rejects",
      "ALERT_REJECTS",
      100,
      "a source's rejected flows",
      Severity.LOW,
      Severity.MEDIUM,
      SourceActivity::rejects,
      SourceActivity::rejects),
  /// Lines could not be read: Flowbell is blind to what they say.
  UNREADABLE_RECORDS(
      "unreadable-records",
      "ALERT_UNREADABLE_RECORDS",
      5,
      "unreadable records of a payload",
      Severity.MEDIUM,
      Metric.UNREADABLE_RECORDS,
      _ -> null),
  /// AWS skipped records: counts are too low.
  SKIPPED_WINDOWS(
      "skipped-windows",
      "ALERT_SKIPPED_WINDOWS",
      1,
      "skipped windows of a payload",
      Severity.LOW,
      Metric.SKIPPED_WINDOWS,
      FlowSummary::skippedAt);

  private final String words;
  private final String setting;
  private final long defaultThreshold;
  private final String counted;
  private final Evaluation evaluation;

  /// A rule that looks at each source; what comes from inside one's own networks weighs more.
  AlertRule(
      String words,
      String setting,
      long defaultThreshold,
      String counted,
      Severity fromOutside,
      Severity fromInside,
      ToLongFunction<SourceActivity> count,
      ToLongFunction<SourceActivity> flows) {
    this.words = words;
    this.setting = setting;
    this.defaultThreshold = defaultThreshold;
    this.counted = counted;
    this.evaluation =
        (rule, summary, threshold) ->
            summary.sources().stream()
                .filter(activity -> count.applyAsLong(activity) >= threshold)
                .map(
                    activity ->
                        new Alert(
                            rule,
                            AddressScope.of(activity.source()).isInside()
                                ? fromInside
                                : fromOutside,
                            count.applyAsLong(activity),
                            threshold,
                            flows.applyAsLong(activity),
                            activity.interfaceId(),
                            activity))
                .toList();
  }

  /// A rule that looks at the payload as a whole.
  AlertRule(
      String words,
      String setting,
      long defaultThreshold,
      String counted,
      Severity severity,
      Metric metric,
      Function<FlowSummary, @Nullable String> interfaceId) {
    this.words = words;
    this.setting = setting;
    this.defaultThreshold = defaultThreshold;
    this.counted = counted;
    this.evaluation =
        (rule, summary, threshold) -> {
          long count = summary.total(metric);
          return count < threshold
              ? List.of()
              : List.of(
                  new Alert(
                      rule, severity, count, threshold, count, interfaceId.apply(summary), null));
        };
  }

  /// Returns the name that notifications, their attributes and cooldowns carry.
  public String words() {
    return words;
  }

  /// Returns the name of the setting for the threshold.
  public String setting() {
    return setting;
  }

  /// Returns the threshold unless told otherwise.
  public long defaultThreshold() {
    return defaultThreshold;
  }

  /// Returns what is counted and compared with the threshold, in words.
  public String counted() {
    return counted;
  }

  /// Returns the alerts that this rule finds in a payload, for sources the most rejected first.
  ///
  /// @param threshold at least 1
  List<Alert> evaluate(FlowSummary summary, long threshold) {
    return evaluation.evaluate(this, summary, threshold);
  }

  @FunctionalInterface
  private interface Evaluation {
    List<Alert> evaluate(AlertRule rule, FlowSummary summary, long threshold);
  }
}
