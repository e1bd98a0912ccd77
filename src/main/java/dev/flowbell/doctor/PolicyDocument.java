package dev.flowbell.doctor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The parts of an IAM policy that the checks need: what its statements allow.
///
/// It finds permissions that are plainly missing, and does not evaluate policies as IAM does.
/// Statements with `Deny`, `NotAction`, `NotResource` or `NotPrincipal` allow nothing here. A
/// condition on an unknown key counts as met.
///
/// @see <a
///   href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html">IAM
///   JSON policy element reference</a>
record PolicyDocument(List<Statement> statements) {
  private static final JsonFactory JSON = new JsonFactory();

  /// Reads a policy.
  ///
  /// @throws IllegalArgumentException if the text is not a JSON object
  static PolicyDocument parse(String json) {
    List<Statement> statements = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("policy: expected a JSON object");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        if (!"Statement".equals(key)) {
          parser.skipChildren();
        } else if (value == JsonToken.START_ARRAY) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            statements.add(Statement.read(parser));
          }
        } else {
          statements.add(Statement.read(parser));
        }
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("policy: " + e.getOriginalMessage(), e);
    }
    return new PolicyDocument(List.copyOf(statements));
  }

  /// Returns whether the policy allows an action to a service.
  ///
  /// @param service such as `logs.amazonaws.com`
  /// @param facts the values of condition keys such as `aws:SourceAccount`, by key in lower case
  boolean allowsService(String service, String action, Map<String, String> facts) {
    return statements.stream()
        .anyMatch(
            statement ->
                statement.isAllow
                    && anyMatches(statement.services, service)
                    && anyMatches(statement.actions, action)
                    && statement.hold(facts));
  }

  /// Returns whether the policy allows an action.
  ///
  /// @param resource an ARN, `null` for any resource
  boolean allows(String action, @Nullable String resource) {
    return allows(action, resource, Map.of());
  }

  /// Returns whether the policy allows an action.
  ///
  /// @param resource an ARN, `null` for any resource
  /// @param facts the values of condition keys, by key in lower case
  boolean allows(String action, @Nullable String resource, Map<String, String> facts) {
    return statements.stream()
        .anyMatch(
            statement ->
                statement.isAllow
                    && anyMatches(statement.actions, action)
                    && (resource == null || anyMatches(statement.resources, resource))
                    && statement.hold(facts));
  }

  private static boolean anyMatches(List<String> patterns, String value) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, value));
  }

  /// Returns whether a value matches a pattern: `*` stands for any characters and `?` for one. Case
  /// is ignored, because IAM ignores it in the names of actions.
  private static boolean matches(String pattern, String value) {
    String expression =
        pattern
            .chars()
            .mapToObj(
                c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString((char) c)))
            .collect(Collectors.joining());
    return Pattern.compile(expression, Pattern.CASE_INSENSITIVE).matcher(value).matches();
  }

  /// A statement of a policy.
  ///
  /// @param services the services that it applies to; `*` means every principal
  /// @param conditions the expected values, by operator and key
  record Statement(
      boolean isAllow,
      List<String> services,
      List<String> actions,
      List<String> resources,
      Map<String, Map<String, List<String>>> conditions) {

    private static Statement read(JsonParser parser) {
      boolean isAllow = false;
      List<String> services = List.of();
      List<String> actions = List.of();
      List<String> resources = List.of();
      Map<String, Map<String, List<String>>> conditions = Map.of();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        parser.nextToken();
        switch (key) {
          case "Effect" -> isAllow = parser.getString().equals("Allow");
          case "Principal" -> services = readServices(parser);
          case "Action" -> actions = readTexts(parser);
          case "Resource" -> resources = readTexts(parser);
          case "Condition" -> conditions = readConditions(parser);
          default -> parser.skipChildren();
        }
      }
      return new Statement(isAllow, services, actions, resources, conditions);
    }

    private static List<String> readServices(JsonParser parser) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        return readTexts(parser); // "*"
      }
      return readByKey(parser).getOrDefault("service", List.of());
    }

    private static Map<String, Map<String, List<String>>> readConditions(JsonParser parser) {
      Map<String, Map<String, List<String>>> conditions = new HashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String operator = parser.currentName();
        parser.nextToken();
        conditions.put(operator, readByKey(parser));
      }
      return conditions;
    }

    private static Map<String, List<String>> readByKey(JsonParser parser) {
      Map<String, List<String>> values = new HashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName().toLowerCase(Locale.ROOT);
        parser.nextToken();
        values.put(key, readTexts(parser));
      }
      return values;
    }

    private static List<String> readTexts(JsonParser parser) {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        return List.of(parser.getString());
      }
      List<String> texts = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        texts.add(parser.getString());
      }
      return texts;
    }

    private boolean hold(Map<String, String> facts) {
      return conditions.entrySet().stream()
          .allMatch(
              operator ->
                  operator.getValue().entrySet().stream()
                      .allMatch(
                          condition ->
                              holds(
                                  operator.getKey(),
                                  condition.getValue(),
                                  facts.get(condition.getKey()))));
    }

    private static boolean holds(String operator, List<String> expected, @Nullable String fact) {
      if (fact == null) {
        return true;
      }
      return switch (operator) {
        case "StringEquals" -> expected.contains(fact);
        case "StringLike", "ArnLike", "ArnEquals" -> anyMatches(expected, fact);
        default -> true;
      };
    }
  }
}
