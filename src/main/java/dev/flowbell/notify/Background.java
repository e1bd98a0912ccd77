package dev.flowbell.notify;

import dev.flowbell.classify.Suspect;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.judge.Announcement;
import org.jspecify.annotations.Nullable;

/// What is known of an alert besides its evidence.
///
/// @param sample one of the records that show it; `null` where there is none
/// @param blocker what blocks it; `null` where nobody asked
/// @param prefixList the prefix list of the setting `QUIET` that may cover it, but could not be
///   looked up, or that holds it back; `null` if there is none
record Background(
    @Nullable Suspect sample, @Nullable Blocker blocker, @Nullable String prefixList) {
  /// Nothing is known.
  static final Background NONE = new Background(null, null, null);

  /// Returns what is known of an alert that is announced.
  static Background of(Announcement announcement, @Nullable Blocker blocker) {
    return new Background(announcement.sample(), blocker, announcement.prefixList());
  }
}
