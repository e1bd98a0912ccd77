package dev.flowbell.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What a report doesn't know, in sentences: the same on a terminal and on a page.
final class CoverageWords {
  private static final int MOST_NAMES = 20;
  private static final int MOST_NAME_CHARACTERS = 60;

  private CoverageWords() {}

  /// Returns what was read over, a sentence each.
  static List<String> faults(Coverage coverage) {
    List<String> lines = new ArrayList<>();
    if (!coverage.faults().isEmpty()) {
      lines.add(
          "Unreadable lines: "
              + coverage.faults().entrySet().stream()
                  .sorted(Map.Entry.comparingByKey())
                  .map(each -> Words.fault(each.getKey()) + " " + Words.number(each.getValue()))
                  .collect(Collectors.joining(", ")));
    }
    if (!coverage.unknownFields().isEmpty()) {
      int more = coverage.unknownFields().size() - MOST_NAMES;
      lines.add(
          "Read over, unknown to this version: "
              + coverage.unknownFields().stream()
                  .sorted()
                  .limit(MOST_NAMES)
                  .map(name -> Words.plain(name, MOST_NAME_CHARACTERS))
                  .collect(Collectors.joining(", "))
              + (more > 0 ? " and " + more + " more" : ""));
    }
    return lines;
  }

  /// Returns what can't be known, a sentence for each reason: `handshakes and late packets (no
  /// tcp-flags)`.
  static List<String> unknown(Report report) {
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    for (Fact fact : Fact.unknownIn(report)) {
      byReason
          .computeIfAbsent(String.valueOf(fact.whyUnknown(report)), _ -> new ArrayList<>())
          .add(fact.words());
    }
    return byReason.entrySet().stream()
        .map(each -> String.join(", ", each.getValue()) + " (" + each.getKey() + ")")
        .toList();
  }

  /// Returns what is not known of keys beyond a bound.
  static String others(long rejects, String what) {
    return String.format(
        Locale.ROOT, "%,d rejects of other %s, each with that many at most", rejects, what);
  }
}
