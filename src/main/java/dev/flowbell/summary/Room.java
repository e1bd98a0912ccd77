package dev.flowbell.summary;

/// How many more things of a kind a payload may have kept apart: what somebody else chose must not
/// fill the function's memory.
final class Room {
  private int left;
  private long refusals;

  Room(int left) {
    this.left = left;
  }

  /// Takes a place.
  ///
  /// @return whether there was one
  boolean take() {
    if (left == 0) {
      refusals++;
      return false;
    }
    left--;
    return true;
  }

  /// Returns how often there was none.
  long refusals() {
    return refusals;
  }
}
