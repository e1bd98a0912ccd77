package dev.flowbell.doctor;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// Reads codes and messages of AWS's errors.
final class AwsErrors {
  /// Matches "User: arn:… is not authorized to perform: logs:DescribeLogGroups on resource: …"
  private static final Pattern DENIED_ACTION =
      Pattern.compile("not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)");

  private AwsErrors() {}

  /// Returns the error's code, `""` if it has none.
  static String codeOf(AwsServiceException e) {
    return e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
        ? ""
        : e.awsErrorDetails().errorCode();
  }

  /// Returns the error's code and message in one line.
  static String messageOf(AwsServiceException e) {
    String message =
        e.awsErrorDetails() == null || e.awsErrorDetails().errorMessage() == null
            ? String.valueOf(e.getMessage())
            : e.awsErrorDetails().errorMessage();
    return (codeOf(e).isEmpty() ? "" : codeOf(e) + ": ") + message.replaceAll("\\s+", " ").strip();
  }

  /// Returns whether the caller lacks a permission. Services use different codes for it:
  /// `AccessDenied`, `AccessDeniedException`, `AuthorizationError`, `UnauthorizedOperation`.
  static boolean isDenied(AwsServiceException e) {
    String code = codeOf(e).toLowerCase(Locale.ROOT);
    return code.contains("accessdenied")
        || code.contains("authorizationerror")
        || code.contains("unauthorizedoperation");
  }

  /// Returns whether the resource does not exist: `ResourceNotFoundException`, `NoSuchEntity`,
  /// `NotFound`, `AWS.SimpleQueueService.NonExistentQueue`, `QueueDoesNotExist`.
  static boolean isNotFound(AwsServiceException e) {
    String code = codeOf(e);
    return code.contains("NotFound")
        || code.contains("NoSuchEntity")
        || code.contains("NonExistentQueue")
        || code.contains("QueueDoesNotExist");
  }

  /// Returns the denied action that the error names, or else the check's actions.
  static String deniedAction(AwsServiceException e, Iterable<String> actions) {
    Matcher matcher = DENIED_ACTION.matcher(messageOf(e));
    return matcher.find() ? matcher.group(1) : String.join(", ", actions);
  }
}
