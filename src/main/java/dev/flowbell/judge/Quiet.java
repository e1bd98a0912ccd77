package dev.flowbell.judge;

import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.IpAddress;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What the user knows already and does not want to hear of: the setting `QUIET`.
///
/// It never hides that something got through.
///
/// @param entries may be empty
public record Quiet(List<Entry> entries) {
  /// Nothing is quiet.
  public static final Quiet NOTHING = new Quiet(List.of());

  /// Creates a list with a copy of these entries.
  public Quiet {
    entries = List.copyOf(entries);
  }

  /// One entry.
  ///
  /// @param networks the alert's source or destination is in one of them
  /// @param port the alert's port, `null` for any
  /// @param rule the alert's rule, `null` for any
  /// @param until when the entry ends, `null` for never
  public record Entry(
      Networks networks, @Nullable Integer port, @Nullable Rule rule, @Nullable Instant until) {
    /// Creates an entry with a block.
    public Entry(
        AddressBlock block, @Nullable Integer port, @Nullable Rule rule, @Nullable Instant until) {
      this(new Networks.Block(block), port, rule, until);
    }
  }

  /// The addresses of an entry.
  public sealed interface Networks {
    /// A block.
    record Block(AddressBlock block) implements Networks {}

    /// A prefix list, `pl-…`.
    ///
    /// @param words the list as people read it: its id, and its version where it has one
    /// @param blocks `null` where the list could not be looked up, or was not yet
    record PrefixList(String id, String words, @Nullable AddressBlocks blocks)
        implements Networks {}
  }

  /// Looks up prefix lists.
  @FunctionalInterface
  public interface PrefixLists {
    /// Returns a list with its blocks, or without them where it can't be looked up.
    ///
    /// @param id `pl-…`
    Networks.PrefixList find(String id);
  }

  /// Returns these entries with the blocks of their prefix lists.
  public Quiet resolve(PrefixLists lists) {
    return new Quiet(
        entries.stream()
            .map(
                entry ->
                    entry.networks instanceof Networks.PrefixList list
                        ? new Entry(lists.find(list.id), entry.port, entry.rule, entry.until)
                        : entry)
            .toList());
  }

  /// Returns whether an entry has a prefix list.
  public boolean hasPrefixLists() {
    return entries.stream().anyMatch(entry -> entry.networks instanceof Networks.PrefixList);
  }

