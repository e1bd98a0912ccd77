package dev.flowbell.report;

/// How a report counts, in plain words: the same as the comments of its values.
final class Definitions {
  private static final String[][] ALL = {
    {"Flow", "One record of a flow log: packets of one connection in one aggregation interval."},
    {"Blocked, reject", "A flow that a security group or network ACL rejected."},
    {
      "Source",
      "The original sender of a flow: pkt-srcaddr where the records have it, else srcaddr."
    },
    {
      "Inside",
      "A source in your own networks (the setting INSIDE_NETWORKS), or one of whose rejected"
          + " records is egress. Something inside that is blocked may be misconfigured, or not"
          + " yours any more."
    },
    {"Handshake", "A rejected TCP record with SYN alone: somebody tried to open a connection."},
    {
      "Manner",
      "Scans ports: 15 ports of one host or more. Sweeps hosts: 25 hosts or more. Keeps trying: the"
          + " same door, 5 times or more on average. Only noise: see there. A few tries: none of"
          + " these."
    },
    {
      "Noise",
      "Rejects that nobody tries to get in with: late packets (TCP without SYN, of closed"
          + " connections), answers (with SYN and ACK; without flags, from a service's port to an"
          + " ephemeral one), and packets to multicast or broadcast addresses."
    },
    {"Target", "A host with a port and protocol. Ping has no port."},
    {
      "NAT device",
      "A device whose address stands in srcaddr although another one sent the packets."
    },
    {
      "Got through",
      "Accepted flows with payload that a blocked source opened, at other doors or other times."
    },
    {
      "Hour, gap",
      "A record belongs to the hour of its end, in UTC. A gap is a time without any record, in"
          + " steps of ten minutes."
    },
    {
      "Bounds",
      "Numbers are exact over all records that were read. Where a table says \"of other sources,"
          + " each with that many at most\", a bound of memory left these rows out."
    },
  };

  private Definitions() {}

  /// Adds the definitions to a page.
  static void write(Html page) {
    page.raw("<dl>");
    for (String[] definition : ALL) {
      page.element("dt", definition[0]).element("dd", definition[1]).raw("\n");
    }
    page.raw("</dl>\n");
  }
}
