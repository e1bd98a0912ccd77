package dev.flowbell.testing.emulator;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Passes the run's one [AwsEndpoint] to test constructors and methods with such a parameter, and
/// closes it after the last test of the run.
///
/// Without an endpoint, a test class is skipped; in CI it fails.
public final class AwsEndpointExtension implements ExecutionCondition, ParameterResolver {

  /// Starts the endpoint here because an exception in a parameter resolver is a failure, and
  /// Surefire doesn't report an aborted `@BeforeAll` as skipped.
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Attempt attempt = findOrMakeAttempt(context);
    if (attempt.endpoint() != null) {
      return ConditionEvaluationResult.enabled("AWS answers at " + attempt.endpoint().uri());
    }
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(attempt.failure());
    }
    return ConditionEvaluationResult.disabled(attempt.failure());
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == AwsEndpoint.class;
  }

  @Override
  public @Nullable AwsEndpoint resolveParameter(
      ParameterContext parameter, ExtensionContext context) {
    return findOrMakeAttempt(context).endpoint();
  }

  /// The root store closes it after the last test.
  private static Attempt findOrMakeAttempt(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(AwsEndpointExtension.class))
        .computeIfAbsent(Attempt.class, _ -> Attempt.make(), Attempt.class);
  }

  /// The run's one attempt to start an endpoint: the endpoint, or the cause of the failure. A run
  /// without an emulator looks for one only once.
  private record Attempt(@Nullable AwsEndpoint endpoint, @Nullable String failure)
      implements AutoCloseable {

    static Attempt make() {
      try {
        return new Attempt(AwsEndpoint.start(), null);
      } catch (EmulatorUnavailableException e) {
        String failure = "no AWS endpoint for integration tests: " + e.getMessage();
        // Surefire counts skipped tests, and doesn't print the cause.
        System.err.println(failure);
        return new Attempt(null, failure);
      }
    }

    @Override
    public void close() {
      if (endpoint != null) {
        endpoint.close();
      }
    }
  }
}
