package dev.flowbell.classify;

import java.util.Map;
import java.util.Set;

/// Ports of well-known services.
///
/// @see <a
///   href="https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml">IANA
///   service names and port numbers</a>
public final class KnownPort {
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(20, "ftp-data"),
          Map.entry(21, "ftp"),
          Map.entry(22, "ssh"),
          Map.entry(23, "telnet"),
          Map.entry(25, "smtp"),
          Map.entry(53, "dns"),
          Map.entry(80, "http"),
          Map.entry(110, "pop3"),
          Map.entry(111, "rpcbind"),
          Map.entry(123, "ntp"),
          Map.entry(135, "msrpc"),
          Map.entry(137, "netbios"),
          Map.entry(139, "netbios"),
          Map.entry(143, "imap"),
          Map.entry(161, "snmp"),
          Map.entry(389, "ldap"),
          Map.entry(443, "https"),
          Map.entry(445, "smb"),
          Map.entry(587, "submission"),
          Map.entry(636, "ldaps"),
          Map.entry(993, "imaps"),
          Map.entry(1433, "mssql"),
          Map.entry(1521, "oracle"),
          Map.entry(2049, "nfs"),
          Map.entry(2375, "docker"),
          Map.entry(2376, "docker"),
          Map.entry(2379, "etcd"),
          Map.entry(3306, "mysql"),
          Map.entry(3389, "rdp"),
          Map.entry(5060, "sip"),
          Map.entry(5432, "postgresql"),
          Map.entry(5671, "amqps"),
          Map.entry(5672, "amqp"),
          Map.entry(5900, "vnc"),
          Map.entry(5985, "winrm"),
          Map.entry(5986, "winrm"),
          Map.entry(6379, "redis"),
          Map.entry(6443, "kubernetes"),
          Map.entry(8080, "http-alt"),
          Map.entry(8443, "https-alt"),
          Map.entry(9042, "cassandra"),
          Map.entry(9092, "kafka"),
          Map.entry(9200, "elasticsearch"),
          Map.entry(10250, "kubelet"),
          Map.entry(11211, "memcached"),
          Map.entry(27017, "mongodb"));

  /// The ports of remote access, file sharing, control planes and databases.
  private static final Set<Integer> INTRUDERS_FIRST =
      Set.of(
          21, 22, 23, 111, 135, 139, 445, 1433, 1521, 2375, 2376, 2379, 3306, 3389, 5432, 5900,
          5985, 5986, 6379, 6443, 9042, 9200, 10250, 11211, 27017);

  private KnownPort() {}

  /// Returns the service's name, or an empty string.
  public static String nameOf(int port) {
    return NAMES.getOrDefault(port, "");
  }

  /// Returns whether the port has a name here.
  public static boolean isNamed(int port) {
    return NAMES.containsKey(port);
  }

  /// Returns whether intruders usually try this port first.
  public static boolean isTriedFirst(int port) {
    return INTRUDERS_FIRST.contains(port);
  }
}
