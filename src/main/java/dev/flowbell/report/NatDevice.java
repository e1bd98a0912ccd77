package dev.flowbell.report;

import dev.flowbell.record.IpAddress;
import java.util.Comparator;
import java.util.List;

/// A device that hid the sources of rejected records: their `srcaddr` is its address.
///
/// @param sources who is behind it, the most rejected first; at most 10
/// @param sourceCount how many they are
public record NatDevice(IpAddress address, long rejects, List<Behind> sources, long sourceCount) {
  static final Comparator<Behind> MOST_FIRST =
      Comparator.comparingLong(Behind::rejects).reversed().thenComparing(Behind::source);

  /// A source behind the device.
  public record Behind(IpAddress source, long rejects) {}
}
