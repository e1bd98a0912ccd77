package dev.flowbell.testing.generator;

import dev.flowbell.record.RecordFormat;
import dev.flowbell.testing.twin.NaiveTwin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;

/// Makes random payloads, the same for the same seed: formats, and messages of which most fit them.
///
/// Values come from small pools, so that related values meet: a SYN and its SYN-ACK, an address and
/// its other spellings, a byte count and its limit, a record and another format of the same length.
/// Some messages are damaged on purpose. Two things are left out because no definition covers them:
/// characters at the end of a line that only some call blank, and unpaired surrogates.
public final class PayloadGenerator {
  /// Flowbell's own format, which has every field that Flowbell uses.
  public static final List<String> FULL_FORMAT =
      NaiveTwin.format(
          "version account-id vpc-id subnet-id instance-id interface-id srcaddr dstaddr srcport"
              + " dstport protocol packets bytes start end action log-status tcp-flags type"
              + " pkt-srcaddr pkt-dstaddr region az-id flow-direction traffic-path reject-reason");

  private static final List<List<String>> KNOWN_FORMATS =
      List.of(
          NaiveTwin.DEFAULT_FORMAT,
          FULL_FORMAT,
          // AWS's example of a TCP flag sequence, version 3
          NaiveTwin.format(
              "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr"
                  + " srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end"
                  + " action tcp-flags log-status"),
          // AWS's example of service name, traffic path and flow direction, version 5
          NaiveTwin.format(
              "version srcaddr dstaddr srcport dstport protocol start end type packets bytes"
                  + " account-id vpc-id subnet-id instance-id interface-id region az-id"
                  + " sublocation-type sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr"
                  + " pkt-src-aws-service pkt-dst-aws-service traffic-path flow-direction"
                  + " log-status"),
          // versions 8 to 11
          NaiveTwin.format(
              "version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start"
                  + " end action log-status tcp-flags pkt-srcaddr reject-reason resource-id"
                  + " encryption-status instance-tag interface-tag-2 asg-tag interface-type"
                  + " next-hop-interface-id next-hop-vpc-id"),
          // no addresses, and no action
          NaiveTwin.format("interface-id bytes packets protocol tcp-flags start end log-status"),
          // AWS's example of a NAT gateway
          NaiveTwin.format("instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr"));

  private static final String[] IPV4 = {
    "10.0.1.5",
    "10.0.2.98",
    "198.51.100.7",
    "203.0.113.5",
    "192.0.2.1",
    "0.0.0.0",
    "255.255.255.255",
    "172.31.16.139",
    "10.0.1.255",
    "239.255.255.250"
  };

  private static final int[][] IPV6 = {
    {0x2001, 0xdb8, 0x1234, 0xa100, 0x8d6e, 0x3477, 0xdf66, 0xf105},
    {0x2001, 0xdb8, 0, 0, 1, 0, 0, 1},
    {0xfe80, 0, 0, 0, 0, 0, 0, 0xa},
    {0xff02, 0, 0, 0, 0, 0, 0, 1},
    {0, 0, 0, 0, 0, 0, 0, 1},
    {0, 0, 0, 0, 0, 0, 0, 0},
    {0, 0, 0, 0, 0, 0, 0xa00, 0x105}, // ::10.0.1.5, which is not IPv4-mapped
    {1, 2, 3, 4, 5, 6, 7, 0},
    {0, 2, 3, 4, 5, 6, 7, 8}
  };

  private static final String[] NOT_ADDRESSES = {
    "10.0.0.256",
    "10.0.0",
    "10.0.0.01",
    "10.0.0.1.",
    ".10.0.0.1",
    "1.2.3.4.5",
    "10.0.0.1/32",
    "167772165",
    "a",
    ":",
    ":::",
    "1::2::3",
    "12345::",
    "::12345",
    "fe80::1%eth0",
    "2001:db8::g",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1:2:3:4::5:6:7:8",
    "::1.2.3",
    "::01.2.3.4",
    "::1.2.3.256",
    "1.2.3.4::",
    "::1.2.3.4:5",
    ":1",
    "1:",
    "1:2:3:4:5:6:7:1.2.3.4",
    "[::1]",
    "localhost",
    "0x7f.0.0.1",
    "١.2.3.4",
    "::ffff:1.2.3",
    "1:2:3:4:5:6:7:",
    ":2:3:4:5:6:7:8",
    "::-1",
    "::+1",
    "::ffff:0:10.0.1",
    "10.0.-0.1",
    "10..0.1"
  };

