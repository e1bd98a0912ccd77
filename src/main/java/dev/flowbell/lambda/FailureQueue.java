package dev.flowbell.lambda;

/// Takes what can never be handled, so that the rest of its event can be.
@FunctionalInterface
interface FailureQueue {
  /// Sends an event to the queue.
  ///
  /// @param event as Lambda would pass it to the function again
  /// @param why the function's error
  /// @throws RuntimeException where the queue does not accept it
  void send(String event, RuntimeException why);
}
