package dev.flowbell.metric;

import static dev.flowbell.record.FlowField.ACTION;
import static dev.flowbell.record.FlowField.DSTADDR;
import static dev.flowbell.record.FlowField.DSTPORT;
import static dev.flowbell.record.FlowField.LOG_STATUS;
import static dev.flowbell.record.FlowField.PKT_SRCADDR;
import static dev.flowbell.record.FlowField.PROTOCOL;
import static dev.flowbell.record.FlowField.SRCADDR;
import static dev.flowbell.record.FlowField.SRCPORT;
import static dev.flowbell.record.FlowField.TCP_FLAGS;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.TrafficType;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// A metric that Flowbell publishes, with its name in CloudWatch.
///
/// @see dev.flowbell.classify.Classification
public enum Metric {
  /// Readable records, NODATA and SKIPDATA included; header and unreadable lines are not.
  RECORDS("Records", Origin.RECORDS),
  /// Records whose `action` is ACCEPT.
  ACCEPTED_FLOWS("AcceptedFlows", Origin.RECORDS, List.of(Need.withAccepted(ACTION))),
  /// Records whose `action` is REJECT.
  REJECTED_FLOWS("RejectedFlows", Origin.RECORDS, ACTION),
  /// Bytes of rejected records; an absent count adds 0.
  REJECTED_BYTES("RejectedBytes", Unit.BYTES, Origin.RECORDS, ACTION, FlowField.BYTES),
  /// Packets of rejected records; an absent count adds 0.
  REJECTED_PACKETS("RejectedPackets", Origin.RECORDS, ACTION, FlowField.PACKETS),
  /// Rejected TCP records with flags, but without SYN.
  STRAY_REJECTS("StrayRejects", Origin.RECORDS, ACTION, PROTOCOL, TCP_FLAGS),
  /// Rejected records that answer a request, see [dev.flowbell.classify.Suspect.Kind#ANSWER].
  REJECTED_ANSWERS(
      "RejectedAnswers",
      Origin.RECORDS,
      List.of(
          Need.of(ACTION, PROTOCOL, TCP_FLAGS),
          Need.of(ACTION, SRCADDR, SRCPORT, DSTPORT),
          Need.of(ACTION, PKT_SRCADDR, SRCPORT, DSTPORT),
          Need.withAccepted(ACTION, SRCADDR, DSTADDR, PROTOCOL))),
  /// Blocked and unanswered handshakes together.
  SYN_ONLY_FLOWS(
      "SynOnlyFlows", Origin.RECORDS, List.of(Need.withAccepted(ACTION, PROTOCOL, TCP_FLAGS))),
  /// Rejected handshakes.
  BLOCKED_HANDSHAKES("BlockedHandshakes", Origin.RECORDS, ACTION, PROTOCOL, TCP_FLAGS),
  /// Accepted handshakes without an answer in the same payload.
  UNANSWERED_HANDSHAKES(
      "UnansweredHandshakes",
      Origin.RECORDS,
      List.of(Need.withAccepted(ACTION, PROTOCOL, TCP_FLAGS, FlowField.BYTES, FlowField.PACKETS))),
  /// Records whose source a NAT device masks.
  NAT_MASKED_FLOWS(
      "NatMaskedFlows", Origin.RECORDS, List.of(Need.withAccepted(SRCADDR, PKT_SRCADDR))),
  /// Rejected records whose source a NAT device masks.
  NAT_MASKED_REJECTS("NatMaskedRejects", Origin.RECORDS, ACTION, SRCADDR, PKT_SRCADDR),
  /// Packets that a transit gateway lost: no route, a blackhole route, too large, or TTL expired.
  TRANSIT_GATEWAY_PACKETS_LOST(
      "TransitGatewayPacketsLost",
      Origin.RECORDS,
      List.of(
          Need.of(FlowField.PACKETS_LOST_NO_ROUTE),
          Need.of(FlowField.PACKETS_LOST_BLACKHOLE),
          Need.of(FlowField.PACKETS_LOST_MTU_EXCEEDED),
          Need.of(FlowField.PACKETS_LOST_TTL_EXPIRED))),
  /// Aggregation intervals without traffic.
  NO_DATA_WINDOWS("NoDataWindows", Origin.RECORDS, LOG_STATUS),
  /// Aggregation intervals in which AWS skipped records.
  SKIPPED_WINDOWS("SkippedWindows", Origin.RECORDS, LOG_STATUS),
  /// Unreadable records, see [dev.flowbell.record.ParseFault].
  UNREADABLE_RECORDS("UnreadableRecords", Origin.LINES),
  /// Messages that CloudWatch Logs sends to test the function.
  CONTROL_MESSAGES("ControlMessages", Origin.FUNCTION),
  /// Batches that were delivered before.
  DUPLICATE_BATCHES("DuplicateBatches", Origin.FUNCTION),
  /// Requests that were sent again, although an earlier one may have been accepted.
  POSSIBLE_DUPLICATES("PossibleDuplicates", Origin.FUNCTION),
  /// Alerts sent; one notification can hold several.
  ALERTS_SENT("AlertsSent", Origin.FUNCTION),
  /// Alerts not sent, because of a cooldown.
  ALERTS_SUPPRESSED("AlertsSuppressed", Origin.FUNCTION),
  /// Alerts that the setting `QUIET` keeps from being sent.
  ALERTS_QUIETED("AlertsQuieted", Origin.FUNCTION),
  /// Records beyond a memory bound: the payload had too many sources, ports, hosts, handshakes or
  /// minutes. The records are in the totals, but alerts may lack something.
  OVER_BOUNDS("OverBounds", Origin.FUNCTION),
  /// The time from the end of the newest record's aggregation interval to the payload's arrival.
  DELIVERY_LAG("DeliveryLag", Unit.SECONDS, Origin.FUNCTION);

