package dev.flowbell.summary;

/// The log stream or file that a payload's records come from.
///
/// @param owner the AWS account ID of the log group, or an empty string
/// @param logGroup the name of the log group, or an empty string for a file
/// @param name the name of the log stream or file
public record LogOrigin(String owner, String logGroup, String name) {
  /// An origin of which nothing is known.
  public static final LogOrigin UNKNOWN = new LogOrigin("", "", "");

  /// Returns what this origin and another one have in common. The rest is empty.
  LogOrigin inCommonWith(LogOrigin other) {
    return new LogOrigin(
        owner.equals(other.owner) ? owner : "",
        logGroup.equals(other.logGroup) ? logGroup : "",
        name.equals(other.name) ? name : "");
  }

  /// Returns whether both are of the same log group.
  boolean isSameGroup(LogOrigin other) {
    return owner.equals(other.owner) && logGroup.equals(other.logGroup);
  }
}
