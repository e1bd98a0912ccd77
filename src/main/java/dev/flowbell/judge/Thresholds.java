package dev.flowbell.judge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The numbers that rules compare with.
///
/// @param values by name; each is present
public record Thresholds(Map<Name, Integer> values) {
  /// One threshold.
  public enum Name {
    /// Ports of one host that a source inside tries within an hour.
    SCAN_PORTS(15),
    /// Hosts that a source inside tries within an hour.
    SCAN_HOSTS(25),
    /// Ports of one host that a source outside tries within an hour.
    OUTSIDE_SCAN_PORTS(100),
    /// Minutes of half an hour in which a source is blocked at the same door.
    BLOCKED_MINUTES(5),
    /// Rejected records of one source at the same door within half an hour.
    BLOCKED_RECORDS(100),
    /// Sources that are blocked at the same door.
    BLOCKED_SOURCES(10),
    /// Answers of one server's door that are rejected within half an hour.
    DROPPED_ANSWERS(10),
    /// Rejected attempts of one source within an hour.
    REJECTS(1_000),
    /// Unreadable records of one log group within an hour.
    UNREADABLE_RECORDS(5),
    /// Skipped windows of one log group within an hour.
    SKIPPED_WINDOWS(1);

    private final int defaultValue;

    Name(int defaultValue) {
      this.defaultValue = defaultValue;
    }

    /// Returns the name in the setting, such as `scan-ports`.
    public String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final int MOST = 1_000_000;

  /// The thresholds that hold unless the user sets others.
  public static final Thresholds DEFAULT = parse("");

  /// Creates thresholds with a copy of these values.
  public Thresholds {
    values = Map.copyOf(values);
  }

  /// Reads `scan-ports=15,scan-hosts=25`. What is not named has its default; 0 switches off.
  ///
  /// @throws IllegalArgumentException naming everything that is wrong
  public static Thresholds parse(String text) {
    Map<Name, Integer> values = new EnumMap<>(Name.class);
    List<String> errors = new ArrayList<>();
    for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
      int equals = part.indexOf('=');
      String key = (equals < 0 ? part : part.substring(0, equals)).strip();
      Name name =
          Arrays.stream(Name.values())
              .filter(each -> each.key().equals(key))
              .findFirst()
              .orElse(null);
      if (name == null) {
        errors.add("expected thresholds out of %s, got \"%s\"".formatted(names(), key));
        continue;
      }
      int value = findNumber(equals < 0 ? "" : part.substring(equals + 1).strip());
      if (value < 0) {
        errors.add(
            "%s: expected a whole number from 0 to %d, got \"%s\""
                .formatted(key, MOST, equals < 0 ? "" : part.substring(equals + 1).strip()));
      } else if (values.put(name, value) != null) {
        errors.add(key + ": expected once, got it again");
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", errors));
    }
    for (Name name : Name.values()) {
      values.putIfAbsent(name, name.defaultValue);
    }
    return new Thresholds(values);
  }

  private static int findNumber(String text) {
    try {
      int number = Integer.parseInt(text);
      return number > MOST ? -1 : number;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String names() {
    return Arrays.stream(Name.values()).map(Name::key).collect(Collectors.joining(", "));
  }

  /// Returns a threshold; what it switches off is never reached.
  int get(Name name) {
    int value = values.getOrDefault(name, name.defaultValue);
    return value == 0 ? Integer.MAX_VALUE : value;
  }

  @Override
  public String toString() {
    return Arrays.stream(Name.values())
        .map(name -> name.key() + "=" + values.getOrDefault(name, name.defaultValue))
        .collect(Collectors.joining(","));
  }
}
