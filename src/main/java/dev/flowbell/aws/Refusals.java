package dev.flowbell.aws;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.core.retry.RetryUtils;

/// Distinguishes requests that a service refused from requests that it may have accepted.
///
/// `PutMetricData` and `Publish` have no parameter that marks a request as a repeat, so a request
/// that may have been accepted becomes a possible duplicate when it is sent again.
public final class Refusals {
  private static final int FIRST_CLIENT_ERROR = 400;
  private static final int FIRST_SERVER_ERROR = 500;

  private Refusals() {}

  /// Returns whether the failed request certainly changed nothing: the service throttled it or
  /// rejected it as invalid, or there was no connection to send it by. In every other case it may
  /// have been accepted: after a server error, without an answer, and with an answer that says
  /// nothing.
  public static boolean isCertain(SdkException failure) {
    return failure instanceof SdkServiceException answer
        ? isClientError(answer.statusCode()) || RetryUtils.isThrottlingException(answer)
        : isUnsent(failure);
  }

  /// Returns whether the service answered that it failed, so that another request may be accepted.
  /// A gateway that waited in vain does not know what the service did.
  public static boolean isServerError(SdkException failure) {
    return failure instanceof SdkServiceException answer
        && answer.statusCode() >= FIRST_SERVER_ERROR
        && answer.statusCode() != HttpURLConnection.HTTP_GATEWAY_TIMEOUT;
  }

  /// Other codes below 500 say nothing: the code may have been cut, and a redirect isn't AWS's.
  private static boolean isClientError(int status) {
    return status >= FIRST_CLIENT_ERROR && status < FIRST_SERVER_ERROR;
  }

  /// Returns whether the request was refused for a reason that may pass within seconds.
  static boolean isPassing(Throwable failure) {
    return failure instanceof SdkException e
        && (RetryUtils.isThrottlingException(e) || isUnsent(e));
  }

  /// Returns whether there was no connection to send the request by.
  private static boolean isUnsent(Throwable failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    return cause instanceof ConnectException
        || cause instanceof NoRouteToHostException
        || cause instanceof UnknownHostException;
  }
}
