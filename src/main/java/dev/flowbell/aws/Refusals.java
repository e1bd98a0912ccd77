package dev.flowbell.aws;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.core.retry.RetryUtils;

/// Distinguishes requests that a service refused from requests that it may have accepted.
///
/// `PutMetricData` and `Publish` have no parameter that marks a request as a repeat, so a request
/// that may have been accepted becomes a possible duplicate when it is sent again.
public final class Refusals {
  private static final int FIRST_SERVER_ERROR = 500;

  private Refusals() {}

  /// Returns whether the failed request certainly changed nothing: the service throttled it or
  /// rejected it as invalid, or it was never sent. After a server error or without an answer, the
  /// request may have been accepted.
  public static boolean isCertain(SdkException failure) {
    return switch (failure) {
      case SdkServiceException e ->
          e.statusCode() < FIRST_SERVER_ERROR || RetryUtils.isThrottlingException(e);
      case ApiCallTimeoutException _, ApiCallAttemptTimeoutException _ -> false;
      default -> isUnsent(failure);
    };
  }

  /// Returns whether the request was refused for a reason that may pass within seconds.
  static boolean isPassing(Throwable failure) {
    return failure instanceof SdkException e
        && isCertain(e)
        && (RetryUtils.isThrottlingException(e) || causeOf(e) != null);
  }

  /// Returns whether the failure came before the request was sent: there was no connection, or no
  /// credentials.
  private static boolean isUnsent(Throwable failure) {
    Throwable cause = causeOf(failure);
    return cause == null
        || cause instanceof ConnectException
        || cause instanceof NoRouteToHostException
        || cause instanceof UnknownHostException;
  }

  private static @Nullable Throwable causeOf(Throwable failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    return cause;
  }
}