  /// The unit of a metric in CloudWatch.
  public enum Unit {
    /// A count.
    COUNT("Count"),
    /// A number of bytes.
    BYTES("Bytes"),
    /// A duration in seconds.
    SECONDS("Seconds");

    private final String awsName;

    Unit(String awsName) {
      this.awsName = awsName;
    }

    /// Returns the unit's name in CloudWatch.
    public String awsName() {
      return awsName;
    }
  }

  /// What a metric counts.
  public enum Origin {
    /// Traffic, from records. Zeros are published too, so that alarms have data. Dimensions apply
    /// to these metrics alone.
    RECORDS,
    /// Lines, readable or not. Zeros are published too.
    LINES,
    /// The function's own work. Zeros are not published.
    FUNCTION
  }

  /// What is enough to know a metric.
  ///
  /// @param fields the fields that records must have
  /// @param needsAccepted whether accepted records must be read too
  private record Need(Set<FlowField> fields, boolean needsAccepted) {
    static Need of(FlowField... fields) {
      return new Need(Set.of(fields), false);
    }

    static Need withAccepted(FlowField... fields) {
      return new Need(Set.of(fields), true);
    }
  }

  private final String awsName;
  private final Unit unit;
  private final Origin origin;
  private final List<Need> needs;

  Metric(String awsName, Origin origin, FlowField... needs) {
    this(awsName, Unit.COUNT, origin, needs);
  }

  Metric(String awsName, Unit unit, Origin origin, FlowField... needs) {
    this(awsName, unit, origin, List.of(Need.of(needs)));
  }

  Metric(String awsName, Origin origin, List<Need> needs) {
    this(awsName, Unit.COUNT, origin, needs);
  }

  /// @param needs each of which is enough
  Metric(String awsName, Unit unit, Origin origin, List<Need> needs) {
    this.awsName = awsName;
    this.unit = unit;
    this.origin = origin;
    this.needs = needs;
  }

  /// Returns the metric's name in CloudWatch.
  public String awsName() {
    return awsName;
  }

  /// Returns the unit of its values.
  public Unit unit() {
    return unit;
  }

  /// Returns what the metric counts.
  public Origin origin() {
    return origin;
  }

  /// Returns whether records show the metric. If not, 0 might be wrong.
  ///
  /// @param fields the fields that the records have
  /// @param traffic the traffic that is read
  public boolean isKnownFrom(Set<FlowField> fields, TrafficType traffic) {
    for (Need need : needs) {
      if (fields.containsAll(need.fields) && (traffic.hasAccepted() || !need.needsAccepted)) {
        return true;
      }
    }
    return false;
  }

  /// Returns the fields that the metric needs and these lack. Where different fields are enough, it
  /// returns the fewest.
  public Set<FlowField> missingIn(Set<FlowField> fields) {
    Set<FlowField> fewest = EnumSet.allOf(FlowField.class);
    for (Need need : needs) {
      Set<FlowField> missing = EnumSet.noneOf(FlowField.class);
      missing.addAll(need.fields);
      missing.removeAll(fields);
      if (missing.size() < fewest.size()) {
        fewest = missing;
      }
    }
    return fewest;
  }
}
