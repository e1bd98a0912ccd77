package dev.flowbell.judge;

/// How many of something there are.
///
/// @param value the number, or the least that is known
/// @param isAtLeast whether there may be more
public record Count(long value, boolean isAtLeast) {
  /// Nothing to count.
  public static final Count NONE = new Count(0, false);

  static Count exactly(long value) {
    return new Count(value, false);
  }

  static Count atLeast(long value) {
    return new Count(value, true);
  }
}
