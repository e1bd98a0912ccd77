package dev.flowbell.notify;

/// One thing that the reader of a notification can do.
sealed interface NextStep {
  /// A command, a link or an answer with a label, such as `What blocks it:`.
  ///
  /// @param label with its punctuation; empty for a text that belongs under the label before it
  record Labelled(String label, String text) implements NextStep {}

  /// A sentence without a label.
  record Sentence(String text) implements NextStep {}
}
