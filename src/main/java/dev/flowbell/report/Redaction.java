package dev.flowbell.report;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.classify.Door;
import dev.flowbell.record.FieldKind;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.IpAddress;
import dev.flowbell.report.Report.NamedSum;
import dev.flowbell.report.Source.Accepted;
import dev.flowbell.report.Source.Detail;
import dev.flowbell.report.Source.DoorSum;
import dev.flowbell.report.Source.HostSum;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Replaces the addresses, ids and file names of a report, so that it can be shown to others. The
/// same address gets the same other one everywhere. Counts, ports and times stay.
///
/// Private IPv4 addresses become addresses of 10.0.0.0/8, other ones of 198.18.0.0/15, which is
/// reserved for tests, and of 240.0.0.0/4 if there are more; IPv6 addresses become those of
/// 2001:db8::/32, which is reserved for documentation.
///
/// @see <a
///   href="https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml">IANA
///   IPv4 special-purpose addresses</a>
public final class Redaction {
  private static final String HIDDEN = "(hidden)";

  private static final long PRIVATE = 0xffffL << 32 | 10L << 24;
  private static final long TEST = 0xffffL << 32 | 198L << 24 | 18L << 16;
  private static final int TESTS = 1 << 17;
  private static final long RESERVED = 0xffffL << 32 | 240L << 24;
  private static final long DOCUMENTATION = 0x2001_0db8L << 32;

  /// The fields of samples that stay as they are.
  private static final Set<FieldKind> PLAIN =
      Set.of(
          FieldKind.DECIMAL,
          FieldKind.PORT,
          FieldKind.PROTOCOL,
          FieldKind.TCP_FLAGS,
          FieldKind.ACTION,
          FieldKind.LOG_STATUS);

