package dev.flowbell.judge;

import java.util.List;

/// What the judge decided about one payload.
///
/// @param announcements the alerts to send, the most important first
/// @param suppressed how many causes go on that were sent before
/// @param quieted how many alerts the user does not want to hear of
public record Judgement(List<Announcement> announcements, long suppressed, long quieted) {
  /// Nothing is to be sent.
  public static final Judgement NOTHING = new Judgement(List.of(), 0, 0);

  /// Creates a judgement with a copy of the announcements.
  public Judgement {
    announcements = List.copyOf(announcements);
  }
}
