package dev.flowbell.pipeline;

/// One invocation of the function.
///
/// @param requestId its id
/// @param functionArn the function's ARN as it was invoked, with the alias
/// @param limit the time that is left
public record Invocation(String requestId, String functionArn, TimeLimit limit) {}
