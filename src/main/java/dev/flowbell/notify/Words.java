package dev.flowbell.notify;

import dev.flowbell.judge.Count;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// Formats counts, lists and times for people. All times are UTC.
final class Words {
  /// The most of anything that a list names.
  static final int MOST_NAMES = 4;

  private static final DateTimeFormatter DATE = utc("uuuu-MM-dd");
  private static final DateTimeFormatter DATE_MINUTE = utc("uuuu-MM-dd HH:mm");
  private static final DateTimeFormatter MINUTE = utc("HH:mm");

  private Words() {}

  /// Returns `1 byte`, `24,720 bytes`.
  static String counted(long count, String singular) {
    return grouped(count) + " " + singular + (count == 1 ? "" : "s");
  }

  /// Returns `1 port`, `at least 25 hosts`.
  static String counted(Count count, String singular) {
    return (count.isAtLeast() ? "at least " : "") + counted(count.value(), singular);
  }

  /// Returns `24,720`.
  static String grouped(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// Returns `25`, or `at least 25` where there may be more.
  static String number(Count count) {
    return (count.isAtLeast() ? "at least " : "") + grouped(count.value());
  }

  /// Returns `25`, or `25+` where there may be more.
  static String shortNumber(Count count) {
    return grouped(count.value()) + (count.isAtLeast() ? "+" : "");
  }

  /// Returns the first four of a list: `10.0.2.1, 10.0.2.2, 10.0.2.3, 10.0.2.4 and others`.
  static String names(List<String> all) {
    return String.join(", ", all.subList(0, Math.min(MOST_NAMES, all.size())))
        + (all.size() > MOST_NAMES ? " and others" : "");
  }

  /// Returns `a, b and c`.
  static String and(List<String> all) {
    int last = all.size() - 1;
    return last < 1
        ? String.join("", all)
        : String.join(", ", all.subList(0, last)) + " and " + all.get(last);
  }

  /// Returns a text with a capital letter at its start.
  static String capitalized(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  /// Returns `2026-11-22, first 10:14 UTC, last 10:15 UTC when this was sent`. Of a single minute,
  /// it is `2026-11-22 10:14 UTC`.
  static String firstToLast(Instant first, Instant last) {
    if (dateMinute(first).equals(dateMinute(last))) {
      return dateMinute(first) + " UTC";
    }
    return dayOf(first).equals(dayOf(last))
        ? "%s, first %s UTC, last %s UTC when this was sent"
            .formatted(DATE.format(first), minute(first), minute(last))
        : "first %s UTC, last %s UTC when this was sent"
            .formatted(dateMinute(first), dateMinute(last));
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
