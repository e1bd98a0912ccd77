package dev.flowbell.testing.twin;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The naive twin of parser, classifier and counters: strings, maps and big integers.
///
/// It is written only from the definitions, without reading the code that it checks, so that both
/// must make the same mistake for it to stay unseen. Nothing here is fast, on purpose.
///
/// A record is a map from AWS's field names to canonical text: a decimal without leading zeros, an
/// address as [#canonicalAddress] writes it, other values unchanged. It has no absent fields.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
public final class NaiveTwin {
  /// The metrics of records, in the order of `docs/metrics.md`.
  public static final List<String> METRICS =
      format(
          "Records AcceptedFlows RejectedFlows RejectedBytes RejectedPackets StrayRejects"
              + " RejectedAnswers SynOnlyFlows BlockedHandshakes UnansweredHandshakes"
              + " NatMaskedFlows NatMaskedRejects TransitGatewayPacketsLost NoDataWindows"
              + " SkippedWindows UnreadableRecords");

  /// AWS's default format, version 2.
  public static final List<String> DEFAULT_FORMAT =
      format(
          "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes"
              + " start end action log-status");

  private static final String V3 =
      "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr";
  private static final String V4 = "region az-id sublocation-type sublocation-id";
  private static final String V5 =
      "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path";
  private static final String V6 =
      "resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id"
          + " tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni"
          + " tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id packets-lost-no-route"
          + " packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired";
  private static final String V7 =
      "ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id"
          + " ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn"
          + " ecs-task-arn ecs-task-id";
  private static final String V8_TO_V10 = "reject-reason resource-id encryption-status";
  private static final String V11 =
      "instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2 interface-type"
          + " next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id"
          + " next-hop-interface-type";

  /// Every field of AWS, versions 2 to 11, in the order of the versions.
  public static final List<String> FIELDS =
      format(
          String.join(" ", String.join(" ", DEFAULT_FORMAT), V3, V4, V5, V6, V7, V8_TO_V10, V11));

  /// Fields whose value is a decimal below 2^63.
  public static final Set<String> DECIMALS =
      Set.copyOf(
          format(
              "version srcport dstport protocol packets bytes start end tcp-flags traffic-path"
                  + " encryption-status packets-lost-no-route packets-lost-blackhole"
                  + " packets-lost-mtu-exceeded packets-lost-ttl-expired"));

  /// Fields whose value is an IP address.
  public static final Set<String> ADDRESSES =
      Set.of("srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr");

  /// Fields in which two readings of one line must agree: Flowbell doesn't use the others.
  private static final List<String> USED =
      format(
          "account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end"
              + " action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr"
              + " pkt-dstaddr region az-id pkt-src-aws-service flow-direction reject-reason"
              + " packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded"
              + " packets-lost-ttl-expired");

  private static final List<String> PACKETS_LOST =
      format(
          "packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded"
              + " packets-lost-ttl-expired");

  /// Services that are known by name, at ports of 1024 or above.
  private static final Set<Integer> NAMED_PORTS =
      Set.of(
          1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5060, 5432, 5671, 5672, 5900, 5985, 5986,
          6379, 6443, 8080, 8443, 9042, 9092, 9200, 10250, 11211, 27017);

  /// The addresses inside: private, shared, link-local and unique-local ones.
  private static final Pattern INSIDE =
      Pattern.compile(
          "10\\..*|172\\.(1[6-9]|2[0-9]|3[01])\\..*|192\\.168\\..*|169\\.254\\..*"
              + "|100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\..*"
              + "|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*");

  private static final BigInteger TWO_TO_63 = BigInteger.TWO.pow(63);
  private static final BigInteger TWO_TO_32 = BigInteger.TWO.pow(32);
  private static final BigInteger THOUSAND = BigInteger.valueOf(1000);

  /// What CloudWatch Logs puts before each line when it exports a log group to S3.
  private static final Pattern EXPORT_PREFIX =
      Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z ");

  /// AWS's names by their spelling without case, `-` and `_`, as keys of JSON are compared.
  private static final Map<String, String> FIELD_BY_KEY = new HashMap<>();

  static {
    for (String field : FIELDS) {
      FIELD_BY_KEY.put(squeezed(field), field);
    }
  }

  private NaiveTwin() {}

