package dev.flowbell.doctor;

import dev.flowbell.record.FilterPattern;
import java.util.List;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;
import software.amazon.awssdk.services.cloudwatchlogs.model.SubscriptionFilter;

/// Checks that the log group is subscribed to the alias, or to the stream that the function reads.
final class SubscriptionCheck implements Check {
  @Override
  public String name() {
    return "subscription";
  }

  @Override
  public List<String> actions() {
    return List.of("logs:DescribeSubscriptionFilters");
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.usesLogGroup();
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    List<SubscriptionFilter> filters = filtersOf(deployment);
    for (SubscriptionFilter filter : filters) {
      if (filter.destinationArn().equals(destinationOf(deployment))) {
        return List.of(
            Boolean.TRUE.equals(filter.applyOnTransformedLogs())
                ? transformed(filter, deployment)
                : Finding.ok(name(), words(filter, deployment)));
      }
    }
    for (SubscriptionFilter filter : filters) {
      if (filter.destinationArn().startsWith(deployment.functionArn())) {
        return List.of(
            Finding.problem(
                name(),
                "%s goes to %s".formatted(filter.filterName(), filter.destinationArn()),
                deployment.isStreamSubscribed()
                    ? "it is for the stream; CloudWatch Logs may not invoke the function"
                    : "only the alias %s may be invoked, and has the failure queue"
                        .formatted(Deployment.ALIAS),
                mend(filter.filterName(), deployment)));
      }
    }
    return List.of(
        Finding.problem(
            name(),
            "%s is not subscribed to the %s"
                    .formatted(
                        deployment.logGroupName(),
                        deployment.isStreamSubscribed() ? "stream" : "function")
                + (filters.isEmpty() ? "" : "; its subscriptions are " + namesOf(filters)),
            "records are not processed; a log group can have only a few subscriptions",
            mend(deployment.stackName(), deployment)));
  }

  /// A log group may have a transformer; other subscriptions get the original records.
  private Finding transformed(SubscriptionFilter filter, Deployment deployment) {
    return Finding.problem(
        name(),
        filter.filterName() + " applies to transformed records",
        "if the log group has a transformer, of its own or by the account's policy, the function"
            + " gets what that makes of the records, and can't read them",
        mend(filter.filterName(), deployment) + " --no-apply-on-transformed-logs");
  }

  private static List<SubscriptionFilter> filtersOf(Deployment deployment) {
    try {
      return deployment
          .aws()
          .logs()
          .describeSubscriptionFilters(ask -> ask.logGroupName(deployment.logGroupName()))
          .subscriptionFilters();
    } catch (ResourceNotFoundException _) {
      return List.of(); // LogGroupCheck reports that there is no log group
    }
  }

  private static String words(SubscriptionFilter filter, Deployment deployment) {
    String pattern = filter.filterPattern() == null ? "" : filter.filterPattern();
    return "%s hands %s to %s"
        .formatted(
            filter.filterName(),
            pattern.isEmpty() ? "every record" : "what matches \"" + pattern + "\"",
            deployment.isStreamSubscribed()
                ? deployment.streamArn()
                : deployment.id(Deployment.FUNCTION) + ":" + Deployment.ALIAS);
  }

  private static String namesOf(List<SubscriptionFilter> filters) {
    return String.join(", ", filters.stream().map(SubscriptionFilter::filterName).toList());
  }

  /// Returns the filter pattern that the template gives.
  private static String patternOf(Deployment deployment) {
    String pattern = deployment.parameter("FilterPattern");
    boolean isDefault = pattern.isEmpty() && deployment.parameter("OnlyRejected").equals("true");
    return isDefault ? FilterPattern.TERMS : pattern;
  }

  private static String destinationOf(Deployment deployment) {
    return deployment.isStreamSubscribed() ? deployment.streamArn() : deployment.aliasArn();
  }

  private static String mend(String filterName, Deployment deployment) {
    AwsCommand command =
        AwsCommand.of("logs put-subscription-filter")
            .with("log-group-name", deployment.logGroupName())
            .with("filter-name", filterName)
            .with("filter-pattern", patternOf(deployment))
            .with("destination-arn", destinationOf(deployment));
    return (deployment.isStreamSubscribed()
            ? command.with("role-arn", deployment.roleArn(Deployment.STREAM_ROLE))
            : command)
        .in(deployment);
  }
}
