package dev.flowbell.doctor;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/// What AWS's errors say.
final class AwsErrors {
  /// "User: arn:… is not authorized to perform: logs:DescribeLogGroups on resource: …"
  private static final Pattern DENIED_ACTION =
      Pattern.compile("not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)");

  private AwsErrors() {}

  static String codeOf(AwsServiceException e) {
    return e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
        ? ""
        : e.awsErrorDetails().errorCode();
  }

  /// Returns the error's code and message in one line.
  static String wordsOf(AwsServiceException e) {
    String message =
        e.awsErrorDetails() == null || e.awsErrorDetails().errorMessage() == null
            ? String.valueOf(e.getMessage())
            : e.awsErrorDetails().errorMessage();
    return (codeOf(e).isEmpty() ? "" : codeOf(e) + ": ") + message.replaceAll("\\s+", " ").strip();
  }

  /// Returns what a request that never came to an answer failed of, in one line. What the SDK lists
  /// of places that it looked into is left out: there are a dozen.
  static String wordsOf(SdkClientException e) {
    String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
    int list = message.indexOf(" from any of the providers");
    if (list < 0) {
      return message;
    }
    return message.startsWith("Unable to load region")
        ? "no Region: set AWS_REGION, or say --region"
        : "no AWS credentials: set AWS_PROFILE, or sign in with `aws sso login`";
  }

  /// Returns whether the caller lacks a permission. Services have several codes for it:
  /// `AccessDenied`, `AccessDeniedException`, `AuthorizationError`, `UnauthorizedOperation`.
  static boolean isDenied(AwsServiceException e) {
    String code = codeOf(e).toLowerCase(Locale.ROOT);
    return code.contains("accessdenied")
        || code.contains("authorizationerror")
        || code.contains("unauthorizedoperation");
  }

  /// Returns whether what was asked about isn't there: `ResourceNotFoundException`, `NoSuchEntity`,
  /// `NotFound`, `AWS.SimpleQueueService.NonExistentQueue`, `QueueDoesNotExist`.
  static boolean isNotFound(AwsServiceException e) {
    String code = codeOf(e);
    return code.contains("NotFound")
        || code.contains("NoSuchEntity")
        || code.contains("NonExistentQueue")
        || code.contains("QueueDoesNotExist");
  }

  /// Returns the action that AWS says is missing, or the actions that the question takes.
  static String deniedAction(AwsServiceException e, Iterable<String> actions) {
    Matcher matcher = DENIED_ACTION.matcher(wordsOf(e));
    return matcher.find() ? matcher.group(1) : String.join(", ", actions);
  }
}
