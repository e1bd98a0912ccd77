package dev.flowbell.summary;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Assigns a number to each network interface of a payload. Nearly every payload has one interface,
/// so its name becomes a string only once.
final class InterfaceNumbers {
  /// The number of records without a network interface.
  private static final int NONE = -1;

  /// The number of all network interfaces beyond the bound. No source is added for them, because
  /// sources have the same bound.
  private static final int PAST_BOUND = -2;

  private static final byte[] NO_BYTES = {};

  private final int most;
  private final Map<String, Integer> numbers = new HashMap<>();
  private byte[] lastBytes = NO_BYTES;
  private @Nullable String last;
  private int lastNumber = NONE;

  /// Creates numbers for a payload.
  ///
  /// @param most the most network interfaces that get a number of their own
  InterfaceNumbers(int most) {
    this.most = most;
  }

  /// Clears the numbers for the next payload.
  void reset() {
    numbers.clear();
    lastBytes = NO_BYTES;
    last = null;
  }

  /// Returns the number of the record's network interface.
  int add(FlowRecord record) {
    if (record.isText(FlowField.INTERFACE_ID, lastBytes)) {
      return lastNumber;
    }
    String name = record.text(FlowField.INTERFACE_ID);
    boolean isPastBound = numbers.size() == most && !numbers.containsKey(name);
    if (name == null || isPastBound) {
      last = null;
      lastBytes = NO_BYTES;
      return name == null ? NONE : PAST_BOUND;
    }
    last = name;
    lastBytes = name.getBytes(StandardCharsets.UTF_8);
    lastNumber = numbers.computeIfAbsent(name, _ -> numbers.size());
    return lastNumber;
  }

  /// Returns the name of the last record's network interface, `null` where it has none or is beyond
  /// the bound.
  @Nullable String last() {
    return last;
  }
}
