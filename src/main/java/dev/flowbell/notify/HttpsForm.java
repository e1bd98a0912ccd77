package dev.flowbell.notify;

/// The form of a notification that HTTPS subscribers get. SNS can't tell a webhook from Amazon Q
/// Developer in chat applications, which subscribes over HTTPS too.
public enum HttpsForm {
  /// JSON for programs.
  JSON,
  /// A custom notification for Amazon Q Developer in chat applications.
  CHAT
}
