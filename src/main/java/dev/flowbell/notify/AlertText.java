package dev.flowbell.notify;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// An alert as plain text for people, at most 25 lines of 100 columns. The verdict comes first, and
/// the long link last.
final class AlertText {
  private static final int WIDTH = 100;
  private static final int LABEL_WIDTH = 7;

  private AlertText() {}

  static String toText(AlertContent content) {
    List<String> lines = new ArrayList<>();
    content.verdict().forEach(line -> lines.addAll(wrapped("", "", line, "")));
    lines.add("");
    content.facts().forEach(section -> lines.addAll(toLines(section)));
    lines.add("");
    String label = "NEXT";
    for (NextStep step : content.nextSteps()) {
      lines.addAll(toLines(label, step));
      label = "";
    }
    lines.add("");
    content.closing().forEach(section -> lines.addAll(toLines(section)));
    String link = content.link();
    if (link != null) {
      lines.add("");
      lines.add("Its records: " + link);
    }
    return lines.stream().collect(Collectors.joining("\n", "", "\n"));
  }

  private static List<String> toLines(Section section) {
    List<String> lines = new ArrayList<>();
    for (String line : section.lines()) {
      lines.addAll(wrapped(margin(lines.isEmpty() ? section.label() : ""), margin(""), line, ""));
    }
    return lines;
  }

  /// A command that is too long for a line is broken as a shell allows it.
  private static List<String> toLines(String label, NextStep step) {
    return switch (step) {
      case NextStep.Labelled(String name, String command) ->
          wrapped(
              margin(label),
              margin("") + "  ",
              name.isEmpty() ? command : name + " " + command,
              " \\");
      case NextStep.Sentence(String text) -> wrapped(margin(label), margin(""), text, "");
    };
  }

  private static String margin(String label) {
    return label + " ".repeat(LABEL_WIDTH - label.length());
  }

  /// @param first, later what the first line, and each later one, begins with
  /// @param lineEnd what each line but the last ends with
  private static List<String> wrapped(String first, String later, String text, String lineEnd) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(first);
    boolean isStart = true;
    for (String word : text.split(" ", -1)) {
      if (!isStart && line.length() + 1 + word.length() + lineEnd.length() > WIDTH) {
        lines.add(line + lineEnd);
        line = new StringBuilder(later);
        isStart = true;
      }
      line.append(isStart ? "" : " ").append(word);
      isStart = false;
    }
    lines.add(line.toString());
    return lines;
  }
}
