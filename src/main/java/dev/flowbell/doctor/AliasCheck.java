package dev.flowbell.doctor;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.lambda.model.EnvironmentResponse;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;

/// Checks that the alias runs the newest code and settings.
///
/// SAM publishes a new version for new code, but not always for new settings. Such settings reach
/// `$LATEST` only, and not the alias.
///
/// @see <a href="https://github.com/aws/serverless-application-model/issues/3820">SAM issue
///   3820</a>
final class AliasCheck implements Check {
  @Override
  public String name() {
    return "alias";
  }

  @Override
  public List<String> actions() {
    return List.of("lambda:GetFunctionConfiguration", "lambda:ListVersionsByFunction");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String functionName = deployment.id(Deployment.FUNCTION);
    GetFunctionConfigurationResponse live = deployment.live();
    FunctionConfiguration latest = null;
    FunctionConfiguration newest = null;
    for (FunctionConfiguration version :
        deployment
            .aws()
            .lambda()
            .listVersionsByFunctionPaginator(ask -> ask.functionName(functionName))
            .versions()) {
      if (version.version().equals("$LATEST")) {
        latest = version;
      } else if (newest == null || numberOf(version) > numberOf(newest)) {
        newest = version;
      }
    }
    String seen = "%s runs version %s".formatted(Deployment.ALIAS, live.version());
    if (newest != null && !newest.version().equals(live.version())) {
      return List.of(
          Finding.warning(
              name(),
              "%s; the newest is %s".formatted(seen, newest.version()),
              "the last deployment does not run",
              updateAlias(functionName, newest.version(), deployment)));
    }
    if (latest != null && !isSame(latest, live)) {
      return List.of(
          Finding.warning(
              name(),
              seen + "; code or settings were changed since",
              "the changes run when they are published as a version and the alias runs it:"
                  + " run doctor again after publishing",
              AwsCommand.of("lambda publish-version")
                  .with("function-name", functionName)
                  .in(deployment)));
    }
    return List.of(Finding.ok(name(), seen + ", the newest"));
  }

  private static long numberOf(FunctionConfiguration version) {
    return Long.parseLong(version.version());
  }

  private static boolean isSame(
      FunctionConfiguration latest, GetFunctionConfigurationResponse live) {
    return latest.codeSha256().equals(live.codeSha256())
        && variables(latest.environment()).equals(variables(live.environment()));
  }

  private static Map<String, String> variables(@Nullable EnvironmentResponse environment) {
    return environment == null ? Map.of() : environment.variables();
  }

  private static String updateAlias(String functionName, String version, Deployment deployment) {
    return AwsCommand.of("lambda update-alias")
        .with("function-name", functionName)
        .with("name", Deployment.ALIAS)
        .with("function-version", version)
        .in(deployment);
  }
}
