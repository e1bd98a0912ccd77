package dev.flowbell.summary;

/// How much of a payload, a batch or a file is kept at a time.
///
/// The bounds grow with the heap. The least ones are those of a function of 256 MB, of which Lambda
/// leaves a heap of 168 MB: more than the records of any payload need, which are 25,000 at most.
/// From there each grows in proportion to the heap, up to [#MOST_TIMES] times.
///
/// @param groups the most groups of suspects, and the most opened flows
/// @param handshakes the most handshakes, and the most answers to some
/// @param pairedRecords the most accepted and the most suspect records that are paired at a time
record SummaryBounds(int groups, int handshakes, int pairedRecords) {
  /// The least bounds. With all of them reached, a payload takes some 100 MB.
  static final SummaryBounds LEAST = new SummaryBounds(50_000, 100_000, 50_000);

  private static final double LEAST_HEAP = 168 << 20;

  /// The most entries of a table fit into one array.
  private static final double MOST_TIMES = 32;

  /// Returns the bounds of this process.
  static SummaryBounds ofProcess() {
    return ofHeap(Runtime.getRuntime().maxMemory());
  }

  /// Returns the bounds of a process.
  ///
  /// @param bytes the most that its heap can take
  static SummaryBounds ofHeap(long bytes) {
    double times = Math.clamp(bytes / LEAST_HEAP, 1, MOST_TIMES);
    return new SummaryBounds(
        (int) (LEAST.groups * times),
        (int) (LEAST.handshakes * times),
        (int) (LEAST.pairedRecords * times));
  }
}
