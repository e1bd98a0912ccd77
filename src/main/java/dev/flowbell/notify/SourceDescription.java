package dev.flowbell.notify;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.judge.SourceAlert;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.Counted;
import dev.flowbell.summary.SourceActivity;
import dev.flowbell.summary.TransportPort;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Describes an alert about one source at one network interface.
final class SourceDescription implements AlertDescription {
  private static final int MOST_PORTS = 3;

  private final SourceAlert alert;
  private final SourceActivity activity;

  SourceDescription(SourceAlert alert) {
    this.alert = alert;
    this.activity = alert.activity();
  }

  @Override
  public String headline() {
    boolean isHandshakes = activity.blockedHandshakes() * 2 >= activity.rejects();
    return (isHandshakes
            ? Words.counted(activity.blockedHandshakes(), "blocked handshake")
            : Words.counted(activity.rejects(), "rejected flow"))
        + ": "
        + activity.source()
        + shortTarget()
        + shortPorts();
  }

  @Override
  public String mention() {
    return headline() + (activity.maskedBy() == null ? "" : ", masked by " + activity.maskedBy());
  }

  private String shortTarget() {
    if (activity.topHosts().isEmpty()) {
      return "";
    }
    return activity.probedHosts() > 1
        ? " -> " + Words.grouped(activity.probedHosts()) + " hosts"
        : " -> " + activity.topHosts().getFirst().value();
  }

  private String shortPorts() {
    if (activity.topPorts().isEmpty()) {
      return "";
    }
    return activity.probedPorts() > 1
        ? ", " + Words.grouped(activity.probedPorts()) + " ports"
        : ", port " + nameOf(activity.topPorts().getFirst().value());
  }

  @Override
  public @Nullable String place() {
    return safeId(activity.instanceId() != null ? activity.instanceId() : activity.interfaceId());
  }

  @Override
  public String what() {
    long others = activity.rejects() - activity.blockedHandshakes();
    StringBuilder what = new StringBuilder();
    if (activity.blockedHandshakes() > 0) {
      what.append(Words.counted(activity.blockedHandshakes(), "TCP handshake"))
          .append(" blocked")
          .append(within())
          .append(" (action REJECT, SYN only)");
      if (others > 0) {
        what.append(", ").append(Words.counted(others, "other flow")).append(" rejected");
      }
    } else {
      what.append(Words.counted(activity.rejects(), "flow"))
          .append(" rejected")
          .append(within())
          .append(" (action REJECT)");
    }
    if (activity.strays() > 0) {
      what.append(", ")
          .append(Words.grouped(activity.strays()))
          .append(" of them late packets of closed connections");
    }
    if (activity.bytes() > 0) {
      what.append(", ").append(Words.counted(activity.bytes(), "byte")).append(" dropped");
    }
    return what.toString();
  }

  private String within() {
    Instant first = activity.first();
    Instant last = activity.last();
    return first == null || last == null || !last.isAfter(first)
        ? ""
        : " within " + Words.span(Duration.between(first, last));
  }

  @Override
  public String who() {
    StringBuilder who =
        new StringBuilder()
            .append(activity.source())
            .append(" (")
            .append(AddressScope.of(activity.source()).words());
    if (activity.service() != null) {
      who.append(", AWS ").append(SafeText.id(activity.service()));
    }
    who.append(')');
    if (activity.maskedBy() != null) {
      who.append(", seen by the interface as ")
          .append(activity.maskedBy())
          .append(": hidden behind a NAT");
    }
    return who.toString();
  }

  @Override
  public List<String> where() {
    List<String> lines = new ArrayList<>();
    if (!activity.topHosts().isEmpty()) {
      IpAddress host = activity.topHosts().getFirst().value();
      int more = Math.max(activity.probedHosts(), activity.topHosts().size()) - 1;
      lines.add(host + (more > 0 ? " and " + Words.counted(more, "more host") : "") + ports());
    }
    String place =
        Stream.of(
                interfaceAndInstance(),
                safeId(activity.subnetId()),
                safeId(activity.vpcId()),
                safeId(activity.flowDirection()))
            .filter(Objects::nonNull)
            .collect(Collectors.joining(", "));
    if (!place.isEmpty()) {
      lines.add(place);
    }
    if (activity.rejectReason() != null) {
      lines.add("rejected for the reason " + SafeText.id(activity.rejectReason()));
    }
    return lines.isEmpty() ? List.of("the records don't say") : lines;
  }