  /// The counts of a payload.
  ///
  /// @param metrics every one of [#METRICS], zeros included
  /// @param faults unreadable lines by cause, without causes that don't occur
  /// @param suspects rejected flows, and SYNs that were sent again without an answer, by canonical
  ///   original source and what they are, such as `10.0.1.5 ATTEMPT`; without those that have no
  ///   source
  public record Tally(
      Map<String, Long> metrics, Map<String, Long> faults, Map<String, Long> suspects) {}

  /// Counts the messages of one payload; header lines are ignored.
  public static Tally count(List<List<String>> formats, List<String> messages) {
    List<Outcome> outcomes = new ArrayList<>();
    for (String message : messages) {
      outcomes.add(read(formats, message));
    }
    return tally(outcomes);
  }

  /// Counts the lines of one replayed file: a header line sets the format of the lines after it,
  /// and the timestamp that an export puts before a line is dropped.
  public static Tally countFile(List<List<String>> formats, List<String> lines) {
    List<List<String>> current = formats;
    List<Outcome> outcomes = new ArrayList<>();
    for (String line : lines) {
      String message = EXPORT_PREFIX.matcher(line).replaceFirst("");
      Outcome outcome = read(current, message);
      if (outcome instanceof Header header) {
        current = List.of(header.fields());
      }
      outcomes.add(outcome);
    }
    return tally(outcomes);
  }

  /// Returns the fields of a format of bare names with one space between them.
  public static List<String> format(String names) {
    return List.of(names.split(" ", -1));
  }

  // ---- counting

