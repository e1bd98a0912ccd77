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

/// Tells what a service surely did not take from what it may have taken.
///
/// It matters because neither `PutMetricData` nor `Publish` can be told that a request is a repeat.
public final class Refusals {
  private static final int FIRST_SERVER_ERROR = 500;

  private Refusals() {}

  /// Returns whether the failed request surely changed nothing: it was throttled or refused as
  /// wrong, or never got there. No answer at all leaves it open, and so does a server's error.
  public static boolean isCertain(SdkException failure) {
    return switch (failure) {
      case SdkServiceException e ->
          e.statusCode() < FIRST_SERVER_ERROR || RetryUtils.isThrottlingException(e);
      case ApiCallTimeoutException _, ApiCallAttemptTimeoutException _ -> false;
      default -> isUnsent(failure);
    };
  }

  /// Returns whether a refusal may pass by itself within seconds.
  static boolean isPassing(Throwable failure) {
    return failure instanceof SdkException e
        && isCertain(e)
        && (RetryUtils.isThrottlingException(e) || causeOf(e) != null);
  }

  /// No connection, or a failure before there was any, as for want of credentials.
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
