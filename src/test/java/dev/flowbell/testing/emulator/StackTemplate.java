package dev.flowbell.testing.emulator;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.process.ToolRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The template as CloudFormation processes it with some parameters: transformed by SAM, with
/// conditions and references resolved.
///
/// @param metadata the template's metadata
/// @param parameters the declarations of parameters
/// @param resources the resources that would be created, by logical id; a reference to one is its
///   logical id, an attribute is `Id.Attribute`
/// @param outputs the declarations of outputs
/// @param refusals why CloudFormation refuses the parameters together; empty if it takes them
/// @param references what each property of a resource refers to
/// @param createOnly the properties, by type, whose change replaces a resource
/// @param permissions the actions that CloudFormation calls for the resources
public record StackTemplate(
    Map<String, @Nullable Object> metadata,
    Map<String, @Nullable Object> parameters,
    Map<String, @Nullable Object> resources,
    Map<String, @Nullable Object> outputs,
    List<String> refusals,
    Map<String, @Nullable Object> references,
    Map<String, @Nullable Object> createOnly,
    Set<String> permissions) {
  private static final String RESOLVE_SCRIPT = "src/test/resources/template/resolve.py";

  /// Resolves `template.yaml`.
  ///
  /// @param assignments `Name=value` for parameters without their default, and for pseudo
  ///   parameters such as `AWS::StackName`
  public static StackTemplate resolve(String... assignments)
      throws ToolUnavailableException, IOException {
    return resolveAll(List.of(List.of(assignments))).getFirst();
  }

  /// Resolves `template-member.yaml`, the stack of another account.
  public static StackTemplate resolveMember(String... assignments)
      throws ToolUnavailableException, IOException {
    return resolveAll("template-member.yaml", List.of(List.of(assignments))).getFirst();
  }

  /// Resolves `template.yaml` with each of several lists of assignments, in one process.
  public static List<StackTemplate> resolveAll(List<List<String>> assignments)
      throws ToolUnavailableException, IOException {
    return resolveAll("template.yaml", assignments);
  }

  private static List<StackTemplate> resolveAll(String file, List<List<String>> assignments)
      throws ToolUnavailableException, IOException {
    PythonEnvironment sam = PythonEnvironment.findOrMake(PythonEnvironment.SAM_CLI);
    List<String> command =
        new ArrayList<>(List.of(sam.program("python").toString(), RESOLVE_SCRIPT, file));
    for (int i = 0; i < assignments.size(); i++) {
      if (i > 0) {
        command.add("--");
      }
      command.addAll(assignments.get(i));
    }
    ToolRun run =
        ToolRun.of(
                Path.of("."),
                Map.of("AWS_DEFAULT_REGION", "eu-west-1"),
                Duration.ofMinutes(1),
                command)
            .orFail();
    return Json.objectsAt(Json.parseObject(run.output()), "Templates").stream()
        .map(
            resolved ->
                new StackTemplate(
                    Json.objectAt(resolved, "Metadata"),
                    Json.objectAt(resolved, "Parameters"),
                    Json.objectAt(resolved, "Resources"),
                    Json.objectAt(resolved, "Outputs"),
                    ((List<?>) resolved.get("Refusals")).stream().map(String.class::cast).toList(),
                    Json.objectAt(resolved, "References"),
                    Json.objectAt(resolved, "CreateOnly"),
                    Json.objectAt(resolved, "Permissions").values().stream()
                        .flatMap(actions -> ((List<?>) actions).stream())
                        .map(String.class::cast)
                        .collect(Collectors.toSet())))
        .toList();
  }

  /// Returns the properties of a resource.
  public Map<String, @Nullable Object> properties(String logicalId) {
    return Json.objectAt(Json.objectAt(resources, logicalId), "Properties");
  }

  /// Returns the logical ids that a property of a resource refers to; empty without the property.
  public List<String> references(String logicalId, String property) {
    Object found = Json.objectAt(references, logicalId).get(property);
    return found == null ? List.of() : ((List<?>) found).stream().map(String.class::cast).toList();
  }

  /// Returns the properties of a resource whose change replaces it.
  public List<String> createOnlyProperties(String logicalId) {
    String type = (String) Json.objectAt(resources, logicalId).get("Type");
    return ((List<?>) createOnly.get(type)).stream().map(String.class::cast).toList();
  }

  /// Returns the properties of all resources of a type, by logical id.
  public Map<String, Map<String, @Nullable Object>> ofType(String type) {
    Map<String, Map<String, @Nullable Object>> found = new LinkedHashMap<>();
    for (String logicalId : resources.keySet()) {
      if (type.equals(Json.objectAt(resources, logicalId).get("Type"))) {
        found.put(logicalId, properties(logicalId));
      }
    }
    return found;
  }
}
