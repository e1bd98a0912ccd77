package dev.flowbell.notify;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one finding of a digest has to say: what one source did at one interface, or what is wrong
/// with the payload itself. Each text is a line without its label.
sealed interface Story permits SourceStory, PayloadStory {
  /// Returns it in a few words, for a subject.
  String headline();

  /// Returns it in a line, for where another one comes first.
  default String mention() {
    return headline();
  }

  /// Returns where it is, for a subject: an instance or an interface.
  @Nullable String place();

  /// Returns what happened.
  String what();

  /// Returns who did it, `null` where nobody did.
  @Nullable String who();

  /// Returns to whom or where it happened, a line or more.
  List<String> where();

  /// Returns when it began, `null` where the records don't say.
  @Nullable Instant first();

  /// Returns when it ended, `null` where the records don't say.
  @Nullable Instant last();

  /// Returns why it is told.
  String why();

  /// Returns what the reader can do, a line each.
  List<String> nextSteps();

  /// Returns a Logs Insights query for the records that it is about.
  String insightsQuery();
}
