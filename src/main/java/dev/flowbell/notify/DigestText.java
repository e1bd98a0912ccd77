package dev.flowbell.notify;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A notification as plain text for people, about 15 lines. Labels stand in a column of their own,
/// and so do the labels of next steps.
final class DigestText {
  private static final int LABEL_WIDTH = 7;
  private static final int STEP_LABEL_WIDTH = 17;

  private DigestText() {}

  static String toText(DigestContent content) {
    List<Section> sections = new ArrayList<>(content.description());
    sections.add(content.others());
    sections.add(
        new Section("NEXT", content.nextSteps().stream().map(DigestText::toLine).toList()));
    sections.add(content.quiet());
    return sections.stream()
        .flatMap(section -> toLines(section).stream())
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static List<String> toLines(Section section) {
    List<String> lines = new ArrayList<>();
    for (String line : section.lines()) {
      lines.add(padded(lines.isEmpty() ? section.label() : "", LABEL_WIDTH) + line);
    }
    return lines;
  }

  private static String toLine(NextStep step) {
    return switch (step) {
      case NextStep.Labelled(String label, String text) -> padded(label, STEP_LABEL_WIDTH) + text;
      case NextStep.Sentence(String text) -> text;
    };
  }

  private static String padded(String label, int width) {
    return label + " ".repeat(width - label.length());
  }
}