  private static final String[] NOT_DECIMALS = {
    "9223372036854775808",
    "18446744073709551616",
    "99999999999999999999999",
    "-1",
    "-0",
    "+1",
    "1.0",
    "1e3",
    "0x10",
    "12a",
    "a12",
    "٣",
    "1_000",
    "1,000",
    "--",
    "9223372036854775810"
  };

  private static final String[] ACTIONS_UNKNOWN = {
    "reject", "Accept", "DROP", "REJECTED", "ACCEP", "OK", "6"
  };

  private static final String[] STATUSES_UNKNOWN = {"ok", "NoData", "SKIP", "NODATA1", "ACCEPT"};

  private static final String[] PORTS = {
    "22", "443", "3389", "49152", "50000", "0", "65535", "1023", "1024", "12201", "32767", "32768"
  };

  private static final String[] FLAGS = {
    "2", "2", "2", "2", "18", "18", "19", "3", "0", "1", "4", "16", "17", "22", "255", "-", "-"
  };

  /// Characters that replace those of a damaged line: blanks, JSON's own, non-ASCII of two, three
  /// and four bytes, control characters.
  private static final String[] REPLACEMENTS = {
    " ", "\t", "-", ".", ":", "9", "z", "Z", "\"", "\\", "{", "}", "é", "日", "😀", "\u0001",
    "\u007f"
  };

  private static final long DAY = 1_795_305_600L; // 2026-11-22T00:00:00Z

  private final RandomGenerator random;

  /// The last flows, so that another flow can answer one of them.
  private final List<Map<String, String>> recent = new ArrayList<>();

  private PayloadGenerator(RandomGenerator random) {
    this.random = random;
  }

  /// The formats and messages of one payload.
  ///
  /// @param formats the parser's formats, in order; at least one
  /// @param messages the messages, in order; at least one
  public record GeneratedPayload(List<List<String>> formats, List<String> messages) {
    /// Returns the formats as the parser under test takes them.
    public List<RecordFormat> recordFormats() {
      return formats.stream().map(format -> RecordFormat.parse(String.join(" ", format))).toList();
    }
  }

  /// Makes a payload of 1 to 10,000 messages, mostly few.
  public static GeneratedPayload generate(RandomGenerator random) {
    int dice = random.nextInt(200);
    if (dice < 120) {
      return generate(random, random.nextInt(1, 21));
    } else if (dice < 180) {
      return generate(random, random.nextInt(21, 301));
    } else if (dice < 199) {
      return generate(random, random.nextInt(301, 2001));
    } else {
      return generate(random, 10_000);
    }
  }

  /// Makes a payload of the given number of messages.
  public static GeneratedPayload generate(RandomGenerator random, int messages) {
    return new PayloadGenerator(random).payload(messages);
  }

  private GeneratedPayload payload(int count) {
    List<List<String>> formats = formats();
    double jsonShare = pick(0.0, 0.0, 0.1, 0.5, 1.0);
    double damageShare = pick(0.0, 0.02, 0.1, 0.5);
    List<String> messages = new ArrayList<>();
    while (messages.size() < count) {
      List<String> format = chance(0.8) ? formats.get(0) : oneOf(formats);
      if (chance(0.01)) {
        messages.add(header(format));
        continue;
      }
      boolean json = chance(jsonShare);
      boolean damaged = chance(damageShare);
      Map<String, String> flow = flow();
      boolean damagedInValues = damaged && chance(0.6);
      if (damagedInValues) {
        damageValues(flow, format);
      }
      String message = json ? json(flow, format, damagedInValues) : text(flow, format);
      if (damaged && !damagedInValues) {
        message = json ? damagedJson(message) : damagedText(message);
      }
      messages.add(message + pick("", "", "", "", "", "", "", " ", "\n", "\r\n", " \t"));
    }
    return new GeneratedPayload(List.copyOf(formats), List.copyOf(messages));
  }

