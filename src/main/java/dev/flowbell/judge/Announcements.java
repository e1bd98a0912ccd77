package dev.flowbell.judge;

import dev.flowbell.classify.Suspect;
import dev.flowbell.judge.Alert.Occasion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The alerts that the rules found in one payload.
final class Announcements {
  private final Causes causes;
  private final List<Announcement> all = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();

  Announcements(Causes causes) {
    this.causes = causes;
  }

  /// Adds an alert about a cause that can't grow, and lets nothing through.
  void add(@Nullable Occasion occasion, @Nullable Suspect sample, Function<Occasion, Alert> alert) {
    add(occasion, false, false, sample, alert);
  }

  /// Adds an alert.
  ///
  /// @param occasion why it is sent now; `null` if it isn't
  /// @param sample one of the payload's records that show the cause; `null` if there is none
  void add(
      @Nullable Occasion occasion,
      boolean isGrown,
      boolean hasGotThrough,
      @Nullable Suspect sample,
      Function<Occasion, Alert> alert) {
    if (occasion != null) {
      Announcement announcement =
          causes.announce(alert.apply(occasion), isGrown, hasGotThrough, sample);
      all.add(announcement);
      keys.add(announcement.alert().key());
    }
  }

  boolean contains(String key) {
    return keys.contains(key);
  }

  /// Returns the judgement, with the most important alert first.
  ///
  /// @param suppressed how many causes go on that were sent before
  Judgement toJudgement(Supplier<Quiet> currentQuiet, int suppressed) {
    all.sort(
        Comparator.comparing((Announcement each) -> each.alert().severity())
            .reversed()
            .thenComparing(each -> each.alert().rule()));
    if (all.isEmpty()) {
      return new Judgement(List.of(), List.of(), suppressed, 0); // nobody need look up lists
    }
    Quiet quiet = currentQuiet.get();
    List<Announcement> loud = new ArrayList<>();
    List<Announcement> newlyQuiet = new ArrayList<>();
    for (Announcement each : all) {
      Quiet.Entry entry = quiet.covering(each.alert());
      if (entry == null) {
        Quiet.Networks.PrefixList list = quiet.mayCover(each.alert());
        loud.add(list == null ? each : each.withPrefixList(list.words()));
      } else {
        Announcement noted =
            causes.toQuiet(
                entry.networks() instanceof Quiet.Networks.PrefixList list
                    ? each.withPrefixList(list.words())
                    : each);
        if (noted != null) {
          newlyQuiet.add(noted);
        }
      }
    }
    return new Judgement(loud, newlyQuiet, suppressed, all.size() - loud.size());
  }
}
