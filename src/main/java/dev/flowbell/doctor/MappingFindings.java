package dev.flowbell.doctor;

import java.util.List;
import software.amazon.awssdk.services.lambda.model.GetEventSourceMappingResponse;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;

/// What is wrong with an event source mapping, by which Lambda reads a stream or a queue.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html">GetEventSourceMapping</a>
final class MappingFindings {
  static final String ACTION = "lambda:GetEventSourceMapping";

  private MappingFindings() {}

  /// Returns the findings about a mapping of the stack; none if it is enabled and on the alias, and
  /// its last result is no problem.
  ///
  /// @param check the name of the check
  /// @param consequence what follows if nothing is read
  static List<Finding> of(
      String check, String logicalId, String consequence, Deployment deployment) {
    String uuid = deployment.id(logicalId);
    GetEventSourceMappingResponse mapping;
    try {
      mapping = deployment.aws().lambda().getEventSourceMapping(ask -> ask.uuid(uuid));
    } catch (ResourceNotFoundException _) {
      return List.of(
          Finding.problem(
              check,
              "there is no event source mapping " + uuid,
              consequence,
              AwsCommand.drift(deployment)));
    }
    if (!mapping.functionArn().equals(deployment.aliasArn())) {
      return List.of(
          Finding.problem(
              check,
              "the mapping invokes " + mapping.functionArn(),
              "only the alias %s runs what was deployed".formatted(Deployment.ALIAS),
              AwsCommand.of("lambda update-event-source-mapping")
                  .with("uuid", uuid)
                  .with("function-name", deployment.aliasArn())
                  .in(deployment)));
    }
    if (mapping.state().startsWith("Disabl")) {
      return List.of(
          Finding.problem(
              check,
              "the mapping is %s: %s".formatted(mapping.state(), mapping.stateTransitionReason()),
              consequence,
              AwsCommand.of("lambda update-event-source-mapping").with("uuid", uuid).in(deployment)
                  + " --enabled"));
    }
    String result = mapping.lastProcessingResult();
    if (result != null && result.startsWith("PROBLEM")) {
      return List.of(
          Finding.problem(
              check,
              "Lambda's last result is \"%s\"".formatted(result),
              consequence + ". See function role; if the function fails, its log says why",
              AwsCommand.tail(deployment)));
    }
    return List.of();
  }
}
