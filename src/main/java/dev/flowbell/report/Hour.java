package dev.flowbell.report;

import java.time.Instant;

/// One hour of flow time. A record belongs to the hour of its end.
///
/// @param begin the hour's first second
/// @param accepted accepted flows
/// @param inside rejected flows of sources inside, noise aside
/// @param outside rejected flows of sources outside, noise aside
/// @param noise rejected flows that are noise, see [Totals]
public record Hour(Instant begin, long accepted, long inside, long outside, long noise) {
  /// Returns all rejected flows.
  public long rejected() {
    return inside + outside + noise;
  }
}
