package dev.flowbell.doctor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.AccountPolicy;
import software.amazon.awssdk.services.cloudwatchlogs.model.PolicyType;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/// Checks that no data protection policy masks parts of records. What is masked is masked "at all
/// egress points, including CloudWatch Logs Insights, metric filters, and subscription filters":
/// the function gets asterisks.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html">Help
///   protect sensitive log data with masking</a>
final class DataProtectionCheck implements Check {
  /// Begins the ARN of a data identifier of AWS; a custom one is a name.
  private static final String MANAGED = "arn:";

  private static final String ADDRESSES = "data-identifier/IpAddress";

  @Override
  public String name() {
    return "data protection";
  }

  /// `DescribeAccountPolicies` needs the permission for the type of policy as well.
  @Override
  public List<String> actions() {
    return List.of("logs:GetDataProtectionPolicy", "logs:DescribeAccountPolicies");
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.usesLogGroup();
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    CloudWatchLogsClient logs = deployment.aws().logs();
    List<Finding> findings = new ArrayList<>();
    String groupName = deployment.logGroupName();
    examine(
        "the policy of " + groupName,
        policyOf(groupName, logs),
        AwsCommand.of("logs delete-data-protection-policy")
            .with("log-group-identifier", groupName)
            .in(deployment),
        "",
        findings);
    for (AccountPolicy policy : deployment.accountPolicies(PolicyType.DATA_PROTECTION_POLICY)) {
      examine(
          "the account's policy " + policy.policyName(),
          policy.policyDocument(),
          AwsCommand.of("logs describe-account-policies")
              .with("policy-type", "DATA_PROTECTION_POLICY")
              .in(deployment),
          ". The policy is for all log groups: the command shows it, its owner can change it",
          findings);
    }
    return findings.isEmpty()
        ? List.of(Finding.ok(name(), "no policy masks addresses"))
        : List.copyOf(findings);
  }

  private static @Nullable String policyOf(String groupName, CloudWatchLogsClient logs) {
    try {
      return logs.getDataProtectionPolicy(ask -> ask.logGroupIdentifier(groupName))
          .policyDocument();
    } catch (ResourceNotFoundException _) {
      return null; // LogGroupCheck reports that there is no log group
    }
  }

  private void examine(
      String policy, @Nullable String document, String mend, String owner, List<Finding> findings) {
    if (document == null) {
      return;
    }
    List<String> masked =
        JsonValue.parse(document).at("Statement").items().stream()
            .filter(statement -> statement.at("Operation").has("Deidentify"))
            .flatMap(statement -> statement.at("DataIdentifier").items().stream())
            .map(JsonValue::asText)
            .toList();
    if (masked.stream().anyMatch(identifier -> identifier.endsWith(ADDRESSES))) {
      findings.add(
          Finding.problem(
              name(),
              policy + " masks addresses",
              "the function gets asterisks for them, and can't read the records" + owner,
              mend));
    }
    List<String> custom =
        masked.stream().filter(identifier -> !identifier.startsWith(MANAGED)).toList();
    if (!custom.isEmpty()) {
      findings.add(
          Finding.warning(
              name(),
              "%s masks what its own identifiers match: %s"
                  .formatted(policy, String.join(", ", custom)),
              "if they match a part of a record, the function can't read it: see records" + owner,
              mend));
    }
  }
}