  // ---- formats

  private List<List<String>> formats() {
    List<List<String>> formats = new ArrayList<>();
    int count = pick(1, 1, 2, 3);
    while (formats.size() < count) {
      formats.add(chance(0.6) ? oneOf(KNOWN_FORMATS) : shuffledFields());
    }
    // A format that is similar to another: the same length, two fields exchanged or one replaced.
    while (chance(0.3)) {
      List<String> variant = new ArrayList<>(oneOf(formats));
      if (variant.size() > 1 && chance(0.5)) {
        Collections.swap(variant, random.nextInt(variant.size()), random.nextInt(variant.size()));
      } else {
        String field = oneOf(NaiveTwin.FIELDS);
        if (!variant.contains(field)) {
          variant.set(random.nextInt(variant.size()), field);
        }
      }
      formats.add(random.nextInt(formats.size() + 1), List.copyOf(variant));
    }
    return formats;
  }

  private List<String> shuffledFields() {
    List<String> fields = new ArrayList<>(NaiveTwin.FIELDS);
    Collections.shuffle(fields, random);
    int count = chance(0.2) ? random.nextInt(1, 5) : random.nextInt(5, fields.size() + 1);
    return List.copyOf(fields.subList(0, count));
  }

  private String header(List<String> format) {
    String header = String.join(" ", format);
    return pick(
        header,
        header,
        header,
        "version srcaddr dstaddr",
        header + " " + format.get(0), // a field twice: no header
        header.toUpperCase(Locale.ROOT),
        header.replace("-", "_"),
        "  " + header);
  }

  // ---- flows

  /// Returns a value for every field of AWS; `-` for an absent one.
  private Map<String, String> flow() {
    Map<String, String> flow = new LinkedHashMap<>();
    for (String field : NaiveTwin.FIELDS) {
      flow.put(field, value(field));
    }
    if (!recent.isEmpty() && chance(0.35)) {
      answer(flow, oneOf(recent));
    } else if (!recent.isEmpty() && chance(0.15)) {
      repeat(flow, oneOf(recent));
    }
    if (chance(0.5)) {
      flow.put("pkt-srcaddr", spelledAnew(text(flow, "srcaddr")));
    }
    long packets = pick(1, 2, 3, random.nextInt(1, 200));
    flow.put("packets", chance(0.03) ? "-" : Long.toString(packets));
    flow.put(
        "bytes",
        pick(
            Long.toString(packets * 60),
            Long.toString(packets * 60),
            Long.toString(packets * 60 + 1),
            Long.toString(packets * 80),
            Long.toString(packets * 80 + 1),
            Long.toString(packets * 40),
            Long.toString(packets * pick(44, 48, 52, 60, 64, 68, 72, 80)),
            Long.toString(packets * 1500),
            "0",
            "-"));
    if (chance(0.02)) {
      // sums and products that overflow a long
      flow.put("packets", pick("9223372036854775807", "153722867280912931", "1"));
      flow.put("bytes", pick("9223372036854775807", "9223372036854775806"));
    }
    if (chance(0.08)) {
      flow.put("log-status", pick("NODATA", "SKIPDATA"));
      if (chance(0.8)) {
        for (String field :
            List.of(
                "srcaddr",
                "dstaddr",
                "srcport",
                "dstport",
                "protocol",
                "packets",
                "bytes",
                "action",
                "tcp-flags",
                "type",
                "pkt-srcaddr",
                "pkt-dstaddr",
                "flow-direction")) {
          flow.put(field, "-");
        }
      }
    }
    recent.add(flow);
    if (recent.size() > 12) {
      recent.remove(0);
    }
    return flow;
  }

  /// Makes `flow` the reverse of `request`, or nearly the reverse, with or without the flags of an
  /// answer.
  private void answer(Map<String, String> flow, Map<String, String> request) {
    flow.put("srcaddr", spelledAnew(text(request, "dstaddr")));
    flow.put("dstaddr", spelledAnew(text(request, "srcaddr")));
    flow.put("srcport", text(request, "dstport"));
    flow.put("dstport", text(request, "srcport"));
    flow.put("protocol", text(request, "protocol"));
    flow.put("tcp-flags", pick("18", "18", "18", "19", "22", "2", "16", "-"));
    flow.put("log-status", pick("OK", "OK", "OK", "-"));
    if (chance(0.15)) {
      String field = pick("srcaddr", "dstaddr", "srcport", "dstport", "protocol");
      flow.put(field, value(field));
    }
  }

