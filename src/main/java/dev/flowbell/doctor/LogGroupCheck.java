package dev.flowbell.doctor;

import java.util.List;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroupClass;

/// Checks that the flow logs' log group exists and has a retention period.
final class LogGroupCheck implements Check {
  @Override
  public String name() {
    return "log group";
  }

  @Override
  public List<String> actions() {
    return List.of("logs:DescribeLogGroups");
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.usesLogGroup();
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String groupName = deployment.logGroupName();
    return List.of(
        deployment
            .aws()
            .logs()
            .describeLogGroupsPaginator(ask -> ask.logGroupNamePrefix(groupName))
            .logGroups()
            .stream()
            .filter(group -> group.logGroupName().equals(groupName))
            .findFirst()
            .map(group -> examine(group, deployment))
            .orElseGet(
                () ->
                    Finding.problem(
                        name(),
                        "there is no log group " + groupName,
                        "flow logs have nowhere to go, and the subscription went with it:"
                            + " deploy again when it is back",
                        AwsCommand.of("logs create-log-group")
                            .with("log-group-name", groupName)
                            .in(deployment))));
  }

  private Finding examine(LogGroup group, Deployment deployment) {
    if (group.logGroupClass() != null && group.logGroupClass() != LogGroupClass.STANDARD) {
      String another = group.logGroupName() + "-standard";
      return Finding.problem(
          name(),
          "%s is of the class %s".formatted(group.logGroupName(), group.logGroupClassAsString()),
          "it can have no subscription, and its class can't be changed: the commands create"
              + " another, and subscribe the function to it. A flow log that the stack did not"
              + " create has to deliver there too"
              + AwsCommand.KEEP,
          AwsCommand.of("logs create-log-group")
                  .with("log-group-name", another)
                  .with("log-group-class", "STANDARD")
                  .in(deployment)
              + " && "
              + AwsCommand.redeploy(deployment, "ExistingLogGroupName", another));
    }
    if (group.retentionInDays() == null) {
      return Finding.warning(
          name(),
          group.logGroupName() + " keeps records forever",
          "the cost grows each month",
          AwsCommand.of("logs put-retention-policy")
              .with("log-group-name", group.logGroupName())
              .with("retention-in-days", retentionOf(deployment))
              .in(deployment));
    }
    return Finding.ok(
        name(),
        "%s keeps records for %d days".formatted(group.logGroupName(), group.retentionInDays()));
  }

  private static String retentionOf(Deployment deployment) {
    String days = deployment.parameter("LogRetentionDays");
    return days.isEmpty() ? "30" : days;
  }
}
