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
    content.verdict().forEach(line -> lines.addAll(wrapped("", line)));
    lines.add("");
    content.facts().forEach(section -> lines.addAll(toLines(section)));
    lines.add("");
    lines.addAll(
        toLines(new Section("NEXT", content.nextSteps().stream().map(AlertText::toLine).toList())));
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
      lines.addAll(wrapped(lines.isEmpty() ? section.label() : "", line));
    }
    return lines;
  }

  private static String toLine(NextStep step) {
    return switch (step) {
      case NextStep.Labelled(String label, String text) -> label + " " + text;
      case NextStep.Sentence(String text) -> text;
    };
  }

  private static List<String> wrapped(String label, String text) {
    int indent = label.isEmpty() && !text.isEmpty() ? 0 : LABEL_WIDTH;
    List<String> lines = new ArrayList<>();
    String margin = label.isEmpty() ? "" : label + " ".repeat(LABEL_WIDTH - label.length());
    StringBuilder line = new StringBuilder(margin);
    for (String word : text.split(" ", -1)) {
      boolean isStart = line.length() <= Math.max(indent, margin.length());
      if (!isStart && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(" ".repeat(LABEL_WIDTH));
        isStart = true;
      }
      line.append(isStart ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