  /// Gives `flow` the source and protocol of another: the same 5-tuple, or another destination
  /// port, as a service that answers has.
  private void repeat(Map<String, String> flow, Map<String, String> other) {
    for (String field : List.of("srcaddr", "pkt-srcaddr", "dstaddr", "srcport", "protocol")) {
      flow.put(field, text(other, field));
    }
    flow.put("dstport", chance(0.5) ? text(other, "dstport") : port());
    flow.put("tcp-flags", chance(0.5) ? "-" : text(other, "tcp-flags"));
  }

  private String value(String field) {
    return switch (field) {
      case "version" -> pick("2", "3", "5", "8", "11");
      case "account-id" -> pick("123456789010", "123456789010", "210987654321", "unknown", "-");
      case "interface-id" -> pick("eni-1235b8ca123456789", "eni-0a1b2c3d", "eni-x", "unknown");
      case "vpc-id" -> pick("vpc-abcd1234", "vpc-abcdefab012345678", "-");
      case "subnet-id" -> pick("subnet-1234abcd", "subnet-aaaaaaaa012345678", "-");
      case "instance-id" -> pick("i-0987654321", "i-01234567890123456", "-");
      case "srcaddr", "dstaddr", "pkt-dstaddr" -> chance(0.04) ? "-" : address();
      case "pkt-srcaddr" -> chance(0.2) ? "-" : address();
      case "srcport", "dstport" -> chance(0.04) ? "-" : port();
      case "protocol" ->
          pick("6", "6", "6", "6", "6", "06", "17", "17", "132", "1", "58", "255", "-");
      case "start", "end" -> time();
      case "action" -> pick("ACCEPT", "ACCEPT", "ACCEPT", "REJECT", "REJECT", "REJECT", "-");
      case "log-status" -> chance(0.05) ? "-" : "OK";
      case "tcp-flags" -> pick(FLAGS);
      case "type" -> pick("IPv4", "IPv6", "EFA", "-");
      case "region" -> pick("us-east-1", "ap-southeast-2", "-");
      case "az-id" -> pick("use1-az1", "apse2-az3", "-");
      case "pkt-src-aws-service", "pkt-dst-aws-service" -> pick("S3", "AMAZON", "-");
      case "flow-direction" -> pick("ingress", "egress", "-");
      case "traffic-path" -> pick("1", "8", "-");
      case "reject-reason" -> pick("BPA", "EC", "-");
      case "encryption-status" -> pick("0", "3", "-");
      case "interface-type" -> pick("nat_gateway", "network_load_balancer", "-");
      case "instance-tag", "interface-tag-2", "asg-tag" -> pick("web%20tier", "a%3Db", "é", "-");
      default -> NaiveTwin.DECIMALS.contains(field) ? pick("0", "17", "-") : pick("-", "x-1");
    };
  }

  private String port() {
    String port = oneOf(List.of(PORTS));
    return chance(0.02) ? "00" + port : port;
  }

  private String time() {
    long seconds = DAY + random.nextInt(86_400);
    return pick(
        Long.toString(seconds),
        Long.toString(seconds),
        Long.toString(seconds),
        Long.toString(seconds),
        Long.toString(seconds * 1000 + random.nextInt(1000)),
        "4294967296",
        "4294967297",
        "9223372036854775807",
        "-");
  }

  // ---- addresses

  private String address() {
    if (chance(0.7)) {
      String address = oneOf(List.of(IPV4));
      return chance(0.1) ? spelledAnew(address) : address;
    }
    return spelled(oneOf(List.of(IPV6)));
  }

