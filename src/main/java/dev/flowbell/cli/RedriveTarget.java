package dev.flowbell.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/// The one function that `redrive` invokes. The operator names it, by the failure queue's URL or by
/// `--function`.
///
/// A message names a function too. Any principal that may send to the queue can write that name, so
/// it is compared with the target, and never invoked.
///
/// @param account `null` if neither option has it: Lambda then takes the caller's
/// @param qualifier an alias or a version, `null` for the function's latest code
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters">Invoke</a>
record RedriveTarget(
    @Nullable String account, String region, String name, @Nullable String qualifier) {
  /// `template.yaml` names the queue after the stack, and the function like the stack.
  private static final Pattern QUEUE_URL =
      Pattern.compile("https?://[^/?#]+/(?:[^?#]*/)?(\\d{12})/([A-Za-z0-9_-]{1,71})-failures");

  /// The alias that the template subscribes to the log group.
  private static final String ALIAS = "live";

  /// Matches a name, a partial ARN and an ARN; each may have a qualifier.
  private static final Pattern FUNCTION =
      Pattern.compile(
          "(?:(?:arn:[a-z0-9-]+:lambda:(?<region>[a-z0-9-]+):)?(?<account>\\d{12}):function:)?"
              + "(?<name>[A-Za-z0-9_-]{1,140})(?::(?<qualifier>[A-Za-z0-9_$-]{1,128}))?");

  /// Returns the target of payloads from a queue.
  ///
  /// @param function the option `--function`, `null` for the function of the queue's stack
  /// @throws IllegalArgumentException if the options name no function, or one of another account or
  ///   Region than the queue's
  static RedriveTarget of(String queueUrl, @Nullable String function, String region) {
    Matcher queue = QUEUE_URL.matcher(queueUrl);
    boolean isStackQueue = queue.matches();
    if (function == null) {
      if (!isStackQueue) {
        throw new IllegalArgumentException(
            "--queue-url: expected .../ACCOUNT/STACK-failures, or --function as well, got \"%s\""
                .formatted(queueUrl));
      }
      return new RedriveTarget(queue.group(1), region, queue.group(2), ALIAS);
    }
    RedriveTarget named = of(function, region);
    if (!isStackQueue) {
      return named;
    }
    String account = queue.group(1);
    if (named.account != null && !named.account.equals(account)) {
      throw new IllegalArgumentException(
          "--function: expected a function of the queue's account %s, got \"%s\""
              .formatted(account, function));
    }
    return new RedriveTarget(account, region, named.name, named.qualifier);
  }

  /// Returns the target that the option `--function` names.
  ///
  /// @throws IllegalArgumentException if it is no function, or one of another Region
  static RedriveTarget of(String function, String region) {
    Matcher matcher = FUNCTION.matcher(function);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "--function: expected a function's name or ARN, got \"%s\"".formatted(function));
    }
    String named = matcher.group("region");
    if (named != null && !named.equals(region)) {
      throw new IllegalArgumentException(
          "--function: expected a function in the Region %s, got \"%s\""
              .formatted(region, function));
    }
    return new RedriveTarget(
        matcher.group("account"), region, matcher.group("name"), matcher.group("qualifier"));
  }

  /// Returns whether an ARN is of this function, with any alias or version.
  boolean isOf(String functionArn) {
    Matcher matcher = FUNCTION.matcher(functionArn);
    return matcher.matches()
        && region.equals(matcher.group("region"))
        && (account == null || account.equals(matcher.group("account")))
        && name.equals(matcher.group("name"));
  }

  /// Returns the function as Lambda's `Invoke` names it. It is an ARN if the account is known, so
  /// that Lambda refuses it for another account's credentials unless that account permits it.
  @Override
  public String toString() {
    String function = qualifier == null ? name : name + ":" + qualifier;
    return account == null
        ? function
        : "arn:%s:lambda:%s:%s:function:%s"
            .formatted(PartitionMetadata.of(Region.of(region)).id(), region, account, function);
  }
}
