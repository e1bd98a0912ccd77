package dev.flowbell.notify;

/// Which form of a notification HTTPS subscribers get. SNS can't tell a webhook from Amazon Q
/// Developer in chat applications, which subscribes over HTTPS too.
public enum HttpsForm {
  /// JSON for machines.
  JSON,
  /// A custom notification for Amazon Q Developer in chat applications.
  CHAT
}
