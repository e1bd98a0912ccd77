package dev.flowbell.doctor;

import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.settings.MetricSink;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatchlogs.model.AccountPolicy;
import software.amazon.awssdk.services.cloudwatchlogs.model.PolicyType;

/// Checks CloudWatch Logs' policies for all log groups of the account: that none subscribes the
/// function too, and that none switches its metrics off.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html">PutAccountPolicy</a>
final class AccountPoliciesCheck implements Check {
  /// Matches `LogGroupName IN ["a", "b"]` and `LogGroupNamePrefix NOT IN ["a", "b"]`.
  private static final Pattern SELECTION =
      Pattern.compile("(LogGroupName|LogGroupNamePrefix)\\s+(NOT\\s+)?IN\\s*\\[(.*)]");

  private static final Pattern NAME = Pattern.compile("\"([^\"]*)\"");

  @Override
  public String name() {
    return "account policies";
  }

  /// `DescribeAccountPolicies` needs the permission for the type of policy as well.
  @Override
  public List<String> actions() {
    return List.of("logs:DescribeAccountPolicies", "logs:DescribeSubscriptionFilters");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    List<Finding> findings = new ArrayList<>();
    for (AccountPolicy policy : deployment.accountPolicies(PolicyType.SUBSCRIPTION_FILTER_POLICY)) {
      subscription(policy, findings, deployment);
    }
    if (hasMetricsInLog(deployment)) {
      for (AccountPolicy policy : deployment.accountPolicies(PolicyType.METRIC_EXTRACTION_POLICY)) {
        extraction(policy, findings, deployment);
      }
    }
    return findings.isEmpty()
        ? List.of(Finding.ok(name(), "none is in the way"))
        : List.copyOf(findings);
  }

  private void subscription(AccountPolicy policy, List<Finding> findings, Deployment deployment) {
    String destination = JsonValue.parse(policy.policyDocument()).at("DestinationArn").asText();
    if (destination.equals(deployment.functionArn())
        || destination.startsWith(deployment.functionArn() + ":")) {
      findings.add(
          Finding.problem(
              name(),
              "%s hands every log group of the account to %s"
                  .formatted(policy.policyName(), deployment.id(Deployment.FUNCTION)),
              "the function gets each record twice, and lines that are no records",
              AwsCommand.of("logs delete-account-policy")
                  .with("policy-name", policy.policyName())
                  .with("policy-type", "SUBSCRIPTION_FILTER_POLICY")
                  .in(deployment)));
    }
  }

  private void extraction(AccountPolicy policy, List<Finding> findings, Deployment deployment) {
    String logGroup = deployment.functionLogGroupName();
    if (selects(policy.selectionCriteria(), logGroup)) {
      findings.add(
          Finding.problem(
              name(),
              "%s makes no metrics of the lines in %s".formatted(policy.policyName(), logGroup),
              "MetricSink is emf: CloudWatch has no metrics of Flowbell" + AwsCommand.KEEP,
              AwsCommand.redeploy(deployment, "MetricSink", "cloudwatch")));
    }
  }

  private static boolean hasMetricsInLog(Deployment deployment) {
    try {
      return deployment.settings().metricSink() == MetricSink.EMF;
    } catch (InvalidSettingsException _) {
      return false; // SettingsCheck reports what is wrong
    }
  }

  /// Returns whether a policy applies to a log group. One without criteria applies to all, and one
  /// with criteria of another form counts as one that does.
  private static boolean selects(@Nullable String criteria, String logGroup) {
    Matcher selection = SELECTION.matcher(criteria == null ? "" : criteria);
    if (!selection.find()) {
      return true;
    }
    boolean isListed =
        NAME.matcher(selection.group(3))
            .results()
            .map(each -> each.group(1))
            .anyMatch(
                selection.group(1).equals("LogGroupName")
                    ? logGroup::equals
                    : logGroup::startsWith);
    return isListed == (selection.group(2) == null);
  }
}
