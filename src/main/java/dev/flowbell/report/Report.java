package dev.flowbell.report;

import java.util.List;

/// What flow logs say of blocked traffic. All forms of a report show these values.
///
/// Numbers are exact over all records that were read, but for rows that a bound left out: see
/// [Others].
///
/// @param origin how it came about
/// @param coverage what was read, and what can't be known from it
/// @param totals the sums of all records
/// @param hours all hours from the first to the last with records, in order, with none left out; at
///   most [#MOST_HOURS], the last ones
/// @param sources who was rejected, by original source: first those inside, then the others; in
///   each of the two, the most rejected first
/// @param targets where they were rejected, the most rejected first
/// @param ports the same by protocol and port, at any address
/// @param natDevices who hid sources, the most rejected first
/// @param interfaces at which network interfaces, the most rejected first
/// @param accounts in which accounts, the most rejected first
/// @param others what bounds left out of these lists
/// @param alerts the notifications that Flowbell would have sent, in the order of flow time; empty
///   where nobody asked for them
public record Report(
    Origin origin,
    Coverage coverage,
    Totals totals,
    List<Hour> hours,
    List<Source> sources,
    List<Target> targets,
    List<PortRow> ports,
    List<NatDevice> natDevices,
    List<NamedSum> interfaces,
    List<NamedSum> accounts,
    Others others,
    List<Told> alerts) {
  /// A quarter of a year.
  public static final int MOST_HOURS = 24 * 92;

  /// Returns the same report with these others.
  Report with(Others newOthers) {
    return new Report(
        origin,
        coverage,
        totals,
        hours,
        sources,
        targets,
        ports,
        natDevices,
        interfaces,
        accounts,
        newOthers,
        alerts);
  }

  /// Returns the sources inside.
  public List<Source> inside() {
    return sources.stream().filter(Source::isInside).toList();
  }

  /// Returns the sources outside.
  public List<Source> outside() {
    return sources.stream().filter(source -> !source.isInside()).toList();
  }

  /// Returns the sources that also got something through, in the same order.
  public List<Source> passed() {
    return sources.stream().filter(source -> source.accepted().flows() > 0).toList();
  }

  /// Rejected records whose keys have no row, because a bound was reached, or because they lack the
  /// key. A key without a row has at most this many; a row's own number is exact. 0 where every key
  /// has a row.
  ///
  /// Where some of `targets` have no row, sources have more hosts and ports than their rows say,
  /// and where some of `interfaces` have none, more of these.
  public record Others(
      long sources, long targets, long ports, long natDevices, long interfaces, long accounts) {
    /// Where every key has a row.
    public static final Others NONE = new Others(0, 0, 0, 0, 0, 0);

    /// Returns whether every key has a row.
    public boolean isNone() {
      return sources + targets + ports + natDevices + interfaces + accounts == 0;
    }
  }

  /// The rejected records of something with a name.
  public record NamedSum(String name, long rejects) {}
}
