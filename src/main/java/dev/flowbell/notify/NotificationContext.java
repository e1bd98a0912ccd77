package dev.flowbell.notify;

import dev.flowbell.judge.Severity;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.TrafficType;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where notifications come from, and what their readers can change.
///
/// @param stack the CloudFormation stack, `null` where there is none
/// @param region the Region whose console and CLI the reader uses, `null` where it is not known
/// @param account the account of the log group, empty where it is not known
/// @param logGroup the log group, empty where records come from a file
/// @param thresholds those that the rules compare with
/// @param traffic the traffic whose records are read
public record NotificationContext(
    @Nullable String stack,
    @Nullable String region,
    String account,
    String logGroup,
    Thresholds thresholds,
    TrafficType traffic) {
  private static final int MOST_STACK_CHARACTERS = 16;

  /// Returns the same for the payloads of a log group.
  public NotificationContext of(String newAccount, String newLogGroup) {
    return new NotificationContext(stack, region, newAccount, newLogGroup, thresholds, traffic);
  }

  /// Returns the same for an interface of this account and Region. In another Region, the log group
  /// may be a copy: it is left out, and so is the link to it. Outside of AWS nothing changes.
  ///
  /// @param newAccount, newRegion `null` where they are not known
  public NotificationContext at(@Nullable String newAccount, @Nullable String newRegion) {
    if (region == null) {
      return this;
    }
    return new NotificationContext(
        stack,
        newRegion == null ? region : newRegion,
        newAccount == null ? account : newAccount,
        newRegion == null || newRegion.equals(region) ? logGroup : "",
        thresholds,
        traffic);
  }

  /// Returns what a subject may begin with, the longest first: `prod eu-west-1`, `prod`; empty
  /// where nothing is known.
  List<String> environments() {
    String stackName = stack == null ? "" : SafeText.of(stack);
    String regionName = region == null ? "" : SafeText.of(region);
    String both = (stackName + " " + regionName).strip();
    return List.of(both, stackName.isEmpty() ? both : stackName, shortened(stack));
  }

  private static String shortened(@Nullable String name) {
    if (name == null) {
      return "";
    }
    return name.length() <= MOST_STACK_CHARACTERS
        ? SafeText.of(name)
        : SafeText.of(name.substring(0, MOST_STACK_CHARACTERS)) + "~";
  }

  /// Returns `HIGH`, or `HIGH TEST` for a test.
  String severityWords(Severity severity, boolean isTest) {
    return severity.key().toUpperCase(Locale.ROOT) + (isTest ? " TEST" : "");
  }
}
