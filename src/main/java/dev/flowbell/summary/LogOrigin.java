package dev.flowbell.summary;

/// The log stream or file that a payload's records come from.
///
/// @param owner the AWS account ID of the log group, or an empty string
/// @param logGroup the name of the log group, or an empty string for a file
/// @param name the name of the log stream or file
public record LogOrigin(String owner, String logGroup, String name) {}
