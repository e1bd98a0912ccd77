package dev.flowbell.cli;

import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Chooses the records that a command reads, by what the command line says. Values of one option,
/// separated by commas or given several times, are alternatives; a record must fit every option.
///
/// A record without the field of an option doesn't fit.
///
/// @param words the options as they were given, empty if every record is taken
/// @param records tells whether a record is taken
record RecordSelector(String words, Predicate<FlowRecord> records) {
  private static final int HIGHEST_PORT = 65_535;

  /// Adds the options to a command.
  static void addOptions(CommandSpec spec) {
    add(spec, "--since", "TIME", "Only flows that ended at or after this time (UTC).");
    add(spec, "--until", "TIME", "Only flows that began before this time (UTC).");
    add(spec, "--source", "CIDR", "Only flows of these original sources.");
    add(spec, "--destination", "CIDR", "Only flows to these destinations.");
    add(spec, "--port", "PORT", "Only flows to these destination ports, such as 22 or 8000-8999.");
    add(spec, "--interface", "ID", "Only flows at these network interfaces.");
    add(spec, "--vpc", "ID", "Only flows in these VPCs.");
    add(spec, "--account", "ID", "Only flows of these accounts.");
    add(spec, "--action", "ACCEPT|REJECT", "Only flows that were accepted, or rejected.");
  }

  private static void add(CommandSpec spec, String name, String label, String description) {
    spec.addOption(
        OptionSpec.builder(name)
            .paramLabel(label)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .splitRegex(",")
            .description(description)
            .build());
  }

  /// Reads the options.
  ///
  /// @throws IllegalArgumentException naming the option and what was expected
  static RecordSelector of(ParseResult options) {
    List<Predicate<FlowRecord>> all = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (String name :
        List.of(
            "--since",
            "--until",
            "--source",
            "--destination",
            "--port",
            "--interface",
            "--vpc",
            "--account",
            "--action")) {
      List<String> values = options.matchedOptionValue(name, List.of());
      if (!values.isEmpty()) {
        words.add(name + " " + String.join(",", values));
        all.add(of(name, values));
      }
    }
    return new RecordSelector(
        String.join(" ", words), all.stream().reduce(Predicate::and).orElse(_ -> true));
  }

  private static Predicate<FlowRecord> of(String name, List<String> values) {
    return switch (name) {
      case "--since" -> {
        long since = timeOf(name, values);
        yield record -> record.endSeconds() >= since;
      }
      case "--until" -> {
        long until = timeOf(name, values);
        yield record -> record.startSeconds() != FlowRecord.ABSENT && record.startSeconds() < until;
      }
      case "--source" -> {
        AddressBlocks blocks = blocksOf(name, values);
        yield record -> isIn(record.address(record.originalSource()), blocks);
      }
      case "--destination" -> {
        AddressBlocks blocks = blocksOf(name, values);
        yield record -> isIn(record.address(FlowField.DSTADDR), blocks);
      }
      case "--port" -> portsOf(values);
      case "--interface" -> isAnyOf(FlowField.INTERFACE_ID, values);
      case "--vpc" -> isAnyOf(FlowField.VPC_ID, values);
      case "--account" -> isAnyOf(FlowField.ACCOUNT_ID, values);
      default -> actionsOf(values);
    };
  }

  private static Predicate<FlowRecord> isAnyOf(FlowField field, List<String> values) {
    Set<String> wanted = new TreeSet<>(values);
    return record -> {
      String text = record.text(field);
      return text != null && wanted.contains(text);
    };
  }

  private static boolean isIn(@Nullable IpAddress address, AddressBlocks blocks) {
    return address != null && blocks.contains(address);
  }

  private static AddressBlocks blocksOf(String name, List<String> values) {
    try {
      return AddressBlocks.parse(
          values.stream()
              .map(value -> value.contains("/") ? value : value + (isIpv6(value) ? "/128" : "/32"))
              .collect(Collectors.joining(",")));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  private static boolean isIpv6(String address) {
    return address.indexOf(':') >= 0;
  }

  private static Predicate<FlowRecord> portsOf(List<String> values) {
    int[][] ranges = values.stream().map(RecordSelector::portRange).toArray(int[][]::new);
    return record -> {
      long port = record.destinationPort();
      return Arrays.stream(ranges).anyMatch(range -> range[0] <= port && port <= range[1]);
    };
  }

  private static int[] portRange(String text) {
    String[] ends = text.split("-", -1);
    try {
      int first = Integer.parseInt(ends[0]);
      int last = ends.length == 1 ? first : Integer.parseInt(ends[1]);
      if (ends.length <= 2 && 0 <= first && first <= last && last <= HIGHEST_PORT) {
        return new int[] {first, last};
      }
    } catch (NumberFormatException _) {
      // reported below
    }
    throw new IllegalArgumentException(
        "--port: expected a port such as 22, or ports such as 8000-8999, got \"" + text + "\"");
  }

  private static Predicate<FlowRecord> actionsOf(List<String> values) {
    if (!values.stream().allMatch(value -> value.equals("ACCEPT") || value.equals("REJECT"))) {
      throw new IllegalArgumentException(
          "--action: expected ACCEPT or REJECT, got \"" + String.join(",", values) + "\"");
    }
    boolean takesAccepted = values.contains("ACCEPT");
    boolean takesRejected = values.contains("REJECT");
    return record -> (takesAccepted && record.isAccept()) || (takesRejected && record.isReject());
  }

  /// Reads `2026-11-22`, `2026-11-22T10:14` or `2026-11-22T10:14:05Z`, as UTC.
  private static long timeOf(String name, List<String> values) {
    String text = String.join(",", values);
    try {
      if (text.length() == "2026-11-22".length()) {
        return LocalDate.parse(text).atStartOfDay().toEpochSecond(ZoneOffset.UTC);
      }
      String seconds = text.length() == "2026-11-22T10:14".length() ? text + ":00" : text;
      return Instant.parse(seconds.endsWith("Z") ? seconds : seconds + "Z").getEpochSecond();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "%s: expected a time such as 2026-11-22, 2026-11-22T10:14 or 2026-11-22T10:14:05Z, got"
                  .formatted(name)
              + " \""
              + text
              + "\"",
          e);
    }
  }
}
