package dev.flowbell.testing.emulator;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Hands the test run's one [AwsEndpoint] to constructors and methods of tests that have it as a
/// parameter, and closes it after the last test of the run.
///
/// A test class is skipped where there is no endpoint, and fails there in CI.
public final class AwsEndpointExtension implements ExecutionCondition, ParameterResolver {

  /// Starts the endpoint as early as this because what a parameter resolver throws is a failure,
  /// and what a `@BeforeAll` aborts isn't reported as skipped by Surefire.
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

  /// The run's one attempt to start an endpoint: the endpoint, or why there is none. A run without
  /// an emulator looks for one only once.
  private record Attempt(@Nullable AwsEndpoint endpoint, @Nullable String failure)
      implements AutoCloseable {

    static Attempt make() {
      try {
        return new Attempt(AwsEndpoint.start(), null);
      } catch (EmulatorUnavailableException e) {
        String failure = "no AWS endpoint for integration tests: " + e.getMessage();
        // Surefire counts what is skipped, and keeps to itself why.
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