  private static Tally tally(List<Outcome> outcomes) {
    // The other direction may be before or after a record, so all are collected first.
    Payload payload = new Payload(outcomes);

    Map<String, BigInteger> sums = new LinkedHashMap<>();
    for (String metric : METRICS) {
      sums.put(metric, BigInteger.ZERO);
    }
    Map<String, Long> faults = new TreeMap<>();
    Map<String, Long> suspects = new TreeMap<>();

    for (Outcome outcome : outcomes) {
      switch (outcome) {
        case Header header -> {}
        case Fault fault -> {
          addOne(sums, "UnreadableRecords");
          faults.merge(fault.name(), 1L, Long::sum);
        }
        case Flow flow when flow.is("log-status", "NODATA") -> {
          addOne(sums, "Records");
          addOne(sums, "NoDataWindows");
        }
        case Flow flow when flow.is("log-status", "SKIPDATA") -> {
          addOne(sums, "Records");
          addOne(sums, "SkippedWindows");
        }
        case Flow flow -> {
          boolean rejected = flow.is("action", "REJECT");
          boolean accepted = flow.is("action", "ACCEPT");
          boolean blocked = rejected && flow.isTcp() && flow.is("tcp-flags", "2");
          boolean answered = payload.synAcks.contains(flow.reverseTuple());
          boolean unanswered =
              accepted
                  && flow.isTcp()
                  && flow.is("tcp-flags", "2")
                  && flow.isNothingButSyns()
                  && !answered;
          boolean masked =
              flow.has("srcaddr")
                  && flow.has("pkt-srcaddr")
                  && !flow.text("srcaddr").equals(flow.text("pkt-srcaddr"));

          addOne(sums, "Records");
          for (String lost : PACKETS_LOST) {
            add(sums, "TransitGatewayPacketsLost", flow.numberOrZero(lost));
          }
          if (accepted) {
            addOne(sums, "AcceptedFlows");
          }
          if (rejected) {
            addOne(sums, "RejectedFlows");
            add(sums, "RejectedBytes", flow.numberOrZero("bytes"));
            add(sums, "RejectedPackets", flow.numberOrZero("packets"));
            addToSource(suspects, flow, payload.kindOfRejected(flow));
          }
          if (rejected && flow.isStray()) {
            addOne(sums, "StrayRejects");
          }
          if (rejected && payload.isAnswer(flow)) {
            addOne(sums, "RejectedAnswers");
          }
          if (accepted && payload.isAttemptOfInside(flow)) {
            addToSource(suspects, flow, "UNANSWERED");
          }
          if (blocked) {
            addOne(sums, "BlockedHandshakes");
          }
          if (unanswered) {
            addOne(sums, "UnansweredHandshakes");
          }
          if (blocked || unanswered) {
            addOne(sums, "SynOnlyFlows");
          }
          if (masked) {
            addOne(sums, "NatMaskedFlows");
          }
          if (masked && rejected) {
            addOne(sums, "NatMaskedRejects");
          }
        }
      }
    }

    Map<String, Long> metrics = new LinkedHashMap<>();
    for (Map.Entry<String, BigInteger> sum : sums.entrySet()) {
      metrics.put(
          sum.getKey(), sum.getValue().min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
    }
    return new Tally(metrics, faults, suspects);
  }

  /// What the definitions need to know of the other records of a payload.
  private static final class Payload {
    private final Set<List<String>> synAcks = new HashSet<>();
    private final Set<List<String>> accepted = new HashSet<>();
    private final Set<List<String>> rejected = new HashSet<>();
    // destination ports by original source, source port and protocol
    private final Map<List<String>, Set<Integer>> reached = new HashMap<>();

    Payload(List<Outcome> outcomes) {
      for (Outcome outcome : outcomes) {
        if (!(outcome instanceof Flow flow) || !flow.is("log-status", "OK")) {
          continue;
        }
        if (flow.is("action", "ACCEPT")) {
          accepted.add(flow.tuple());
          if (flow.hasFlags(18)) {
            synAcks.add(flow.tuple());
          }
        }
        if (flow.is("action", "REJECT")) {
          rejected.add(flow.tuple());
          if (flow.hasPorts()) {
            reached
                .computeIfAbsent(flow.service(), service -> new HashSet<>())
                .add(toInt(flow.text("dstport")));
          }
        }
      }
    }

    String kindOfRejected(Flow flow) {
      if (isAnswer(flow)) {
        return "ANSWER";
      }
      if (flow.isStray()) {
        return "STRAY";
      }
      if (!flow.isToUnicast()) {
        return "NOT_UNICAST";
      }
      boolean mayBeService = reachesOnlyHighPorts(flow) && toInt(flow.text("srcport")) < 32768;
      return mayBeService ? "ATTEMPT_OR_ANSWER" : "ATTEMPT";
    }

    boolean isAnswer(Flow flow) {
      if (flow.isTcp() && flow.hasFlags(18)) {
        return true;
      }
      if (flow.hasWholeTuple() && accepted.contains(flow.reverseTuple())) {
        return true;
      }
      if (!reachesOnlyHighPorts(flow)) {
        return false;
      }
      int port = toInt(flow.text("srcport"));
      return port < 1024
          || NAMED_PORTS.contains(port)
          || (port < 32768 && reachedBy(flow).size() >= 5);
    }

    /// Only asked of records without TCP flags: those have the ports instead.
    private boolean reachesOnlyHighPorts(Flow flow) {
      if ((flow.isTcp() && flow.has("tcp-flags")) || !flow.hasPorts() || !flow.hasSource()) {
        return false;
      }
      return reachedBy(flow).stream().allMatch(port -> port >= 1024);
    }

    private Set<Integer> reachedBy(Flow flow) {
      return reached.getOrDefault(flow.service(), Set.of());
    }

    /// Whether an accepted record is an attempt: an unanswered SYN of a source inside that was sent
    /// again.
    boolean isAttemptOfInside(Flow flow) {
      boolean inside =
          flow.is("flow-direction", "egress") || INSIDE.matcher(flow.source()).matches();
      return inside
          && flow.hasSource()
          && flow.hasWholeTuple()
          && flow.isTcp()
          && flow.is("tcp-flags", "2")
          && flow.isNothingButSyns()
          && flow.isSentAgain()
          && flow.isToUnicast()
          && !synAcks.contains(flow.reverseTuple())
          && !rejected.contains(flow.reverseTuple());
    }
  }

  private static void addOne(Map<String, BigInteger> sums, String metric) {
    add(sums, metric, BigInteger.ONE);
  }

  private static void add(Map<String, BigInteger> sums, String metric, BigInteger amount) {
    sums.merge(metric, amount, BigInteger::add);
  }

  private static void addToSource(Map<String, Long> counts, Flow flow, String kind) {
    if (flow.hasSource()) {
      counts.merge(flow.source() + " " + kind, 1L, Long::sum);
    }
  }

  // ---- reading

  /// A line's kind and values.
  private sealed interface Outcome {}

  private record Header(List<String> fields) implements Outcome {}

  private record Fault(String name) implements Outcome {}

  private record Flow(Map<String, String> values) implements Outcome {
    boolean has(String field) {
      return values.containsKey(field);
    }

    /// The value, or `-`, which no present value equals.
    String text(String field) {
      return values.getOrDefault(field, "-");
    }

    boolean is(String field, String value) {
      return text(field).equals(value);
    }

    BigInteger numberOrZero(String field) {
      return new BigInteger(values.getOrDefault(field, "0"));
    }

    boolean isTcp() {
      return is("protocol", "6");
    }

    boolean hasFlags(int flags) {
      return numberOrZero("tcp-flags").and(BigInteger.valueOf(flags)).intValueExact() == flags;
    }

    boolean isNothingButSyns() {
      if (!has("bytes") || !has("packets")) {
        return false;
      }
      String address = has("srcaddr") ? text("srcaddr") : text("dstaddr");
      BigInteger bytesOfSyn = BigInteger.valueOf(address.contains(":") ? 80 : 60);
      BigInteger most = numberOrZero("packets").multiply(bytesOfSyn);
      return numberOrZero("bytes").compareTo(most) <= 0;
    }

    /// Late packets of a closed connection, if the record was rejected.
    boolean isStray() {
      return isTcp() && has("tcp-flags") && !hasFlags(2);
    }

    /// Several packets, all of the size of a SYN.
    boolean isSentAgain() {
      BigInteger packets = numberOrZero("packets");
      if (packets.compareTo(BigInteger.TWO) < 0) {
        return false;
      }
      BigInteger[] sizeAndRest = numberOrZero("bytes").divideAndRemainder(packets);
      List<Integer> sizes =
          text("srcaddr").contains(":") ? List.of(64, 68, 72, 80) : List.of(40, 44, 48, 52, 60);
      return sizeAndRest[1].signum() == 0
          && sizes.stream().anyMatch(size -> sizeAndRest[0].equals(BigInteger.valueOf(size)));
    }

    boolean isToUnicast() {
      String target = text("dstaddr");
      boolean broadcast =
          target.equals("255.255.255.255") || (is("protocol", "17") && target.endsWith(".255"));
      boolean multicast =
          target.matches("ff[0-9a-f]{2}:.*") || target.matches("(22[4-9]|23[0-9])\\..*");
      return !broadcast && !multicast;
    }

    boolean hasSource() {
      return has("pkt-srcaddr") || has("srcaddr");
    }

    /// The original source.
    String source() {
      return has("pkt-srcaddr") ? text("pkt-srcaddr") : text("srcaddr");
    }

    /// TCP, UDP and SCTP have ports; a record without a protocol is taken to have them.
    boolean isOfPorts() {
      return Set.of("6", "17", "132", "-").contains(text("protocol"));
    }

    boolean hasPorts() {
      return isOfPorts() && has("srcport") && has("dstport");
    }

    boolean hasWholeTuple() {
      return has("srcaddr") && has("dstaddr") && (hasPorts() || !isOfPorts());
    }

    List<String> service() {
      return List.of(source(), text("srcport"), text("protocol"));
    }

    List<String> tuple() {
      return tuple("srcaddr", "dstaddr", "srcport", "dstport");
    }

    List<String> reverseTuple() {
      return tuple("dstaddr", "srcaddr", "dstport", "srcport");
    }

    private List<String> tuple(String from, String to, String fromPort, String toPort) {
      return List.of(text(from), text(to), text(fromPort), text(toPort), text("protocol"));
    }
  }

  /// Thrown if a value or a text can't be read; the message is the name of the fault.
  private static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String fault) {
      super(fault, null, false, false);
    }

