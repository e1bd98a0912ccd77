package dev.flowbell.ec2;

import org.jspecify.annotations.Nullable;

/// EC2 could not be reached, or refused to describe flow logs. The message names the log group and
/// the reason.
public final class DescribeFlowLogsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// EC2's error code for a caller that lacks the permission.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html">Error
  ///   codes for the Amazon EC2 API</a>
  private static final String UNAUTHORIZED = "UnauthorizedOperation";

  private final boolean isUnauthorized;

  /// @param code EC2's error code, `null` if EC2 did not answer
  public DescribeFlowLogsException(
      String message, @Nullable String code, @Nullable Throwable cause) {
    super(message, cause);
    this.isUnauthorized = UNAUTHORIZED.equals(code);
  }

  /// Returns whether the caller lacks the permission `ec2:DescribeFlowLogs`.
  public boolean isUnauthorized() {
    return isUnauthorized;
  }
}