  /// Words of subjects that may be addresses. Whether they are, [IpAddress#find] says.
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9a-fA-F.:]*[.:][0-9a-fA-F.:]*[0-9a-fA-F]");

  private static final Pattern ID = Pattern.compile("\\b([a-z]+-[0-9a-f]{8,17}|[0-9]{12})\\b");

  private final Map<IpAddress, IpAddress> addresses = new HashMap<>();
  private final Map<String, String> interfaces = new HashMap<>();
  private final Map<String, String> accounts = new HashMap<>();

  private Redaction() {}

  /// Returns the report with other addresses and names.
  public static Report of(Report report) {
    return new Redaction().redact(report);
  }

  private Report redact(Report report) {
    return new Report(
        redact(report.origin()),
        redact(report.coverage()),
        report.totals(),
        report.hours(),
        report.sources().stream().map(this::redact).toList(),
        report.targets().stream()
            .map(each -> new Target(redact(each.door()), each.rejects(), each.sources()))
            .toList(),
        report.ports(),
        report.natDevices().stream().map(this::redact).toList(),
        report.interfaces().stream().map(this::redactInterface).toList(),
        report.accounts().stream()
            .map(each -> new NamedSum(accountOf(each.name()), each.rejects()))
            .toList(),
        report.others(),
        report.alerts().stream()
            .map(each -> new Told(each.at(), each.severity(), redactText(each.subject()), null))
            .toList());
  }

  private static Origin redact(Origin origin) {
    return new Origin(
        origin.version(),
        List.of(HIDDEN),
        origin.selection().isEmpty() ? "" : HIDDEN,
        origin.madeAt(),
        null,
        true);
  }

  private static Coverage redact(Coverage coverage) {
    return new Coverage(
        coverage.inputs(),
        coverage.unread().stream().map(_ -> HIDDEN).toList(),
        coverage.faults(),
        coverage.unknownFields().isEmpty() ? Set.of() : new TreeSet<>(Set.of(HIDDEN)),
        coverage.fields(),
        coverage.hasAccepted(),
        coverage.isInterrupted(),
        coverage.first(),
        coverage.last(),
        coverage.gaps(),
        coverage.noDataWindows(),
        coverage.skippedWindows());
  }

  private Source redact(Source source) {
    return new Source(
        redact(source.address()),
        source.isInside(),
        source.scope(),
        source.manner(),
        source.rejects(),
        source.noise(),
        source.handshakes(),
        source.hosts(),
        source.ports(),
        source.interfaces(),
        source.first(),
        source.last(),
        source.maskedBy().stream().map(this::redact).toList(),
        redact(source.accepted()),
        redact(source.detail()));
  }

  private Accepted redact(Accepted accepted) {
    return new Accepted(
        accepted.flows(),
        accepted.bytes(),
        accepted.doors().stream()
            .map(each -> new DoorSum(redact(each.door()), each.flows(), each.bytes()))
            .toList(),
        accepted.doorCount());
  }

  private @Nullable Detail redact(@Nullable Detail detail) {
    return detail == null
        ? null
        : new Detail(
            detail.byHour(),
            detail.topPorts(),
            detail.topHosts().stream()
                .map(each -> new HostSum(redact(each.host()), each.rejects()))
                .toList(),
            detail.topInterfaces().stream().map(this::redactInterface).toList(),
            detail.samples().stream().map(this::redactSample).toList());
  }

  private NatDevice redact(NatDevice device) {
    return new NatDevice(
        redact(device.address()),
        device.rejects(),
        device.sources().stream()
            .map(each -> new NatDevice.Behind(redact(each.source()), each.rejects()))
            .toList(),
        device.sourceCount());
  }

  private Door redact(Door door) {
    return new Door(redact(door.address()), door.protocol(), door.port());
  }

  private IpAddress redact(IpAddress address) {
    return addresses.computeIfAbsent(address, each -> pseudonym(each, addresses.size() + 1));
  }

  private static IpAddress pseudonym(IpAddress address, int number) {
    if (!address.isIpv4()) {
      return new IpAddress(DOCUMENTATION, number);
    }
    if (AddressScope.of(address).isInside()) {
      return new IpAddress(0, PRIVATE + number);
    }
    return new IpAddress(0, number < TESTS ? TEST + number : RESERVED + number);
  }

  private NamedSum redactInterface(NamedSum sum) {
    return new NamedSum(interfaceOf(sum.name()), sum.rejects());
  }

  private String interfaceOf(String name) {
    return interfaces.computeIfAbsent(name, _ -> "eni-%017x".formatted(interfaces.size() + 1));
  }

  private String accountOf(String name) {
    return accounts.computeIfAbsent(name, _ -> "%012d".formatted(accounts.size() + 1));
  }

  /// Keeps the fields that say nothing of who and where, and replaces addresses.
  private String redactSample(String sample) {
    return Arrays.stream(sample.split(" ", -1))
        .map(this::redactField)
        .filter(field -> !field.isEmpty())
        .collect(Collectors.joining(" "));
  }

  private String redactField(String field) {
    int equals = field.indexOf('=');
    FlowField known = equals < 0 ? null : FlowField.findByAwsName(field.substring(0, equals));
    if (known == null) {
      return "";
    }
    String value = field.substring(equals + 1);
    String redacted =
        known.kind() == FieldKind.ADDRESS
            ? redactAddress(value)
            : known == FlowField.INTERFACE_ID
                ? interfaceOf(value)
                : PLAIN.contains(known.kind()) ? value : HIDDEN;
    return known.awsName() + "=" + redacted;
  }

  private String redactAddress(String text) {
    IpAddress address = IpAddress.find(text);
    return address == null ? HIDDEN : redact(address).toString();
  }

  /// Replaces the addresses and ids in words.
  private String redactText(String text) {
    String withoutIds = ID.matcher(text).replaceAll(Matcher.quoteReplacement(HIDDEN));
    return ADDRESS
        .matcher(withoutIds)
        .replaceAll(
            word -> {
              IpAddress address = IpAddress.find(word.group());
              return Matcher.quoteReplacement(
                  address == null ? word.group() : redact(address).toString());
            });
  }
}