  /// Returns another spelling of an address, or the same; `-` stays `-`.
  private String spelledAnew(String address) {
    if (address.equals("-") || chance(0.5)) {
      return address;
    }
    String canonical = NaiveTwin.canonicalAddress(address);
    if (canonical == null) {
      return address; // damaged on purpose
    }
    if (canonical.contains(":")) {
      for (int[] groups : IPV6) {
        if (canonical.equals(NaiveTwin.canonicalAddress(fullSpelling(groups)))) {
          return spelled(groups);
        }
      }
      return canonical;
    }
    if (chance(0.5)) {
      return canonical;
    }
    String[] quad = canonical.split("\\.", -1);
    String high = Integer.toHexString(Integer.parseInt(quad[0]) * 256 + Integer.parseInt(quad[1]));
    String low = Integer.toHexString(Integer.parseInt(quad[2]) * 256 + Integer.parseInt(quad[3]));
    return pick(
        "::ffff:" + canonical,
        "::FFFF:" + canonical,
        "0:0:0:0:0:ffff:" + canonical,
        "0000::ffff:" + high + ":" + low,
        "::FfFf:" + high + ":" + low.toUpperCase(Locale.ROOT));
  }

  private static String fullSpelling(int[] groups) {
    List<String> texts = new ArrayList<>();
    for (int group : groups) {
      texts.add(Integer.toHexString(group));
    }
    return String.join(":", texts);
  }

  /// Returns one of the spellings of an IPv6 address that RFC 4291 allows.
  private String spelled(int[] groups) {
    List<String> texts = new ArrayList<>();
    boolean upper = chance(0.2);
    boolean padded = chance(0.2);
    for (int group : groups) {
      String text = Integer.toHexString(group);
      if (padded) {
        text = "0".repeat(random.nextInt(5 - text.length())) + text;
      }
      texts.add(upper ? text.toUpperCase(Locale.ROOT) : text);
    }
    boolean quad = chance(0.15);
    if (quad) {
      String dotted =
          (groups[6] >> 8)
              + "."
              + (groups[6] & 255)
              + "."
              + (groups[7] >> 8)
              + "."
              + (groups[7] & 255);
      texts.set(6, dotted);
      texts.remove(7);
    }
    // Any run of zero groups may be left out, not only the longest.
    if (chance(0.8)) {
      int groupsAsHex = quad ? 6 : 8;
      List<Integer> zeros = new ArrayList<>();
      for (int i = 0; i < groupsAsHex; i++) {
        if (groups[i] == 0) {
          zeros.add(i);
        }
      }
      if (!zeros.isEmpty()) {
        int start = oneOf(zeros);
        int end = start;
        while (end < groupsAsHex && groups[end] == 0) {
          end++;
        }
        return String.join(":", texts.subList(0, start))
            + "::"
            + String.join(":", texts.subList(end, texts.size()));
      }
    }
    return String.join(":", texts);
  }

  // ---- text messages

  private static String text(Map<String, String> flow, List<String> format) {
    List<String> values = new ArrayList<>();
    for (String field : format) {
      values.add(text(flow, field));
    }
    return String.join(" ", values);
  }

  private static String text(Map<String, String> flow, String field) {
    return flow.getOrDefault(field, "-");
  }

  /// Puts one to three wrong or extreme values into fields of the format.
  private void damageValues(Map<String, String> flow, List<String> format) {
    for (int i = pick(1, 1, 2, 3); i > 0; i--) {
      String field = oneOf(format);
      if (chance(0.6)) {
        // most fields have no wrong values: look for one that has
        for (int tries = 0; tries < 10 && !canBeWrong(field); tries++) {
          field = oneOf(format);
        }
      }
      flow.put(field, wrongValue(field));
    }
  }

  private static boolean canBeWrong(String field) {
    return NaiveTwin.DECIMALS.contains(field)
        || NaiveTwin.ADDRESSES.contains(field)
        || field.equals("action")
        || field.equals("log-status");
  }

  private String wrongValue(String field) {
    String tooMuch = pick("65536", "65535", "256", "255", "0000256", "9223372036854775807");
    return switch (field) {
      case "srcport", "dstport", "protocol", "tcp-flags" ->
          chance(0.7) ? tooMuch : pick(NOT_DECIMALS);
      case "action" -> pick(ACTIONS_UNKNOWN);
      case "log-status" -> pick(STATUSES_UNKNOWN);
      default -> {
        if (NaiveTwin.ADDRESSES.contains(field)) {
          yield pick(NOT_ADDRESSES);
        }
        if (NaiveTwin.DECIMALS.contains(field)) {
          yield chance(0.8)
              ? pick(NOT_DECIMALS)
              : pick("9223372036854775807", "000000000000000000000000000000000006", "0");
        }
        yield pick("ACCEPT", "日本", "eni", "{}", "\"", "version", "%00");
      }
    };
  }

