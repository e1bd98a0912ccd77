package dev.flowbell.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/// The one function that `redrive` invokes. The operator names it, by the stack or by `--function`.
///
/// A message names a function too. Any principal that may send to the queue can write that name, so
/// it is compared with the target, and never invoked.
///
/// @param account `null` if it is not known: Lambda then takes the caller's
/// @param region `null` if it is not known, in a dry run of files
/// @param qualifier an alias or a version, `null` for the function's latest code
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters">Invoke</a>
record RedriveTarget(
    @Nullable String account, @Nullable String region, String name, @Nullable String qualifier) {
  private static final Pattern QUEUE_URL =
      Pattern.compile("https?://[^/?#]+/(?:[^?#]*/)?(\\d{12})/[^/?#]+");

  /// Matches a name, a partial ARN and an ARN; each may have a qualifier.
  private static final Pattern FUNCTION =
      Pattern.compile(
          "(?:(?:arn:[a-z0-9-]+:lambda:(?<region>[a-z0-9-]+):)?(?<account>\\d{12}):function:)?"
              + "(?<name>[A-Za-z0-9_-]{1,140})(?::(?<qualifier>[A-Za-z0-9_$-]{1,128}))?");

  /// Returns the target that a function's name or ARN gives.
  ///
  /// @param account the account that it must be of, `null` for any
  /// @param region the Region that it must be of, `null` for any
  /// @throws IllegalArgumentException if it is no function, or one of another account or Region
  static RedriveTarget of(String function, @Nullable String account, @Nullable String region) {
    Matcher matcher = FUNCTION.matcher(function);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "--function: expected a function's name or ARN, got \"%s\"".formatted(function));
    }
    String namedRegion = matcher.group("region");
    if (namedRegion != null && region != null && !namedRegion.equals(region)) {
      throw new IllegalArgumentException(
          "--function: expected a function in the Region %s, got \"%s\""
              .formatted(region, function));
    }
    String namedAccount = matcher.group("account");
    if (namedAccount != null && account != null && !namedAccount.equals(account)) {
      throw new IllegalArgumentException(
          "--function: expected a function of the queue's account %s, got \"%s\""
              .formatted(account, function));
    }
    return new RedriveTarget(
        account == null ? namedAccount : account,
        region == null ? namedRegion : region,
        matcher.group("name"),
        matcher.group("qualifier"));
  }

  /// Returns the account in a queue's URL, `null` if it has none.
  static @Nullable String accountOf(String queueUrl) {
    Matcher queue = QUEUE_URL.matcher(queueUrl);
    return queue.matches() ? queue.group(1) : null;
  }

  /// Returns whether an ARN is of this function, with any alias or version.
  boolean isOf(String functionArn) {
    Matcher matcher = FUNCTION.matcher(functionArn);
    return matcher.matches()
        && (region == null || region.equals(matcher.group("region")))
        && (account == null || account.equals(matcher.group("account")))
        && name.equals(matcher.group("name"));
  }

  /// Returns the function as Lambda's `Invoke` names it. It is an ARN if the account is known, so
  /// that Lambda refuses it for another account's credentials unless that account permits it.
  @Override
  public String toString() {
    String function = qualifier == null ? name : name + ":" + qualifier;
    return account == null || region == null
        ? function
        : "arn:%s:lambda:%s:%s:function:%s"
            .formatted(PartitionMetadata.of(Region.of(region)).id(), region, account, function);
  }
}