  private String ports() {
    List<Counted<TransportPort>> top = activity.topPorts();
    if (top.isEmpty()) {
      return "";
    }
    int distinct = Math.max(activity.probedPorts(), top.size());
    String names =
        top.stream()
            .limit(MOST_PORTS)
            .map(port -> nameOf(port.value()) + " (" + Words.grouped(port.count()) + ")")
            .collect(Collectors.joining(", "));
    int more = distinct - Math.min(MOST_PORTS, top.size());
    return (distinct > 1 ? " ports " : " port ")
        + names
        + (more > 0 ? ", " + Words.grouped(more) + " more" : "");
  }

  private @Nullable String interfaceAndInstance() {
    String interfaceId = safeId(activity.interfaceId());
    String instanceId = safeId(activity.instanceId());
    if (interfaceId == null || instanceId == null) {
      return interfaceId == null ? instanceId : interfaceId;
    }
    return interfaceId + " on " + instanceId;
  }

  @Override
  public @Nullable Instant first() {
    return activity.first();
  }

  @Override
  public @Nullable Instant last() {
    return activity.last();
  }

  @Override
  public String why() {
    boolean isInside = AddressScope.of(activity.source()).isInside();
    String inside =
        isInside ? " It comes from inside: a host of yours, perhaps no longer yours alone." : "";
    String dropped = " A security group or network ACL dropped it; nothing got through.";
    return switch (alert.rule()) {
      case PORT_SCAN ->
          Words.counted(alert.count(), "port")
              + " from one source: a port scan."
              + dropped
              + inside;
      case HOST_SWEEP ->
          Words.counted(alert.count(), "address")
              + " tried by one source: a sweep."
              + dropped
              + inside;
      case BLOCKED_HANDSHAKES ->
          "The same source is blocked again and again: "
              + (isInside
                  ? "something of yours can't connect, a rule is missing or has changed."
                  : "it is looking for a way in, or lacks a rule that lets it in.")
              + dropped;
      case NAT_MASKED_REJECTS ->
          "The interface saw %s; rules and blocks that name it miss the original source."
              .formatted(activity.maskedBy());
      case REJECTS -> "One source, many rejections." + dropped;
    };
  }

  @Override
  public List<NextStep> nextSteps() {
    List<NextStep> steps = new ArrayList<>();
    if (SafeText.isId(activity.interfaceId(), "eni-")) {
      steps.add(
          new NextStep.Labelled(
              "What blocks it:",
              "aws ec2 describe-network-interfaces --network-interface-ids "
                  + activity.interfaceId()
                  + " --query 'NetworkInterfaces[].[Groups,SubnetId]'"));
    }
    if (SafeText.isId(activity.subnetId(), "subnet-")) {
      steps.add(
          new NextStep.Labelled(
              "",
              "aws ec2 describe-network-acls --filters Name=association.subnet-id,Values="
                  + activity.subnetId()));
    }
    String target =
        activity.topHosts().isEmpty()
            ? "the destination"
            : activity.topHosts().getFirst().value().toString();
    steps.add(
        new NextStep.Labelled(
            "Should it pass?",
            "Open "
                + target
                + (activity.maskedBy() == null
                    ? " to " + activity.source() + "."
                    : " to the original source %s, not to %s."
                        .formatted(activity.source(), activity.maskedBy()))));
    return steps;
  }

  @Override
  public String insightsQuery() {
    return InsightsLink.queryFor(activity.source());
  }

  /// Returns a port's number, its protocol unless it is TCP, and its service's name.
  private static String nameOf(TransportPort port) {
    String service = ServiceName.of(port.number());
    return port.toString().replace("/tcp", "") + (service.isEmpty() ? "" : " " + service);
  }

  private static @Nullable String safeId(@Nullable String id) {
    return id == null ? null : SafeText.id(id);
  }
}