  /// Reads `CIDR|pl-ID [port] [rule] [until=2026-12-31]`, several separated by semicolons.
  ///
  /// @throws IllegalArgumentException naming everything that is wrong
  public static Quiet parse(String text) {
    List<Entry> entries = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    String[] parts = text.isBlank() ? new String[0] : text.split(";", -1);
    for (int i = 0; i < parts.length; i++) {
      EntryReader reader = new EntryReader(parts[i].strip());
      String prefix = parts.length == 1 ? "" : "entry " + (i + 1) + ", ";
      reader.errors.forEach(error -> errors.add(prefix + error));
      if (reader.networks != null) {
        entries.add(new Entry(reader.networks, reader.port, reader.rule, reader.until));
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", errors));
    }
    return new Quiet(entries);
  }

  /// Reads one entry, and collects what is wrong.
  private static final class EntryReader {
    private final List<String> errors = new ArrayList<>();
    private final @Nullable Networks networks;
    private @Nullable Integer port;
    private @Nullable Rule rule;
    private @Nullable Instant until;

    EntryReader(String text) {
      String[] words = text.split("\\s+", -1);
      networks = readNetworks(words[0]);
      for (String word : Arrays.asList(words).subList(1, words.length)) {
        Rule named = findRule(word);
        if (word.startsWith("until=")) {
          expectFirst(until, "until", word);
          until = readUntil(word.substring("until=".length()));
        } else if (named != null) {
          expectFirst(rule, "a rule", word);
          rule = named;
        } else if (word.matches("[0-9]{1,5}") && Integer.parseInt(word) <= 65_535) {
          expectFirst(port, "a port", word);
          port = Integer.valueOf(word);
        } else {
          errors.add(
              "expected a port, a rule such as scan, or until=2026-12-31, got \"" + word + "\"");
        }
      }
    }

    private @Nullable Networks readNetworks(String word) {
      if (word.startsWith("pl-")) {
        if (word.matches("pl-[0-9a-f]{8,40}")) {
          return new Networks.PrefixList(word, word, null);
        }
        errors.add("expected a prefix list's id such as pl-63a5400a, got \"" + word + "\"");
        return null;
      }
      try {
        return new Networks.Block(AddressBlock.parse(word));
      } catch (IllegalArgumentException e) {
        errors.add(String.valueOf(e.getMessage()));
        return null;
      }
    }

    private void expectFirst(@Nullable Object before, String name, String word) {
      if (before != null) {
        errors.add("expected " + name + " once, got another one: \"" + word + "\"");
      }
    }

    /// Reads the last day, or a time, and returns when the entry ends.
    private @Nullable Instant readUntil(String text) {
      try {
        return text.contains("T")
            ? Instant.parse(text)
            : LocalDate.parse(text).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
      } catch (DateTimeParseException e) {
        errors.add("until: expected a day such as 2026-12-31, got \"" + text + "\"");
        return null;
      }
    }
  }

  private static @Nullable Rule findRule(String word) {
    return Arrays.stream(Rule.values())
        .filter(rule -> rule.key().equals(word))
        .findFirst()
        .orElse(null);
  }

  /// Returns whether an alert is to be counted and not sent.
  public boolean covers(Alert alert) {
    return covering(alert) != null;
  }

  /// Returns the first entry that covers an alert; `null` if none does.
  @Nullable Entry covering(Alert alert) {
    return entries.stream()
        .filter(entry -> covers(entry, alert, address -> isIn(entry, address)))
        .findFirst()
        .orElse(null);
  }

  /// Returns the first prefix list that may cover an alert, but could not be looked up; `null` if
  /// there is none.
  Networks.@Nullable PrefixList mayCover(Alert alert) {
    for (Entry entry : entries) {
      if (entry.networks instanceof Networks.PrefixList list
          && list.blocks == null
          && covers(entry, alert, Objects::nonNull)) {
        return list;
      }
    }
    return null;
  }

  /// @param isIn tells whether an address is in the entry's networks; `null` never is
  private static boolean covers(Entry entry, Alert alert, Predicate<@Nullable IpAddress> isIn) {
    if ((entry.rule != null && entry.rule != alert.rule())
        || (entry.until != null && !alert.until().isBefore(entry.until))) {
      return false;
    }
    return switch (alert) {
      case Alert.Scan scan ->
          scan.gotThrough().isEmpty()
              && hasPort(entry, scan.onlyPort() == null ? null : scan.onlyPort().port())
              && (isIn.test(scan.source()) || isIn.test(scan.onlyHost()));
      case Alert.BlockedConnection blocked ->
          hasPort(entry, blocked.door().port())
              && (isIn.test(blocked.source())
                  || (!blocked.isPort() && isIn.test(blocked.door().address())));
      case Alert.AnswersDropped dropped ->
          hasPort(entry, dropped.door().port()) && isIn.test(dropped.door().address());
      case Alert.Rejects rejects ->
          entry.port == null && (isIn.test(rejects.source()) || isIn.test(rejects.host()));
      case Alert.LogGroup _ -> entry.rule == alert.rule() && entry.port == null;
    };
  }

  private static boolean hasPort(Entry entry, @Nullable Integer port) {
    return entry.port == null || entry.port.equals(port);
  }

  private static boolean isIn(Entry entry, @Nullable IpAddress address) {
    return address != null
        && switch (entry.networks) {
          case Networks.Block(AddressBlock block) -> block.contains(address);
          case Networks.PrefixList list -> list.blocks != null && list.blocks.contains(address);
        };
  }
}
