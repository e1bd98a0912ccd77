package dev.flowbell.doctor;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.cloudformation.model.StackStatus;

/// Checks that the last deployment succeeded and that the needed resources exist.
final class StackCheck implements Check {
  private static final List<String> NEEDED =
      List.of(
          Deployment.FUNCTION,
          "FunctionAlias" + Deployment.ALIAS,
          Deployment.FAILURE_QUEUE,
          Deployment.TOPIC);

  /// The states after a deployment that succeeded, or an import that was rolled back.
  private static final Set<StackStatus> SETTLED =
      Set.of(
          StackStatus.CREATE_COMPLETE,
          StackStatus.UPDATE_COMPLETE,
          StackStatus.IMPORT_COMPLETE,
          StackStatus.IMPORT_ROLLBACK_COMPLETE);

  @Override
  public String name() {
    return "stack";
  }

  @Override
  public List<String> actions() {
    return List.of("cloudformation:DescribeStacks", "cloudformation:ListStackResources");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    List<Finding> missing =
        needed(deployment)
            .filter(logicalId -> !deployment.has(logicalId))
            .map(
                logicalId ->
                    Finding.problem(
                        name(),
                        "%s has no %s".formatted(deployment.stackName(), logicalId),
                        "the stack is not from Flowbell's template, or its deployment failed",
                        AwsCommand.redeploy(deployment)))
            .toList();
    return Stream.concat(Stream.of(status(deployment)), missing.stream()).toList();
  }

  private static Stream<String> needed(Deployment deployment) {
    return Stream.concat(
        NEEDED.stream(),
        deployment.usesLogGroup() ? Stream.of(Deployment.SUBSCRIPTION_FILTER) : Stream.empty());
  }

  private Finding status(Deployment deployment) {
    String seen =
        "%s is %s".formatted(deployment.stackName(), deployment.stack().stackStatusAsString());
    StackStatus status = deployment.stack().stackStatus();
    if (SETTLED.contains(status)) {
      return Finding.ok(name(), seen);
    }
    String events =
        AwsCommand.of("cloudformation describe-stack-events")
            .with("stack-name", deployment.stackName())
            .with("query", "StackEvents[?ends_with(ResourceStatus, `FAILED`)]")
            .in(deployment);
    if (status == StackStatus.UPDATE_ROLLBACK_COMPLETE) {
      return Finding.warning(
          name(),
          seen,
          "the last deployment failed and was rolled back; the one before runs",
          events);
    }
    if (deployment.stack().stackStatusAsString().endsWith("IN_PROGRESS")) {
      return Finding.warning(
          name(),
          seen,
          "a deployment is in progress: run doctor again when it is done",
          AwsCommand.of("cloudformation wait stack-update-complete")
              .with("stack-name", deployment.stackName())
              .in(deployment));
    }
    return Finding.problem(name(), seen, "the last deployment failed; its events say why", events);
  }
}
