package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Announcement;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.TrafficType;

/// What a notification says of an alert, for readers that show many alerts.
public final class AlertWords {
  private static final NotificationContext NOWHERE =
      new NotificationContext(null, null, "", "", Thresholds.DEFAULT, TrafficType.ALL);

  private AlertWords() {}

  /// Returns the verdict in few words, as the subject has it: `INSIDE 10.0.3.17 tries port 445 at
  /// 25+ hosts, rejected`.
  public static String headline(Alert alert) {
    return AlertContent.of(alert, NOWHERE, Background.NONE).headline();
  }

  /// Returns an entry of the setting `QUIET` that covers the alert: `10.0.3.17/32 scan`.
  public static String quietEntry(Alert alert) {
    return AlertContent.of(alert, NOWHERE, Background.NONE).quietEntry();
  }

  /// Returns the alert as JSON, without a record that shows it.
  public static String json(Alert alert) {
    return JsonText.write(1_024, json -> AlertJson.write(alert, json));
  }

  /// Returns the alert as JSON, as [AlertMessage#alerts] has it where nobody asked what blocks it.
  public static String json(Announcement announcement) {
    return JsonText.write(
        1_024,
        json -> AlertJson.write(announcement.alert(), Background.of(announcement, null), json));
  }
}
