package dev.flowbell.notify;

import java.util.List;

/// A labelled part of a notification.
///
/// @param label one word in capital letters, such as `WHERE`
/// @param lines without the label and without a margin; a section without lines is not shown
record Section(String label, List<String> lines) {
  /// Makes a section of a copy of these lines.
  Section {
    lines = List.copyOf(lines);
  }
}
