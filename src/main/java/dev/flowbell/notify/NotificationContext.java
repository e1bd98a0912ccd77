package dev.flowbell.notify;

import dev.flowbell.judge.Thresholds;
import org.jspecify.annotations.Nullable;

/// Where notifications come from, and what their readers can change.
///
/// @param stack the CloudFormation stack, `null` where there is none
/// @param region the Region whose console and CLI the reader uses, `null` where it is not known
/// @param account the account of the log group, empty where it is not known
/// @param logGroup the log group, empty where records come from a file
/// @param thresholds those that the rules compare with
public record NotificationContext(
    @Nullable String stack,
    @Nullable String region,
    String account,
    String logGroup,
    Thresholds thresholds) {
  /// Returns the same for the payloads of a log group.
  public NotificationContext of(String newAccount, String newLogGroup) {
    return new NotificationContext(stack, region, newAccount, newLogGroup, thresholds);
  }

  /// Returns what a subject begins with, `prod eu-west-1`; empty where nothing is known.
  String environment() {
    StringBuilder environment = new StringBuilder();
    if (stack != null) {
      environment.append(SafeText.id(stack));
    }
    if (region != null) {
      environment.append(environment.isEmpty() ? "" : " ").append(SafeText.id(region));
    }
    return environment.toString();
  }
}
