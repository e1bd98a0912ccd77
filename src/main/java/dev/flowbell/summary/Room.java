package dev.flowbell.summary;

/// How many more things of a kind a payload may have kept apart: what somebody else chose must not
/// fill the function's memory.
final class Room {
  private int left;

  Room(int left) {
    this.left = left;
  }

  /// Takes a place.
  ///
  /// @return whether there was one
  boolean take() {
    return left > 0 && left-- > 0;
  }
}
