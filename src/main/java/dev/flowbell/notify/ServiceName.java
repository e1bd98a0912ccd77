package dev.flowbell.notify;

import java.util.Map;

/// Names of the services that usually listen on well-known ports.
///
/// @see <a
///   href="https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml">IANA
///   service names and port numbers</a>
final class ServiceName {
  private static final Map<Integer, String> BY_PORT =
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
          Map.entry(3306, "mysql"),
          Map.entry(3389, "rdp"),
          Map.entry(5060, "sip"),
          Map.entry(5432, "postgresql"),
          Map.entry(5900, "vnc"),
          Map.entry(5985, "winrm"),
          Map.entry(6379, "redis"),
          Map.entry(6443, "kubernetes"),
          Map.entry(8080, "http-alt"),
          Map.entry(9092, "kafka"),
          Map.entry(9200, "elasticsearch"),
          Map.entry(11211, "memcached"),
          Map.entry(27017, "mongodb"));

  private ServiceName() {}

  /// Returns the name, or an empty string for other ports.
  static String of(int port) {
    return BY_PORT.getOrDefault(port, "");
  }
}
