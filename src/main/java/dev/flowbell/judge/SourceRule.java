package dev.flowbell.judge;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SourceActivity;
import java.util.List;
import java.util.function.ToLongFunction;

/// A rule about what one source had rejected at one network interface, in one payload.
public enum SourceRule implements AlertRule {
  /// A source is rejected at many ports.
  PORT_SCAN(
      "port-scan",
      "ALERT_PROBED_PORTS",
      10,
      "different ports that a source is rejected at",
      Severity.MEDIUM,
      Severity.HIGH,
      SourceActivity::probedPorts,
      SourceActivity::rejects),
  /// A source is rejected at many addresses.
  HOST_SWEEP(
      "host-sweep",
      "ALERT_PROBED_HOSTS",
      10,
      "different addresses that a source is rejected at",
      Severity.MEDIUM,
      Severity.HIGH,
      SourceActivity::probedHosts,
      SourceActivity::rejects),
  /// A source's TCP handshakes are blocked.
  BLOCKED_HANDSHAKES(
      "blocked-handshakes",
      "ALERT_BLOCKED_HANDSHAKES",
      20,
      "a source's blocked handshakes",
      Severity.LOW,
      Severity.MEDIUM,
      SourceActivity::blockedHandshakes,
      SourceActivity::blockedHandshakes),
  /// A source is rejected behind a NAT device: `srcaddr` is not the source.
  NAT_MASKED_REJECTS(
      "nat-masked-rejects",
      "ALERT_NAT_MASKED_REJECTS",
      10,
      "a source's rejected flows that a NAT device masks",
      Severity.MEDIUM,
      Severity.MEDIUM,
      SourceActivity::natMaskedRejects,
      SourceActivity::natMaskedRejects),
  /// A source is rejected, over any protocol.
  REJECTS(
      "rejects",
      "ALERT_REJECTS",
      100,
      "a source's rejected flows",
      Severity.LOW,
      Severity.MEDIUM,
      SourceActivity::rejects,
      SourceActivity::rejects);

  private final String key;
  private final String setting;
  private final long defaultThreshold;
  private final String counted;
  private final Severity fromOutside;
  private final Severity fromInside;
  private final ToLongFunction<SourceActivity> count;
  private final ToLongFunction<SourceActivity> flows;

  SourceRule(
      String key,
      String setting,
      long defaultThreshold,
      String counted,
      Severity fromOutside,
      Severity fromInside,
      ToLongFunction<SourceActivity> count,
      ToLongFunction<SourceActivity> flows) {
    this.key = key;
    this.setting = setting;
    this.defaultThreshold = defaultThreshold;
    this.counted = counted;
    this.fromOutside = fromOutside;
    this.fromInside = fromInside;
    this.count = count;
    this.flows = flows;
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
  public List<SourceAlert> evaluate(FlowSummary summary, long threshold) {
    return summary.sources().stream()
        .filter(activity -> count.applyAsLong(activity) >= threshold)
        .map(activity -> toAlert(activity, threshold))
        .toList();
  }

  private SourceAlert toAlert(SourceActivity activity, long threshold) {
    return new SourceAlert(
        this,
        AddressScope.of(activity.source()).isInside() ? fromInside : fromOutside,
        count.applyAsLong(activity),
        threshold,
        flows.applyAsLong(activity),
        activity);
  }
}
