package dev.flowbell.pipeline;

import dev.flowbell.ec2.Ec2Exception;
import dev.flowbell.ec2.PrefixList;
import dev.flowbell.ec2.RuleSource;
import dev.flowbell.judge.Quiet;
import dev.flowbell.judge.Quiet.Networks;
import dev.flowbell.record.AddressBlocks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The setting `QUIET` with its prefix lists, as EC2 describes them. EC2 is asked only when there
/// is an alert, and again after ten minutes.
///
/// Where EC2 can't be asked, a list that was known in the last hour holds on. Else it covers
/// nothing, and the notification says so.
///
/// Not safe for use by several threads.
final class QuietLists implements Supplier<Quiet> {
  private static final Duration REFRESHED_AFTER = Duration.ofMinutes(10);
  private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

  /// EC2 that throttles or refuses is not asked with each alert.
  private static final Duration ASKED_AGAIN_AFTER = Duration.ofMinutes(1);

  private final Quiet quiet;
  private final RuleSource ec2;
  private final InstantSource clock;
  private final Consumer<String> warnings;
  private final Map<String, Known> lists = new HashMap<>();

  /// Creates lists.
  ///
  /// @param quiet the setting
  /// @param warnings receives a line for each new version of a list, and for one that can't be
  ///   looked up
  QuietLists(Quiet quiet, RuleSource ec2, InstantSource clock, Consumer<String> warnings) {
    this.quiet = quiet;
    this.ec2 = ec2;
    this.clock = clock;
    this.warnings = warnings;
  }

  /// @param list `null` where it could not be looked up
  /// @param read when EC2 described it
  /// @param asked when EC2 was asked last
  private record Known(@Nullable PrefixList list, Instant read, Instant asked) {}

  @Override
  public Quiet get() {
    return quiet.hasPrefixLists() ? quiet.resolve(this::find) : quiet;
  }

  private Networks.PrefixList find(String id) {
    Instant now = clock.instant();
    Known known = lists.get(id);
    if (known == null || isDue(known, now)) {
      known = ask(id, known, now);
      lists.put(id, known);
    }
    PrefixList list = known.list;
    return list == null
        ? new Networks.PrefixList(id, id, null)
        : new Networks.PrefixList(id, wordsOf(list), new AddressBlocks(list.blocks()));
  }

  private static boolean isDue(Known known, Instant now) {
    return !now.isBefore(known.read.plus(REFRESHED_AFTER))
        && !now.isBefore(known.asked.plus(ASKED_AGAIN_AFTER));
  }

  private Known ask(String id, @Nullable Known before, Instant now) {
    PrefixList old = before == null ? null : before.list;
    try {
      PrefixList list = ec2.prefixList(id);
      if (list == null) {
        warnings.accept("QUIET: there is no prefix list " + id + " in this account and Region");
      } else if (!list.equals(old)) {
        warnings.accept("QUIET: %s: %d blocks".formatted(wordsOf(list), list.blocks().size()));
      }
      return new Known(list, now, now);
    } catch (Ec2Exception e) {
      warnings.accept("QUIET: %s can't be looked up: %s".formatted(id, e.getMessage()));
      boolean isOld = before == null || !now.isBefore(before.read.plus(FORGOTTEN_AFTER));
      return new Known(isOld ? null : old, before == null ? Instant.EPOCH : before.read, now);
    }
  }

  /// AWS's own lists have no version.
  private static String wordsOf(PrefixList list) {
    return list.id() + (list.version() == 0 ? "" : ", version " + list.version());
  }
}
