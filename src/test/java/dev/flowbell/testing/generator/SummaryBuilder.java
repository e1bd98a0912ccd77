package dev.flowbell.testing.generator;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.record.ParseFault;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogGroupProblem;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.summary.OpenedFlow;
import dev.flowbell.summary.PayloadEvidence;
import dev.flowbell.summary.SuspectGroup;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Builds a summary without records. Its origin is [Summaries#ORIGIN] and its arrival is
/// [Summaries#ARRIVAL] unless set. What isn't set is empty, absent or 0.
public final class SummaryBuilder {
  private LogOrigin origin = Summaries.ORIGIN;
  private Instant arrival = Summaries.ARRIVAL;
  private final Map<Metric, Long> totals = new EnumMap<>(Metric.class);
  private List<MetricPoint> points = List.of();
  private final Map<ParseFault, Long> faults = new EnumMap<>(ParseFault.class);
  private List<SuspectGroup> suspects = List.of();
  private List<OpenedFlow> opened = List.of();
  private @Nullable Instant first;
  private @Nullable Instant last;
  private @Nullable String skippedAt;

  public SummaryBuilder origin(LogOrigin value) {
    origin = value;
    return this;
  }

  public SummaryBuilder arrival(Instant time) {
    arrival = time;
    return this;
  }

  public SummaryBuilder total(Metric metric, long count) {
    totals.put(metric, count);
    return this;
  }

  public SummaryBuilder points(List<MetricPoint> values) {
    points = values;
    return this;
  }

  public SummaryBuilder fault(ParseFault fault, long count) {
    faults.put(fault, count);
    return this;
  }

  /// @param groups the rejected records, and the handshakes that were sent again without an answer
  public SummaryBuilder suspects(SuspectGroup... groups) {
    suspects = List.of(groups);
    return this;
  }

  /// @param flows what sources got through
  public SummaryBuilder opened(OpenedFlow... flows) {
    opened = List.of(flows);
    return this;
  }

  public SummaryBuilder first(@Nullable Instant time) {
    first = time;
    return this;
  }

  public SummaryBuilder last(@Nullable Instant time) {
    last = time;
    return this;
  }

  /// @param interfaceId the network interface of a skipped window
  public SummaryBuilder skippedAt(@Nullable String interfaceId) {
    skippedAt = interfaceId;
    return this;
  }

  public FlowSummary build() {
    return new FlowSummary(
        origin,
        arrival,
        totals,
        points,
        Set.of(),
        new PayloadEvidence(suspects, opened),
        first,
        last,
        problems());
  }

  private List<LogGroupProblem> problems() {
    long skipped = totals.getOrDefault(Metric.SKIPPED_WINDOWS, 0L);
    return faults.isEmpty() && skipped == 0 && skippedAt == null
        ? List.of()
        : List.of(new LogGroupProblem(origin, faults, skipped, skippedAt));
  }
}
