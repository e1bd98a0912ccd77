package dev.flowbell.testing;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Hands the test run's one [AwsEndpoint] to constructors and methods of tests that have it as a
/// parameter, and closes it after the last test of the run.
public final class AwsEndpointExtension implements BeforeAllCallback, ParameterResolver {

  /// Before any parameter is asked for, since JUnit reports what a resolver throws as a failure, a
  /// skip too.
  @Override
  public void beforeAll(ExtensionContext context) {
    findOrStart(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == AwsEndpoint.class;
  }

  @Override
  public AwsEndpoint resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return findOrStart(context);
  }

  /// The root store closes it. It also remembers a failed start, so that a run without an emulator
  /// looks for one only once.
  private static AwsEndpoint findOrStart(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(AwsEndpointExtension.class))
        .computeIfAbsent(AwsEndpoint.class, _ -> AwsEndpoint.start(), AwsEndpoint.class);
  }
}
