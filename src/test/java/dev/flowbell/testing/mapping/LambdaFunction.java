package dev.flowbell.testing.mapping;

/// A function as an event source mapping sees it: the handler in this process, a process of its
/// own, or one that a test kills.
@FunctionalInterface
public interface LambdaFunction {
  /// Invokes the function, and waits for its response.
  ///
  /// @param event JSON, as Lambda sends it
  /// @return the response, JSON or an empty string
  /// @throws Exception where the function failed, timed out or was killed; for the mapping, these
  ///   are the same
  String invoke(String event) throws Exception;
}
