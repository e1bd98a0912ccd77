package dev.flowbell.notify;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Formats counts, durations and times for people. All times are UTC.
final class Words {
  private static final DateTimeFormatter DATE_TIME = utc("uuuu-MM-dd HH:mm:ss");
  private static final DateTimeFormatter TIME = utc("HH:mm:ss");
  private static final DateTimeFormatter DATE_MINUTE = utc("uuuu-MM-dd HH:mm");
  private static final DateTimeFormatter MINUTE = utc("HH:mm");

  private Words() {}

  /// Returns `1 byte`, `24,720 bytes`, `2 addresses`.
  static String counted(long count, String singular) {
    String plural = singular.endsWith("ss") ? singular + "es" : singular + "s";
    return grouped(count) + " " + (count == 1 ? singular : plural);
  }

  /// Returns `24,720`.
  static String grouped(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// Returns the two largest units of a duration: `58 s`, `4 min 10 s`, `18 h 24 min`, `3 d 4 h`.
  static String span(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return two(seconds / 60, "min", seconds % 60, "s");
    }
    if (seconds < 86_400) {
      return two(seconds / 3_600, "h", seconds / 60 % 60, "min");
    }
    return two(seconds / 86_400, "d", seconds / 3_600 % 24, "h");
  }

  private static String two(long first, String firstUnit, long second, String secondUnit) {
    return first + " " + firstUnit + (second == 0 ? "" : " " + second + " " + secondUnit);
  }

  /// Returns `2026-11-22 10:14:05`.
  static String dateTime(Instant time) {
    return DATE_TIME.format(time);
  }

  /// Returns `2026-11-22 10:14:05-10:15:03`. The end has a date only if it is another day.
  static String period(Instant first, Instant last) {
    boolean isSameDay = dayOf(first).equals(dayOf(last));
    return DATE_TIME.format(first) + "-" + (isSameDay ? TIME : DATE_TIME).format(last);
  }

  /// Returns `2026-11-22 10:14`.
  static String dateMinute(Instant time) {
    return DATE_MINUTE.format(time);
  }

  /// Returns `10:14`.
  static String minute(Instant time) {
    return MINUTE.format(time);
  }

  private static LocalDate dayOf(Instant time) {
    return time.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private static DateTimeFormatter utc(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }
}
