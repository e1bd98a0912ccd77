package dev.flowbell.ec2;

/// The traffic that a rule is about, without its addresses.
///
/// Security groups and network ACLs describe it alike: a protocol, and a range of ports. For ICMP,
/// the range is a type and a code.
///
/// @param protocol the IANA number, [#ALL] for every protocol
/// @param from the first port, or the ICMP type; [#ALL] for all
/// @param to the last port, or the ICMP code; [#ALL] for all
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html">IpPermission</a>
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html">NetworkAclEntry</a>
public record RuleTraffic(int protocol, int from, int to) {
  /// Every protocol, port, type or code.
  public static final int ALL = -1;

  /// Every traffic.
  public static final RuleTraffic EVERYTHING = new RuleTraffic(ALL, ALL, ALL);

  private static final int MOST_PORT = 65_535;

  /// Returns whether a flow is such traffic. A rule is about the port that packets are sent to.
  Match match(Flow flow) {
    if (protocol == ALL) {
      return Match.yes("all traffic");
    }
    if (flow.protocol() < 0) {
      return Match.maybe(words() + "; the flow's protocol is not known");
    }
    if (protocol != flow.protocol()) {
      return Match.no("%s, not %s".formatted(words(), Protocol.nameOf(flow.protocol())));
    }
    if (Protocol.isIcmp(protocol)) {
      return from == ALL
          ? Match.yes(words())
          : Match.maybe(words() + " alone; flow logs have no ICMP types");
    }
    if (!Protocol.hasPorts(protocol) || hasAllPorts()) {
      return Match.yes(words());
    }
    Flow.Ports ports = flow.ports();
    if (ports == null) {
      return Match.maybe(words() + "; the flow's port is not known");
    }
    if (ports.first() >= from && ports.last() <= to) {
      return Match.yes(words());
    }
    return ports.first() > to || ports.last() < from
        ? Match.no("%s, not port %s".formatted(words(), ports.words()))
        : Match.maybe("%s alone, of ports %s".formatted(words(), ports.words()));
  }

  private boolean hasAllPorts() {
    return from == ALL || (from == 0 && to == MOST_PORT);
  }

  /// Returns the traffic as consoles and the CLI name it: `tcp 5432`, `tcp 8000-8080`, `icmp type
  /// 8`, `all traffic`.
  public String words() {
    if (protocol == ALL) {
      return "all traffic";
    }
    String name = Protocol.nameOf(protocol);
    if (Protocol.isIcmp(protocol)) {
      return from == ALL ? name : name + " type " + from + (to == ALL ? "" : " code " + to);
    }
    if (!Protocol.hasPorts(protocol)) {
      return name;
    }
    return hasAllPorts() ? name + " all ports" : name + " " + from + (to == from ? "" : "-" + to);
  }
}
