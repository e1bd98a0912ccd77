package dev.flowbell.publish;

import dev.flowbell.notify.AlertMessage;

/// Publishes notifications to subscribers.
public interface AlertPublisher {
  /// Publishes one notification.
  ///
  /// @throws PublishFailedException where it was not published
  void publish(AlertMessage message);
}
