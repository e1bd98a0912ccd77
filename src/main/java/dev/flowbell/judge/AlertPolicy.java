package dev.flowbell.judge;

/// What is worth a notification, and how many there may be.
///
/// @param thresholds the numbers that rules compare with
/// @param quiet what is counted and not sent
/// @param mostNotifications how many notifications an hour may have; the rest is in one digest
public record AlertPolicy(Thresholds thresholds, Quiet quiet, int mostNotifications) {
  /// How many notifications an hour may have, unless the user says otherwise.
  public static final int DEFAULT_NOTIFICATIONS = 10;

  /// The policy that holds unless the user sets another one.
  public static final AlertPolicy DEFAULT =
      new AlertPolicy(Thresholds.DEFAULT, Quiet.NOTHING, DEFAULT_NOTIFICATIONS);
}
