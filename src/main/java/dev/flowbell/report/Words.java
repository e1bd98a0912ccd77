package dev.flowbell.report;

import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Numbers, times and names as people read them: the same on a terminal and on a page.
final class Words {
  /// What stands where a number can't be known.
  static final String UNKNOWN = "n/a";

  /// What stands where there is nothing.
  static final String NOTHING = "-";

  private static final long MILLION = 1_000_000;
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Words() {}

  /// Returns `1,175,661`.
  static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// Returns the number, or `n/a` where records can't show it.
  static String numberIf(boolean isKnown, long count) {
    return isKnown ? number(count) : UNKNOWN;
  }

  /// Returns `5.0 M` for large numbers.
  static String brief(long count) {
    return count < MILLION
        ? number(count)
        : String.format(Locale.ROOT, "%,.1f M", count / (double) MILLION);
  }

  /// Returns `1 source`, `2 sources`.
  static String counted(long count, String singular) {
    return number(count) + " " + (count == 1 ? singular : singular + "s");
  }

  /// Returns `2026-11-22 10:14`, in UTC.
  static String time(@Nullable Instant time) {
    return time == null ? NOTHING : MINUTE.format(time);
  }

  /// Returns `48 h`: the time between two, rounded.
  static String span(Instant first, Instant last) {
    long minutes = Math.max(1, (Duration.between(first, last).toSeconds() + 59) / 60);
    if (minutes < 120) {
      return minutes + " min";
    }
    long hours = (minutes + 30) / 60;
    return hours <= 72 ? hours + " h" : (hours + 12) / 24 + " days";
  }

  /// Returns what a source's attempts look like.
  static String manner(Source.Manner manner) {
    return switch (manner) {
      case NOISE -> "only noise";
      case PORT_SCAN -> "scans ports";
      case SWEEP -> "sweeps hosts";
      case REPEATED -> "keeps trying";
      case OTHER -> "a few tries";
    };
  }

  /// Returns a cause of unreadable lines, `wrong field count`.
  static String fault(ParseFault fault) {
    return fault.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /// Returns addresses in one line.
  static String addresses(List<IpAddress> addresses) {
    return addresses.isEmpty()
        ? NOTHING
        : addresses.stream().map(IpAddress::toString).collect(Collectors.joining(", "));
  }

  /// Returns the first address, and how many more there are: `10.0.1.5 +2`.
  static String firstAddress(List<IpAddress> addresses) {
    return addresses.isEmpty()
        ? NOTHING
        : addresses.getFirst() + (addresses.size() > 1 ? " +" + (addresses.size() - 1) : "");
  }

  /// Returns text in lines that fit; each further line is indented by four. A word that is longer
  /// than a line is cut.
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (rest.length() > width) {
      int blank = rest.lastIndexOf(' ', width);
      int cut = rest.substring(0, Math.max(0, blank)).isBlank() ? width : blank;
      lines.add(rest.substring(0, cut));
      rest = "    " + rest.substring(cut).stripLeading();
    }
    lines.add(rest);
    return lines;
  }

  /// Replaces characters of a log that a terminal could take for a command, and that could change
  /// the order of letters on a page.
  static String plain(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }

  /// Returns the same, no longer than a bound.
  static String plain(String text, int mostCharacters) {
    String plain = plain(text);
    return plain.length() <= mostCharacters
        ? plain
        : plain.substring(0, mostCharacters - 3) + "...";
  }
}
