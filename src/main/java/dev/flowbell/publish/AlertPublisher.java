package dev.flowbell.publish;

import dev.flowbell.notify.AlertMessage;

/// Takes a notification to where people or machines wait for it.
public interface AlertPublisher {
  /// Publishes one notification.
  ///
  /// @throws RuntimeException where it could not be published
  void publish(AlertMessage message);
}
