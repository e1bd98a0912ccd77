package dev.flowbell.report;

import java.util.Arrays;

/// Numbers in order, each once.
final class Distinct {
  private Distinct() {}

  /// Returns the different ones of these numbers, in order. It sorts the array.
  static long[] of(long[] numbers) {
    Arrays.sort(numbers);
    int size = 0;
    for (int i = 0; i < numbers.length; i++) {
      if (i == 0 || numbers[i] != numbers[i - 1]) {
        numbers[size++] = numbers[i];
      }
    }
    return Arrays.copyOf(numbers, size);
  }
}