  private String damagedText(String line) {
    int at = random.nextInt(line.length() + 1);
    return switch (random.nextInt(9)) {
      case 0 -> line.substring(0, at);
      case 1 -> line.substring(at);
      case 2 -> line + " " + pick("-", "7", "x");
      case 3 -> line.replaceFirst(" ", "  ");
      case 4 -> pick("", " ", "\t", "\r", "-", "{", "[]", "null", "😀");
      case 5 -> " " + line;
      case 6 -> line.replaceFirst("[^ ]+ ", "");
      default -> withReplacedCharacters(line);
    };
  }

  private String withReplacedCharacters(String line) {
    String damaged = line;
    for (int i = random.nextInt(1, 4); i > 0 && !damaged.isEmpty(); i--) {
      int at =
          damaged.offsetByCodePoints(
              0, random.nextInt(damaged.codePointCount(0, damaged.length())));
      int end = damaged.offsetByCodePoints(at, 1);
      // Some treat a control character at the end as blank.
      String put = end == damaged.length() ? "z" : pick(REPLACEMENTS);
      damaged = damaged.substring(0, at) + put + damaged.substring(end);
    }
    return damaged;
  }

  // ---- JSON messages

  private String json(Map<String, String> flow, List<String> format, boolean damaged) {
    int style = random.nextInt(4);
    List<String> members = new ArrayList<>();
    for (String field : format) {
      String value = text(flow, field);
      if (chance(0.03) || (value.equals("-") && chance(0.4))) {
        continue; // an absent key is an absent value
      }
      // A field twice, or spelled two ways: the last one counts. Not if values are wrong already:
      // no definition says which of two wrong values is reported.
      if (!damaged && chance(0.02)) {
        members.add(quote(key(field, random.nextInt(4))) + colon() + scalarOrWrong(field));
      }
      members.add(quote(key(field, style)) + colon() + jsonValue(field, value, damaged));
      if (chance(0.05)) {
        members.add(quote(unknownKey()) + colon() + anyJson(0));
      }
    }
    if (chance(0.3)) {
      shuffleKeepingTwins(members);
    }
    if (chance(0.02)) {
      members.clear();
      members.add(quote(unknownKey()) + colon() + anyJson(0));
    }
    String blank = pick("", "", " ", "\t", "\n ");
    String object = "{" + blank + String.join("," + blank, members) + blank + "}";
    return pick("", "", "", " ", "\n") + object;
  }

  /// Shuffles the keys, unless a key is repeated: then the order decides which one counts.
  private void shuffleKeepingTwins(List<String> members) {
    Set<String> keys = new HashSet<>();
    for (String member : members) {
      String key = member.substring(0, member.indexOf(':'));
      if (!keys.add(key.replaceAll("[-_\"\\s]", "").toLowerCase(Locale.ROOT))) {
        return;
      }
    }
    Collections.shuffle(members, random);
  }

  private String key(String field, int style) {
    return switch (style) {
      case 0 -> field;
      case 1 -> field.replace('-', '_');
      case 2 -> camel(field).replace("addr", "Addr").replace("port", "Port");
      default -> chance(0.9) ? camel(field) : field.toUpperCase(Locale.ROOT);
    };
  }

  private static String camel(String field) {
    StringBuilder camel = new StringBuilder();
    boolean upper = false;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '-') {
        upper = true;
      } else {
        camel.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return camel.toString();
  }

  private String jsonValue(String field, String value, boolean damaged) {
    if (value.equals("-")) {
      return pick("null", "\"-\"", "\"-\"", "{}", "[]", "{\"srcaddr\":\"10.0.0.1\"}");
    }
    boolean number = value.matches("0|[1-9][0-9]*");
    if (number && !damaged && NaiveTwin.DECIMALS.contains(field) && chance(0.005)) {
      return value + pick(".0", "e0", "E+1", ".25"); // a number, but not an integer
    }
    if (damaged && chance(0.02)) {
      return pick("true", "false", "-5", "-0", "0.5", "1e2");
    }
    return number && chance(0.6) ? value : quote(value);
  }