    Fault fault() {
      return new Fault(String.valueOf(getMessage()));
    }
  }

  private static Outcome read(List<List<String>> formats, String message) {
    String line = withoutTrailingBlanks(message);
    if (withoutLeadingBlanks(line).startsWith("{")) {
      try {
        return readJson(line);
      } catch (UnreadableException unreadable) {
        return unreadable.fault();
      }
    }
    List<String> tokens = List.of(line.split(" ", -1));
    if (FIELDS.containsAll(tokens) && new HashSet<>(tokens).size() == tokens.size()) {
      return new Header(tokens);
    }
    if (tokens.contains("")) {
      return new Fault("WRONG_FIELD_COUNT");
    }
    return readText(formats, tokens);
  }

  private static Outcome readText(List<List<String>> formats, List<String> tokens) {
    List<List<String>> candidates = new ArrayList<>();
    for (List<String> format : formats) {
      if (format.size() == tokens.size()) {
        candidates.add(format);
      }
    }
    if (candidates.isEmpty()) {
      return new Fault("WRONG_FIELD_COUNT");
    }

    List<Fault> faults = new ArrayList<>();
    List<Flow> readings = new ArrayList<>();
    for (List<String> format : candidates) {
      try {
        readings.add(readBy(format, tokens));
      } catch (UnreadableException unreadable) {
        faults.add(unreadable.fault());
      }
    }
    if (readings.isEmpty()) {
      return faults.get(0);
    }
    if (readings.size() == 1) {
      return readings.get(0);
    }

    List<Flow> shapely = new ArrayList<>();
    for (Flow reading : readings) {
      if (textFieldsHaveTheirShape(reading)) {
        shapely.add(reading);
      }
    }
    List<Flow> remaining = shapely.isEmpty() ? readings : shapely;
    Flow first = remaining.get(0);
    for (Flow other : remaining) {
      for (String field : USED) {
        if (!first.text(field).equals(other.text(field))) {
          return new Fault("AMBIGUOUS_FORMAT");
        }
      }
    }
    return first;
  }

  private static Flow readBy(List<String> format, List<String> tokens) throws UnreadableException {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < format.size(); i++) {
      if (!tokens.get(i).equals("-")) {
        values.put(format.get(i), canonicalValue(format.get(i), tokens.get(i)));
      }
    }
    values.putIfAbsent("log-status", "OK");
    return new Flow(values);
  }

  private static Flow readJson(String line) throws UnreadableException {
    // Members of known fields in document order; only the last one of each field.
    Map<String, JsonValue> members = new LinkedHashMap<>();
    for (JsonMember member : new JsonReader(line).readObjectText()) {
      String field = FIELD_BY_KEY.get(squeezed(member.key()));
      if (field != null) {
        members.remove(field);
        members.put(field, member.value());
      }
    }
    members.values().removeIf(value -> value instanceof JsonNested);
    if (members.isEmpty()) {
      throw new UnreadableException("WRONG_FIELD_COUNT");
    }
    Map<String, String> values = new HashMap<>();
    for (Map.Entry<String, JsonValue> member : members.entrySet()) {
      if (member.getValue() instanceof JsonScalar scalar && !scalar.text().equals("-")) {
        values.put(member.getKey(), canonicalValue(member.getKey(), scalar.text()));
      }
    }
    if (!values.containsKey("log-status") && Collections.disjoint(values.keySet(), ADDRESSES)) {
      throw new UnreadableException("WRONG_FIELD_COUNT"); // no flow log record
    }
    values.putIfAbsent("log-status", "OK");
    return new Flow(values);
  }

  private static String squeezed(String key) {
    StringBuilder squeezed = new StringBuilder();
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        squeezed.append((char) (c - 'A' + 'a'));
      } else if (c != '-' && c != '_') {
        squeezed.append(c);
      }
    }
    return squeezed.toString();
  }

  private static boolean textFieldsHaveTheirShape(Flow flow) {
    return hasPrefix(flow, "interface-id", "eni-")
        && hasPrefix(flow, "vpc-id", "vpc-")
        && hasPrefix(flow, "subnet-id", "subnet-")
        && hasPrefix(flow, "instance-id", "i-")
        && isOneOf(flow, "flow-direction", Set.of("ingress", "egress"))
        && isOneOf(flow, "type", Set.of("IPv4", "IPv6", "EFA"));
  }

  private static boolean hasPrefix(Flow flow, String field, String prefix) {
    return !flow.has(field) || flow.text(field).startsWith(prefix);
  }

  private static boolean isOneOf(Flow flow, String field, Set<String> values) {
    return !flow.has(field) || values.contains(flow.text(field));
  }

  private static String canonicalValue(String field, String text) throws UnreadableException {
    if (DECIMALS.contains(field)) {
      return canonicalDecimal(field, text);
    }
    if (ADDRESSES.contains(field)) {
      String address = canonicalAddress(text);
      if (address == null) {
        throw new UnreadableException("NOT_AN_ADDRESS");
      }
      return address;
    }
    if (field.equals("action") && !Set.of("ACCEPT", "REJECT").contains(text)) {
      throw new UnreadableException("UNKNOWN_ACTION");
    }
    if (field.equals("log-status") && !Set.of("OK", "NODATA", "SKIPDATA").contains(text)) {
      throw new UnreadableException("UNKNOWN_LOG_STATUS");
    }
    return text;
  }

  private static String canonicalDecimal(String field, String text) throws UnreadableException {
    if (!text.matches("[0-9]+")) {
      throw new UnreadableException("NOT_A_DECIMAL");
    }
    BigInteger value = new BigInteger(text);
    if (value.compareTo(TWO_TO_63) >= 0) {
      throw new UnreadableException("NOT_A_DECIMAL");
    }
    if (field.equals("srcport") || field.equals("dstport")) {
      refuseAbove(value, 65535, "PORT_OUT_OF_RANGE");
    }
    if (field.equals("protocol")) {
      refuseAbove(value, 255, "PROTOCOL_OUT_OF_RANGE");
    }
    if (field.equals("tcp-flags")) {
      refuseAbove(value, 255, "TCP_FLAGS_OUT_OF_RANGE");
    }
    boolean time = field.equals("start") || field.equals("end");
    if (time && value.compareTo(TWO_TO_32) > 0) {
      value = value.divide(THOUSAND);
    }
    return value.toString();
  }

  private static void refuseAbove(BigInteger value, long most, String fault)
      throws UnreadableException {
    if (value.compareTo(BigInteger.valueOf(most)) > 0) {
      throw new UnreadableException(fault);
    }
  }

  // ---- addresses

  /// Returns the canonical spelling of an address: a dotted quad for IPv4 and for IPv4-mapped IPv6,
  /// otherwise IPv6 as in RFC 5952. `null` if the text is no address.
  ///
  /// @see <a href="https://www.rfc-editor.org/rfc/rfc4291#section-2.2">RFC 4291, 2.2</a>
  /// @see <a href="https://www.rfc-editor.org/rfc/rfc5952#section-4">RFC 5952, 4</a>
  public static @Nullable String canonicalAddress(String text) {
    if (!text.contains(":")) {
      return isDottedQuad(text) ? text : null;
    }
    List<Integer> groups = groupsOf(text);
    if (groups == null) {
      return null;
    }
    if (groups.subList(0, 6).equals(List.of(0, 0, 0, 0, 0, 0xffff))) {
      int high = groups.get(6);
      int low = groups.get(7);
      return (high >> 8) + "." + (high & 255) + "." + (low >> 8) + "." + (low & 255);
    }
    return compressed(groups);
  }

  private static boolean isDottedQuad(String text) {
    String[] parts = text.split("\\.", -1);
    return parts.length == 4
        && Arrays.stream(parts).allMatch(p -> p.matches("0|[1-9][0-9]{0,2}") && toInt(p) <= 255);
  }

  private static int toInt(String digits) {
    return Integer.parseInt(digits);
  }

  /// Returns the eight groups of an IPv6 text, or `null`.
  private static @Nullable List<Integer> groupsOf(String text) {
    String plain = text;
    int lastColon = text.lastIndexOf(':');
    String tail = text.substring(lastColon + 1);
    if (tail.contains(".")) {
      if (!isDottedQuad(tail)) {
        return null;
      }
      String[] quad = tail.split("\\.", -1);
      String high = Integer.toHexString(toInt(quad[0]) * 256 + toInt(quad[1]));
      String low = Integer.toHexString(toInt(quad[2]) * 256 + toInt(quad[3]));
      plain = text.substring(0, lastColon + 1) + high + ":" + low;
    }

    int gap = plain.indexOf("::");
    if (gap < 0) {
      List<Integer> groups = groupList(plain);
      return groups != null && groups.size() == 8 ? groups : null;
    }
    List<Integer> before = groupList(plain.substring(0, gap));
    List<Integer> after = groupList(plain.substring(gap + 2));
    // The gap is at least one group: 1:2:3:4:5:6:7:8:: is no address.
    if (before == null || after == null || before.size() + after.size() > 7) {
      return null;
    }
    List<Integer> groups = new ArrayList<>(before);
    while (groups.size() + after.size() < 8) {
      groups.add(0);
    }
    groups.addAll(after);
    return groups;
  }

  /// Returns groups with one colon between them, none for an empty text, or `null`.
  private static @Nullable List<Integer> groupList(String text) {
    List<Integer> groups = new ArrayList<>();
    if (text.isEmpty()) {
      return groups;
    }
    for (String group : text.split(":", -1)) {
      if (!group.matches("[0-9a-fA-F]{1,4}")) {
        return null;
      }
      groups.add(Integer.parseInt(group, 16));
    }
    return groups;
  }

  private static String compressed(List<Integer> groups) {
    int longestStart = -1;
    int longest = 1; // a single zero group is written as 0
    for (int start = 0; start < 8; start++) {
      int end = start;
      while (end < 8 && groups.get(end) == 0) {
        end++;
      }
      if (end - start > longest) {
        longestStart = start;
        longest = end - start;
      }
    }
    if (longestStart < 0) {
      return hex(groups);
    }
    return hex(groups.subList(0, longestStart))
        + "::"
        + hex(groups.subList(longestStart + longest, 8));
  }

  private static String hex(List<Integer> groups) {
    List<String> texts = new ArrayList<>();
    for (int group : groups) {
      texts.add(Integer.toHexString(group).toLowerCase(Locale.ROOT));
    }
    return String.join(":", texts);
  }

  // ---- blanks

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static String withoutTrailingBlanks(String text) {
    int end = text.length();
    while (end > 0 && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  private static String withoutLeadingBlanks(String text) {
    int start = 0;
    while (start < text.length() && isBlank(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  // ---- JSON

  private record JsonMember(String key, JsonValue value) {}

  private sealed interface JsonValue {}

  /// A string's characters, or a number, `true` or `false` as written.
  private record JsonScalar(String text) implements JsonValue {}

  private record JsonNull() implements JsonValue {}

  /// An object or an array; its content doesn't matter.
  private record JsonNested() implements JsonValue {}

  /// A strict JSON reader; throws `BROKEN_JSON` at the first character that the grammar doesn't
  /// allow.
  ///
  /// @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
  private static final class JsonReader {
    private static final Pattern NUMBER =
        Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private final String text;
    private int at;

    JsonReader(String text) {
      this.text = text;
    }

    List<JsonMember> readObjectText() throws UnreadableException {
      List<JsonMember> members = readObject();
      if (at != text.length()) {
        throw broken();
      }
      return members;
    }

    private List<JsonMember> readObject() throws UnreadableException {
      List<JsonMember> members = new ArrayList<>();
      expect('{');
      if (take('}')) {
        return members;
      }
      do {
        skipBlanks();
        String key = readString();
        expect(':');
        members.add(new JsonMember(key, readValue()));
      } while (take(','));
      expect('}');
      return members;
    }

    private void readArray() throws UnreadableException {
      expect('[');
      if (take(']')) {
        return;
      }
      do {
        readValue();
      } while (take(','));
      expect(']');
    }

    private JsonValue readValue() throws UnreadableException {
      skipBlanks();
      if (text.startsWith("{", at)) {
        readObject();
        return new JsonNested();
      }
      if (text.startsWith("[", at)) {
        readArray();
        return new JsonNested();
      }
      if (text.startsWith("\"", at)) {
        return new JsonScalar(readString());
      }
      if (text.startsWith("null", at)) {
        at += 4;
        return new JsonNull();
      }
      for (String literal : List.of("true", "false")) {
        if (text.startsWith(literal, at)) {
          at += literal.length();
          return new JsonScalar(literal);
        }
      }
      Matcher number = NUMBER.matcher(text).region(at, text.length());
      if (number.lookingAt()) {
        at = number.end();
        return new JsonScalar(number.group());
      }
      throw broken();
    }

    private String readString() throws UnreadableException {
      if (next() != '"') {
        throw broken();
      }
      StringBuilder string = new StringBuilder();
      while (true) {
        char c = next();
        if (c == '"') {
          return string.toString();
        } else if (c == '\\') {
          string.append(readEscape());
        } else if (c < ' ') {
          throw broken();
        } else {
          string.append(c);
        }
      }
    }

    private char readEscape() throws UnreadableException {
      char c = next();
      return switch (c) {
        case '"', '\\', '/' -> c;
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> {
          String digits = "" + next() + next() + next() + next();
          if (!digits.matches("[0-9a-fA-F]{4}")) {
            throw broken();
          }
          yield (char) Integer.parseInt(digits, 16);
        }
        default -> throw broken();
      };
    }

    private char next() throws UnreadableException {
      if (at == text.length()) {
        throw broken();
      }
      return text.charAt(at++);
    }

    private void expect(char c) throws UnreadableException {
      if (!take(c)) {
        throw broken();
      }
    }

    private boolean take(char c) {
      skipBlanks();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void skipBlanks() {
      while (at < text.length() && isBlank(text.charAt(at))) {
        at++;
      }
    }

    private static UnreadableException broken() {
      return new UnreadableException("BROKEN_JSON");
    }
  }
}
