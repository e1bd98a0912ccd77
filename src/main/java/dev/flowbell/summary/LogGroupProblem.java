package dev.flowbell.summary;

import dev.flowbell.record.ParseFault;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is wrong with the records of one log group.
///
/// @param origin the log group; of several log streams or files, the first one with a problem
/// @param faults how many lines were unreadable, by cause
/// @param skippedWindows how many intervals AWS skipped
/// @param skippedAt the network interface of the first skipped interval, `null` where it is not
///   known
public record LogGroupProblem(
    LogOrigin origin,
    Map<ParseFault, Long> faults,
    long skippedWindows,
    @Nullable String skippedAt) {
  /// Creates a problem with a copy of the map.
  public LogGroupProblem {
    Map<ParseFault, Long> copy = new EnumMap<>(ParseFault.class);
    copy.putAll(faults);
    faults = Collections.unmodifiableMap(copy);
  }

  /// Returns how many lines were unreadable.
  public long unreadableRecords() {
    return faults.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Returns the sum of this problem and another one of the same log group.
  LogGroupProblem plus(LogGroupProblem other) {
    Map<ParseFault, Long> sum = new HashMap<>(faults);
    other.faults.forEach((fault, count) -> sum.merge(fault, count, Long::sum));
    return new LogGroupProblem(
        origin,
        sum,
        skippedWindows + other.skippedWindows,
        skippedAt == null ? other.skippedAt : skippedAt);
  }
}