  private String scalarOrWrong(String field) {
    return pick("null", "\"-\"", "7", "true", "-1.5e-3", "{}", "[7]", quote(value(field)));
  }

  private String unknownKey() {
    return pick("@timestamp", "message", "cloud", "", "src", "srcaddr2", "event type", "日", "a.b");
  }

  private String anyJson(int depth) {
    if (depth < 4 && chance(0.4)) {
      List<String> parts = new ArrayList<>();
      boolean object = chance(0.5);
      for (int i = random.nextInt(4); i > 0; i--) {
        String value = anyJson(depth + 1);
        parts.add(
            object
                ? quote(pick("srcaddr", "action", "logEvents", "x", "")) + colon() + value
                : value);
      }
      String inside = String.join(pick(",", " , "), parts);
      return object ? "{" + inside + "}" : "[" + inside + "]";
    }
    return pick(
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-12.5e+3",
        "1E400",
        "\"\"",
        "\"REJECT\"",
        "\"{\"",
        "\"\\u0000\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        quote("é日😀"),
        "123456789012345678901234567890");
  }

  private String colon() {
    return pick(":", ":", ":", " : ", ": ");
  }

  private String damagedJson(String json) {
    String body = json.strip();
    String inside = body.substring(1, body.length() - 1);
    String comma = inside.isBlank() ? "" : ",";
    return switch (random.nextInt(8)) {
      case 0 -> body.substring(0, random.nextInt(1, body.length()));
      case 1 -> body + pick("x", "}", ",", " {}", " null", "\u0000x");
      case 2 -> "{" + inside + ",}";
      case 3 ->
          "{"
              + inside
              + comma
              + "\"x\":"
              + pick(
                  "01",
                  "+1",
                  ".5",
                  "1.",
                  "-",
                  "1e",
                  "0x1",
                  "NaN",
                  "Infinity",
                  "True",
                  "nul",
                  "'a'",
                  "\"\t\"",
                  "\"\\x\"",
                  "\"\\u12g4\"",
                  "[1,]",
                  "[1 2]",
                  "[",
                  "{1:2}",
                  "{\"a\"}",
                  "")
              + "}";
      case 4 -> "{" + inside + comma + pick("x:1", "'x':1", "\"x\"", "\"x\" 1", "1:1") + "}";
      case 5 -> body.replace('"', '\'').replaceFirst("\\{", "{'x':1,");
      case 6 -> "{" + pick("/* */", "// x\n", "# x\n", ",") + inside + "}";
      default -> "{{" + inside + "}";
    };
  }

  // ---- envelopes

  /// One event of a subscription message.
  public record LogEvent(String id, long timestampMillis, String message) {}

