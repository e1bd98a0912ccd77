package dev.flowbell.backtest;

/// Rejected records that are many, and about which nothing was sent.
///
/// @param who the source; of attempts from inside, the destination
/// @param records how many records
/// @param busiestHour how many of them in the hour with the most
/// @param sources, hosts, ports how many different ones
/// @param isAtLeast whether these three may be more
public record SilentRejects(
    Kind kind,
    String who,
    long records,
    long busiestHour,
    int sources,
    int hosts,
    int ports,
    boolean isAtLeast) {
  /// What the records are.
  public enum Kind {
    /// Attempts of sources inside at one door.
    INSIDE,
    /// Attempts of one source outside.
    OUTSIDE,
    /// Answers to requests.
    ANSWERS,
    /// Packets of closed connections.
    LATE_PACKETS,
    /// What goes to broadcast and multicast addresses.
    BROADCAST
  }
}
