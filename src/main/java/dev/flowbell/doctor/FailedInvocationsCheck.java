package dev.flowbell.doctor;

import java.util.List;
import software.amazon.awssdk.services.lambda.model.GetFunctionEventInvokeConfigResponse;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;

/// Checks that payloads that fail are tried again, and then go to the failure queue.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html">How
///   Lambda handles errors and retries with asynchronous invocation</a>
final class FailedInvocationsCheck implements Check {
  private static final int RETRIES = 2;

  @Override
  public String name() {
    return "failed invocations";
  }

  @Override
  public List<String> actions() {
    return List.of("lambda:GetFunctionEventInvokeConfig");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String functionName = deployment.id(Deployment.FUNCTION);
    String alias = functionName + ":" + Deployment.ALIAS;
    String queueArn = deployment.failureQueueArn();
    GetFunctionEventInvokeConfigResponse config;
    try {
      config =
          deployment
              .aws()
              .lambda()
              .getFunctionEventInvokeConfig(
                  ask -> ask.functionName(functionName).qualifier(Deployment.ALIAS));
    } catch (ResourceNotFoundException _) {
      return List.of(lost(alias + " has no on-failure destination", deployment));
    }
    String destination =
        config.destinationConfig() == null || config.destinationConfig().onFailure() == null
            ? null
            : config.destinationConfig().onFailure().destination();
    if (destination == null) {
      return List.of(lost(alias + " has no on-failure destination", deployment));
    }
    if (!destination.equals(queueArn)) {
      return List.of(
          lost("%s sends payloads that fail to %s".formatted(alias, destination), deployment));
    }
    // Without a number of its own, Lambda's is 2.
    Integer retries = config.maximumRetryAttempts();
    if (retries != null && retries < RETRIES) {
      return List.of(
          Finding.warning(
              name(),
              "%s is tried again %d times, expected %d".formatted(alias, retries, RETRIES),
              "a short failure of AWS is enough to send payloads to the failure queue",
              put(deployment)));
    }
    return List.of(Finding.ok(name(), "tried again twice, then kept in the failure queue"));
  }

  private Finding lost(String seen, Deployment deployment) {
    return Finding.problem(
        name(), seen, "the failure queue gets no payload that failed", put(deployment));
  }

  private static String put(Deployment deployment) {
    return AwsCommand.of("lambda put-function-event-invoke-config")
        .with("function-name", deployment.id(Deployment.FUNCTION))
        .with("qualifier", Deployment.ALIAS)
        .with("maximum-retry-attempts", String.valueOf(RETRIES))
        .with("maximum-event-age-in-seconds", "21600")
        .with(
            "destination-config",
            "{\"OnFailure\":{\"Destination\":\"%s\"}}".formatted(deployment.failureQueueArn()))
        .in(deployment);
  }
}