  /// The JSON that CloudWatch Logs sends, before gzip.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html">
  ///   Subscription filters</a>
  public record SubscriptionMessage(
      String messageType,
      String owner,
      String logGroup,
      String logStream,
      List<String> subscriptionFilters,
      List<LogEvent> logEvents) {

    /// Makes a data message with the given messages; ids and timestamps are made, and ascend.
    public static SubscriptionMessage of(List<String> messages) {
      List<LogEvent> events = new ArrayList<>();
      for (String message : messages) {
        long number = events.size();
        String id = String.format(Locale.ROOT, "3948%052d", number);
        events.add(new LogEvent(id, (DAY + 36_845) * 1000 + number, message));
      }
      return new SubscriptionMessage(
          "DATA_MESSAGE",
          "123456789010",
          "/vpc/flow-logs",
          "eni-1235b8ca123456789-all",
          List.of("Flowbell"),
          List.copyOf(events));
    }

    /// Makes a data message with the given events, from a network interface's log stream.
    public static SubscriptionMessage ofEvents(String interfaceId, List<LogEvent> events) {
      return new SubscriptionMessage(
          "DATA_MESSAGE",
          "123456789010",
          "/vpc/flow-logs",
          interfaceId + "-all",
          List.of("Flowbell"),
          List.copyOf(events));
    }

    /// Returns the event that Lambda passes to the function.
    public String toEvent() {
      return lambdaEvent(toJson());
    }

    /// Returns the message as the event has it: gzipped, in base64.
    public String toData() {
      return base64(toJson());
    }

    /// Returns the JSON as CloudWatch Logs writes it.
    public String toJson() {
      List<String> events = new ArrayList<>();
      for (LogEvent event : logEvents) {
        events.add("{" + String.join(",", members(event)) + "}");
      }
      return "{" + String.join(",", members(events)) + "}";
    }

    /// Returns JSON with the same meaning that is harder to read: keys in any order, blanks,
    /// escapes, `extractedFields`, `policyLevel`, and unknown keys.
    public String toJson(RandomGenerator random) {
      PayloadGenerator generator = new PayloadGenerator(random);
      List<String> events = new ArrayList<>();
      for (LogEvent event : logEvents) {
        List<String> members = members(event);
        members.set(2, "\"message\":" + generator.quoteWithEscapes(event.message()));
        if (generator.chance(0.3)) {
          members.add("\"extractedFields\":{\"srcaddr\":\"10.0.0.1\",\"message\":null}");
        }
        events.add(generator.object(members));
      }
      List<String> members = members(events);
      if (generator.chance(0.5)) {
        members.add("\"policyLevel\":\"ACCOUNT_LEVEL_POLICY\"");
      }
      if (generator.chance(0.5)) {
        members.add(
            "\"futureKey\":{\"messageType\":\"CONTROL_MESSAGE\","
                + "\"logEvents\":[{\"message\":\"x\"}]}");
      }
      return generator.object(members);
    }

    private static List<String> members(LogEvent event) {
      return new ArrayList<>(
          List.of(
              "\"id\":" + quote(event.id()),
              "\"timestamp\":" + event.timestampMillis(),
              "\"message\":" + quote(event.message())));
    }

    private List<String> members(List<String> events) {
      List<String> filters = new ArrayList<>();
      for (String filter : subscriptionFilters) {
        filters.add(quote(filter));
      }
      return new ArrayList<>(
          List.of(
              "\"messageType\":" + quote(messageType),
              "\"owner\":" + quote(owner),
              "\"logGroup\":" + quote(logGroup),
              "\"logStream\":" + quote(logStream),
              "\"subscriptionFilters\":[" + String.join(",", filters) + "]",
              "\"logEvents\":[" + String.join(",", events) + "]"));
    }
  }

  /// Returns the Lambda event of a subscription message: gzipped, in base64, under `awslogs.data`.
  public static String lambdaEvent(String subscriptionMessage) {
    return "{\"awslogs\":{\"data\":\"" + base64(subscriptionMessage) + "\"}}";
  }

  private static String base64(String subscriptionMessage) {
    byte[] zipped = gzip(subscriptionMessage.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(zipped);
  }

  /// Returns the bytes as one gzip member with a fixed header: no name, no time.
  public static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return zipped.toByteArray();
  }

  /// Returns the text as a JSON string, with only the escapes that JSON requires.
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(escape(c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  private String quoteWithEscapes(String text) {
    double share = pick(0.0, 0.01, 1.0);
    StringBuilder quoted = new StringBuilder("\"");
    boolean pair = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Both halves of a surrogate pair, or neither.
      boolean low = Character.isLowSurrogate(c);
      boolean escaped = low ? pair : chance(share);
      pair = Character.isHighSurrogate(c) && escaped;
      if (escaped || c < ' ') {
        quoted.append(escape(c));
      } else if (c == '"' || c == '\\' || (c == '/' && chance(0.5))) {
        quoted.append('\\').append(c);
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  private static String escape(char c) {
    return String.format(Locale.ROOT, "\\u%04x", (int) c);
  }

  private String object(List<String> members) {
    List<String> shuffled = new ArrayList<>(members);
    if (chance(0.5)) {
      Collections.shuffle(shuffled, random);
    }
    String blank = pick("", " ", "\n  ");
    return "{" + blank + String.join("," + blank, shuffled) + blank + "}";
  }

  // ---- dice

  private boolean chance(double share) {
    return random.nextDouble() < share;
  }

  @SafeVarargs
  private final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
