package dev.flowbell.report;

import dev.flowbell.record.FlowField;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a report knows only where its records have certain fields. Without them 0 would be wrong.
enum Fact {
  /// Whether flows were accepted or rejected.
  REJECTS("what was blocked", FlowField.ACTION),
  /// Who was rejected.
  SOURCES("who was blocked", FlowField.SRCADDR),
  /// At which hosts.
  HOSTS("which hosts they tried", FlowField.DSTADDR),
  /// At which ports.
  PORTS("which ports they tried", FlowField.DSTPORT),
  /// When.
  TIMES("when", FlowField.START, FlowField.END),
  /// Which records are handshakes, and which are late packets.
  HANDSHAKES("handshakes and late packets", FlowField.TCP_FLAGS),
  /// Who is behind NAT devices.
  NAT_DEVICES("who is behind NAT devices", FlowField.PKT_SRCADDR),
  /// Which sources send from inside, whatever their address.
  DIRECTION("who is inside, other than by address", FlowField.FLOW_DIRECTION),
  /// At which network interfaces.
  INTERFACES("network interfaces", FlowField.INTERFACE_ID),
  /// In which accounts.
  ACCOUNTS("accounts", FlowField.ACCOUNT_ID),
  /// How many packets.
  PACKETS("packets", FlowField.PACKETS),
  /// How many bytes.
  BYTES("bytes", FlowField.BYTES),
  /// In which intervals records are missing.
  WINDOWS("skipped windows", FlowField.LOG_STATUS),
  /// What blocked sources got through.
  PASSED("what got through", FlowField.ACTION);

  private final String words;
  private final Set<FlowField> needs;

  Fact(String words, FlowField... needs) {
    this.words = words;
    this.needs = Set.of(needs);
  }

  /// Returns the fact as a sentence names it.
  String words() {
    return words;
  }

  /// Returns whether a report knows this.
  boolean isKnownIn(Report report) {
    return whyUnknown(report) == null;
  }

  /// Returns why a report can't know this: `no tcp-flags`; `null` where it does. Without a record
  /// nothing is known of the fields.
  @Nullable String whyUnknown(Report report) {
    if (report.totals().records() == 0) {
      return null;
    }
    String missing =
        needs.stream()
            .filter(field -> !report.coverage().fields().contains(field))
            .map(FlowField::awsName)
            .sorted()
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      return "no " + missing;
    }
    return this == PASSED && !report.coverage().hasAccepted() ? "no accepted records read" : null;
  }

  /// Returns what a report can't know.
  static List<Fact> unknownIn(Report report) {
    return Arrays.stream(values()).filter(fact -> !fact.isKnownIn(report)).toList();
  }
}
