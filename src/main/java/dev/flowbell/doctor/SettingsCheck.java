package dev.flowbell.doctor;

import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.settings.Settings;
import java.util.List;

/// Checks that the function's settings are valid.
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
      Settings settings = deployment.settings();
      return List.of(
          Finding.ok(
              name(),
              "namespace %s, record format %s"
                  .formatted(
                      settings.namespace(), settings.isLogFormatAuto() ? "asked of EC2" : "set")));
    } catch (InvalidSettingsException e) {
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
