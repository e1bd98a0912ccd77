package dev.flowbell.doctor;

import java.util.List;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;
import software.amazon.awssdk.services.lambda.model.LastUpdateStatus;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.SnapStartApplyOn;
import software.amazon.awssdk.services.lambda.model.SnapStartOptimizationStatus;
import software.amazon.awssdk.services.lambda.model.State;

/// Checks that the function exists, is active, and may run.
final class FunctionCheck implements Check {
  @Override
  public String name() {
    return "function";
  }

  @Override
  public List<String> actions() {
    return List.of("lambda:GetFunctionConfiguration", "lambda:GetFunctionConcurrency");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String functionName = deployment.id(Deployment.FUNCTION);
    GetFunctionConfigurationResponse live;
    try {
      live = deployment.live();
    } catch (ResourceNotFoundException _) {
      return List.of(
          Finding.problem(
              name(),
              "there is no %s:%s".formatted(functionName, Deployment.ALIAS),
              "nothing reads the records; it was removed outside the stack",
              AwsCommand.of("cloudformation detect-stack-drift")
                  .with("stack-name", deployment.stackName())
                  .in(deployment)));
    }
    String seen = "%s, version %s".formatted(functionName, live.version());
    if (live.state() == State.INACTIVE) {
      return List.of(
          Finding.warning(
              name(),
              seen + " is Inactive: nothing invoked it for weeks",
              "the next invocation wakes it, and fails; nothing else does",
              AwsCommand.of("lambda invoke")
                      .with("function-name", functionName + ":" + Deployment.ALIAS)
                      .with("payload", "fileb://events/control-message.json")
                      .in(deployment)
                  + " /dev/stdout"));
    }
    if (live.state() != State.ACTIVE) {
      return List.of(
          Finding.problem(
              name(),
              "%s is %s: %s".formatted(seen, live.stateAsString(), live.stateReason()),
              "it can't be invoked",
              AwsCommand.of("lambda wait function-active-v2")
                  .with("function-name", functionName + ":" + Deployment.ALIAS)
                  .in(deployment)));
    }
    if (live.lastUpdateStatus() == LastUpdateStatus.FAILED) {
      return List.of(
          Finding.problem(
              name(),
              "%s: the last update failed: %s".formatted(seen, live.lastUpdateStatusReason()),
              "it runs the version before the update",
              AwsCommand.redeploy(deployment)));
    }
    if (live.snapStart() != null
        && live.snapStart().applyOn() == SnapStartApplyOn.PUBLISHED_VERSIONS
        && live.snapStart().optimizationStatus() == SnapStartOptimizationStatus.OFF) {
      return List.of(
          Finding.warning(
              name(),
              seen + " has no snapshot, although SnapStart is on",
              "each start takes seconds; a newly published version gets a snapshot",
              AwsCommand.of("lambda get-function-configuration")
                  .with("function-name", functionName + ":" + Deployment.ALIAS)
                  .with("query", "SnapStart")
                  .in(deployment)));
    }
    Integer reserved =
        deployment
            .aws()
            .lambda()
            .getFunctionConcurrency(ask -> ask.functionName(functionName))
            .reservedConcurrentExecutions();
    if (reserved != null && reserved == 0) {
      return List.of(off(seen, functionName, deployment));
    }
    return List.of(Finding.ok(name(), seen + " is Active"));
  }

  /// Returns the finding whose mend sets what the template's parameter says, or else changes the
  /// parameter: the next deployment would set 0 again.
  private Finding off(String seen, String functionName, Deployment deployment) {
    String parameter = deployment.parameter("ReservedConcurrency");
    boolean isDeployed = parameter.equals("0");
    return Finding.problem(
        name(),
        seen + " has a reserved concurrency of 0",
        "the function can't run: payloads go to the failure queue at once, without a try"
            + (isDeployed ? AwsCommand.KEEP : ""),
        isDeployed
            ? AwsCommand.redeploy(deployment, "ReservedConcurrency", "-1")
            : parameter.isEmpty() || parameter.equals("-1")
                ? AwsCommand.of("lambda delete-function-concurrency")
                    .with("function-name", functionName)
                    .in(deployment)
                : AwsCommand.of("lambda put-function-concurrency")
                    .with("function-name", functionName)
                    .with("reserved-concurrent-executions", parameter)
                    .in(deployment));
  }
}
