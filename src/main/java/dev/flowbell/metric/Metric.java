package dev.flowbell.metric;

import static dev.flowbell.record.FlowField.ACTION;
import static dev.flowbell.record.FlowField.LOG_STATUS;
import static dev.flowbell.record.FlowField.PKT_SRCADDR;
import static dev.flowbell.record.FlowField.PROTOCOL;
import static dev.flowbell.record.FlowField.SRCADDR;
import static dev.flowbell.record.FlowField.TCP_FLAGS;

import dev.flowbell.record.FlowField;
import java.util.Set;

/// What Flowbell counts, under the names that CloudWatch shows.
///
/// @see dev.flowbell.classify.Classification
public enum Metric {
  /// Readable records, NODATA and SKIPDATA included; header and unreadable lines are not.
  RECORDS("Records", Origin.RECORDS),
  /// Records whose `action` is ACCEPT.
  ACCEPTED_FLOWS("AcceptedFlows", Origin.RECORDS, ACTION),
  /// Records whose `action` is REJECT.
  REJECTED_FLOWS("RejectedFlows", Origin.RECORDS, ACTION),
  /// Bytes of rejected records; an absent count adds 0.
  REJECTED_BYTES("RejectedBytes", Unit.BYTES, Origin.RECORDS, ACTION, FlowField.BYTES),
  /// Packets of rejected records; an absent count adds 0.
  REJECTED_PACKETS("RejectedPackets", Origin.RECORDS, ACTION, FlowField.PACKETS),
  /// Rejected TCP, flags present, SYN not among them.
  STRAY_REJECTS("StrayRejects", Origin.RECORDS, ACTION, PROTOCOL, TCP_FLAGS),
  /// Blocked and unanswered handshakes together.
  SYN_ONLY_FLOWS("SynOnlyFlows", Origin.RECORDS, ACTION, PROTOCOL, TCP_FLAGS),
  /// Rejected handshakes.
  BLOCKED_HANDSHAKES("BlockedHandshakes", Origin.RECORDS, ACTION, PROTOCOL, TCP_FLAGS),
  /// Accepted handshakes that no record of the same payload answers.
  UNANSWERED_HANDSHAKES(
      "UnansweredHandshakes",
      Origin.RECORDS,
      ACTION,
      PROTOCOL,
      TCP_FLAGS,
      FlowField.BYTES,
      FlowField.PACKETS),
  /// Records whose original source a NAT device hides.
  NAT_MASKED_FLOWS("NatMaskedFlows", Origin.RECORDS, SRCADDR, PKT_SRCADDR),
  /// Rejected records whose original source a NAT device hides.
  NAT_MASKED_REJECTS("NatMaskedRejects", Origin.RECORDS, ACTION, SRCADDR, PKT_SRCADDR),
  /// Windows without traffic.
  NO_DATA_WINDOWS("NoDataWindows", Origin.RECORDS, LOG_STATUS),
  /// Windows in which AWS skipped records.
  SKIPPED_WINDOWS("SkippedWindows", Origin.RECORDS, LOG_STATUS),
  /// Lines refused, see [dev.flowbell.record.ParseFault].
  UNREADABLE_RECORDS("UnreadableRecords", Origin.LINES),
  /// Messages by which CloudWatch Logs probes the function.
  CONTROL_MESSAGES("ControlMessages", Origin.FUNCTION),
  /// Payloads that had been counted and told before.
  DUPLICATE_BATCHES("DuplicateBatches", Origin.FUNCTION),
  /// Publications that may have been taken before, and were sent again.
  POSSIBLE_DUPLICATES("PossibleDuplicates", Origin.FUNCTION),
  /// Alerts told; several can share a notification.
  ALERTS_SENT("AlertsSent", Origin.FUNCTION),
  /// Alerts not told, because they were told within the cooldown.
  ALERTS_SUPPRESSED("AlertsSuppressed", Origin.FUNCTION),
  /// Records that are counted, but of whose source, port, host, handshake or minute no note could
  /// be taken: the payload had more of them than any has. Totals are right, alerts may lack
  /// something.
  OVER_BOUNDS("OverBounds", Origin.FUNCTION),
  /// How long before the payload's arrival its newest record's window ended.
  DELIVERY_LAG("DeliveryLag", Unit.SECONDS, Origin.FUNCTION);

  /// The unit that a datum has in CloudWatch.
  public enum Unit {
    /// A number of things.
    COUNT,
    /// A number of bytes.
    BYTES,
    /// A time span.
    SECONDS
  }

  /// What a metric is about.
  public enum Origin {
    /// Traffic, as records tell of it. These are published as zeros too, so that alarms see that
    /// all is quiet, and they are the ones that dimensions split up.
    RECORDS,
    /// Lines, readable or not; published as zeros too.
    LINES,
    /// This function's own doings; published when there is something to say.
    FUNCTION
  }

  private final String awsName;
  private final Unit unit;
  private final Origin origin;
  private final Set<FlowField> needs;

  Metric(String awsName, Origin origin, FlowField... needs) {
    this(awsName, Unit.COUNT, origin, needs);
  }

  Metric(String awsName, Unit unit, Origin origin, FlowField... needs) {
    this.awsName = awsName;
    this.unit = unit;
    this.origin = origin;
    this.needs = Set.of(needs);
  }

  /// Returns the metric's name in CloudWatch.
  public String awsName() {
    return awsName;
  }

  /// Returns the unit of its values.
  public Unit unit() {
    return unit;
  }

  /// Returns what it is about.
  public Origin origin() {
    return origin;
  }

  /// Returns whether it can be anything but 0 where records have these fields and no others.
  public boolean canOccurIn(Set<FlowField> fields) {
    return fields.containsAll(needs);
  }
}
