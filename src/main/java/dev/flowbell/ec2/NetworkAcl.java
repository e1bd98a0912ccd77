package dev.flowbell.ec2;

import dev.flowbell.record.AddressBlock;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A network ACL as EC2 describes it. It keeps no state: requests and answers each need an entry.
///
/// @param id `acl-…`
/// @param name its tag `Name`; empty without one
/// @param isDefault whether it is its VPC's default one
/// @param entries in any order
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAcl.html">NetworkAcl</a>
public record NetworkAcl(
    String id, String name, String vpcId, boolean isDefault, List<Entry> entries) {

  /// The number of the last entry, which denies what no other one matched. Consoles show `*`. That
  /// of IPv6 has the next number.
  ///
  /// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html">Custom
  ///   network ACLs</a>
  static final int LAST_NUMBER = 32_767;

  /// Creates an ACL with a copy of the list.
  public NetworkAcl {
    entries = List.copyOf(entries);
  }

  /// An entry.
  ///
  /// @param number 1 to 32766; the lowest one that matches decides
  /// @param block the source of inbound traffic, the destination of outbound traffic
  public record Entry(
      int number, boolean isAllow, Direction direction, RuleTraffic traffic, AddressBlock block) {
    /// Returns whether this is the entry that consoles show as `*`.
    public boolean isLast() {
      return number >= LAST_NUMBER;
    }
  }

  /// Returns the highest number that is free and asked before an entry, 0 if there is none. Before
  /// the last entry, it is one behind all others, with room between.
  public int freeNumberBefore(Entry entry) {
    Set<Integer> taken = new TreeSet<>();
    entries(entry.direction()).stream()
        .filter(each -> !each.isLast())
        .forEach(each -> taken.add(each.number()));
    int highest = taken.stream().mapToInt(Integer::intValue).max().orElse(0);
    int number = entry.isLast() ? Math.min(highest + 10, LAST_NUMBER - 1) : entry.number() - 1;
    while (number > 0 && taken.contains(number)) {
      number--;
    }
    return number;
  }

  /// Returns the entries of a direction, in the order in which they are asked.
  List<Entry> entries(Direction direction) {
    return entries.stream()
        .filter(entry -> entry.direction() == direction)
        .sorted(Comparator.comparingInt(Entry::number))
        .toList();
  }
}
