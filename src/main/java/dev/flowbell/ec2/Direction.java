package dev.flowbell.ec2;

/// The direction of a flow at a network interface.
public enum Direction {
  /// Into the interface.
  INGRESS("ingress", "inbound"),
  /// Out of the interface.
  EGRESS("egress", "outbound");

  private final String key;
  private final String words;

  Direction(String key, String words) {
    this.key = key;
    this.words = words;
  }

  /// Returns the name that flow log records and EC2 have, such as `ingress`.
  public String key() {
    return key;
  }

  /// Returns the direction as people say it of rules: `inbound`.
  public String words() {
    return words;
  }

  /// Returns what stands before the other side: `from` or `to`.
  public String fromOrTo() {
    return this == INGRESS ? "from" : "to";
  }

  /// Returns the other direction.
  public Direction opposite() {
    return this == INGRESS ? EGRESS : INGRESS;
  }
}
