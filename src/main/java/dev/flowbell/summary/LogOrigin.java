package dev.flowbell.summary;

/// Where a payload's records come from.
///
/// @param owner the account that the log group is in, or an empty string
/// @param logGroup the log group's name, or an empty string where records come from a file
/// @param name what to call it: the log stream, or the file
public record LogOrigin(String owner, String logGroup, String name) {}
