package dev.flowbell.ledger;

import java.util.Map;

/// An error that DynamoDB returned.
final class DynamoDbRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient Map<String, Object> body;

  /// @param code the error's name without its namespace
  /// @param body the response as JSON
  DynamoDbRefusal(int status, String code, Map<String, Object> body) {
    super("%s (status %d): %s".formatted(code, status, messageOf(body)));
    this.status = status;
    this.code = code;
    this.body = body;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  Map<String, Object> body() {
    return body;
  }

  private static String messageOf(Map<String, Object> body) {
    String message = DynamoDbJson.text(body, "message");
    return message != null ? message : String.valueOf(DynamoDbJson.text(body, "Message"));
  }
}
