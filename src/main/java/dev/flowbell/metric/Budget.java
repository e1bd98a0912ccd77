package dev.flowbell.metric;

/// How many more items of one kind a payload can add. It bounds memory, because the sender of the
/// records chooses their values.
final class Budget {
  private int remaining;

  /// Creates a budget.
  ///
  /// @param remaining how many items can be added, 0 or more
  Budget(int remaining) {
    this.remaining = remaining;
  }

  /// Spends one item.
  ///
  /// @return `false` where the budget is used up
  boolean trySpend() {
    return remaining > 0 && remaining-- > 0;
  }
}
