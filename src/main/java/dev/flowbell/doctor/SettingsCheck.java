package dev.flowbell.doctor;

import java.util.List;

/// Can the function work with its settings?
final class SettingsCheck implements Check {
  @Override
  public String name() {
    return "settings";
  }

  @Override
  public List<String> actions() {
    return List.of("lambda:GetFunctionConfiguration");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    try {
      FunctionSettings settings = deployment.settings();
      return List.of(
          Finding.ok(
              name(),
              "namespace %s, record format %s"
                  .formatted(
                      settings.namespace(),
                      settings.isFormatAutomatic() ? "asked of EC2" : "set")));
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage())
          .lines()
          .map(
              error ->
                  Finding.problem(
                      name(),
                      error,
                      "the function does not start",
                      AwsCommand.redeploy(deployment) + " --guided"))
          .toList();
    }
  }
}
