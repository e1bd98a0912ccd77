package dev.flowbell.notify;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Describes one alert of a digest in words. No text has a label or a margin: each channel adds its
/// own.
sealed interface AlertDescription permits SourceDescription, PayloadDescription {
  /// Returns a few words for a subject.
  String headline();

  /// Returns one line, for an alert that is not the most important of its digest.
  default String mention() {
    return headline();
  }

  /// Returns where it happened, for a subject: an instance or a network interface. `null` where it
  /// isn't known.
  @Nullable String place();

  /// Returns what happened.
  String what();

  /// Returns the source, `null` where the alert isn't about one.
  @Nullable String who();

  /// Returns where it happened, at least one line.
  List<String> where();

  /// Returns when it began, `null` where the records have no times.
  @Nullable Instant first();

  /// Returns when it ended, `null` where the records have no times.
  @Nullable Instant last();

  /// Returns why it matters.
  String why();

  /// Returns what the reader can do.
  List<NextStep> nextSteps();

  /// Returns a Logs Insights query for its records.
  String insightsQuery();
}
