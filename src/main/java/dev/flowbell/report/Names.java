package dev.flowbell.report;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Numbers for names, such as those of network interfaces. Safe for use by several threads.
final class Names {
  /// The number of every name beyond the bound.
  static final int NONE = -1;

  /// An account has at most some thousands of network interfaces for each Region and VPC.
  private static final int MOST_NAMES = 200_000;

  private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger();

  /// Returns a name's number, a new one for a new name.
  int numberOf(String name) {
    Integer number = numbers.get(name);
    if (number != null) {
      return number;
    }
    return numbers.size() >= MOST_NAMES
        ? NONE
        : numbers.computeIfAbsent(name, _ -> next.getAndIncrement());
  }

  /// Returns the names by their numbers.
  String[] byNumber() {
    String[] names = new String[next.get()];
    numbers.forEach((name, number) -> names[number] = name);
    return names;
  }
}
