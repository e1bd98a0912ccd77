package dev.flowbell.doctor;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;

/// Checks that CloudWatch Logs may invoke the alias for the log group.
///
/// Without the permission, CloudWatch Logs drops records and reports no error.
final class PermissionCheck implements Check {
  private static final String SERVICE = "logs.amazonaws.com";

  @Override
  public String name() {
    return "permission";
  }

  @Override
  public List<String> actions() {
    return List.of("lambda:GetPolicy");
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.usesLogGroup() && !deployment.isStreamSubscribed();
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String alias = deployment.id(Deployment.FUNCTION) + ":" + Deployment.ALIAS;
    String seen = "%s may %%sinvoke %s".formatted(deployment.logGroupName(), alias);
    if (isAllowed(deployment)) {
      return List.of(Finding.ok(name(), seen.formatted("")));
    }
    return List.of(
        Finding.problem(
            name(),
            seen.formatted("not "),
            "CloudWatch Logs drops the records",
            AwsCommand.of("lambda add-permission")
                .with("function-name", deployment.id(Deployment.FUNCTION))
                .with("qualifier", Deployment.ALIAS)
                .with("statement-id", "flow-logs")
                .with("action", "lambda:InvokeFunction")
                .with("principal", SERVICE)
                .with("source-account", deployment.account())
                .with("source-arn", deployment.logGroupArn())
                .in(deployment)));
  }

  private static boolean isAllowed(Deployment deployment) {
    PolicyDocument policy;
    try {
      policy =
          PolicyDocument.parse(
              deployment
                  .aws()
                  .lambda()
                  .getPolicy(
                      ask ->
                          ask.functionName(deployment.id(Deployment.FUNCTION))
                              .qualifier(Deployment.ALIAS))
                  .policy());
    } catch (ResourceNotFoundException _) {
      return false; // "The resource you requested does not exist": there is no policy
    }
    Map<String, String> facts =
        Map.of(
            "aws:sourceaccount", deployment.account(), "aws:sourcearn", deployment.logGroupArn());
    // Older policies name the service's Regional principal.
    return policy.allowsService(SERVICE, "lambda:InvokeFunction", facts)
        || policy.allowsService(
            "logs." + deployment.region() + ".amazonaws.com", "lambda:InvokeFunction", facts);
  }
}
