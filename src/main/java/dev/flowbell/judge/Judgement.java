package dev.flowbell.judge;

import java.util.List;

/// What the judge decided about one payload.
///
/// @param announcements the alerts to send, the most important first
/// @param newlyQuiet alerts that the setting `QUIET` holds back for the first time
/// @param suppressed how many causes go on that another payload's notification told
/// @param quieted how many alerts the user does not want to hear of
public record Judgement(
    List<Announcement> announcements,
    List<Announcement> newlyQuiet,
    long suppressed,
    long quieted) {
  /// Nothing is to be sent.
  public static final Judgement NOTHING = new Judgement(List.of(), List.of(), 0, 0);

  /// Creates a judgement with copies of the lists.
  public Judgement {
    announcements = List.copyOf(announcements);
    newlyQuiet = List.copyOf(newlyQuiet);
  }
}
