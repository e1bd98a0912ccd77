package dev.flowbell.ec2;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// EC2 could not be reached, refused an operation, or answered with what can't be read. The message
/// names the operation, what was asked, and the reason.
///
/// @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html">Error
///   codes for the Amazon EC2 API</a>
public final class Ec2Exception extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final String UNAUTHORIZED = "UnauthorizedOperation";
  private static final Set<String> THROTTLED = Set.of("RequestLimitExceeded", "Throttling");

  private final Ec2Operation operation;
  private final @Nullable String code;

  /// @param code EC2's error code, `null` if EC2 gave none
  public Ec2Exception(
      Ec2Operation operation, String message, @Nullable String code, @Nullable Throwable cause) {
    super(message, cause);
    this.operation = operation;
    this.code = code;
  }

  /// Returns the permission that the operation needs, such as `ec2:DescribeVpcs`.
  public String iamAction() {
    return operation.iamAction();
  }

  /// Returns whether the caller lacks the permission [#iamAction].
  public boolean isUnauthorized() {
    return UNAUTHORIZED.equals(code);
  }

  /// Returns whether EC2 throttled the last attempt too.
  public boolean isThrottled() {
    return code != null && isThrottling(code);
  }

  static boolean isThrottling(String code) {
    return THROTTLED.contains(code);
  }

  /// Returns the reason in few words, without any that others chose, and without what was asked: no
  /// log has an address.
  public String reason() {
    if (isUnauthorized()) {
      return "the permission " + iamAction() + " is missing";
    }
    if (isThrottled()) {
      return "EC2 throttles " + iamAction();
    }
    return code == null
        ? "EC2 gave no answer to " + iamAction()
        : "EC2 refuses %s (%s)".formatted(iamAction(), code.replaceAll("[^A-Za-z0-9]", "?"));
  }

  /// Returns whether there is nothing with the id that was asked for. EC2 spells the codes in two
  /// ways: `InvalidSubnetID.NotFound`, `InvalidPrefixListId.NotFound`.
  boolean isNotFound() {
    return code != null && code.startsWith("Invalid") && code.endsWith(".NotFound");
  }
}
