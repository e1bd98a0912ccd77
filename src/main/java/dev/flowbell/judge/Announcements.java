package dev.flowbell.judge;

import dev.flowbell.judge.Alert.Occasion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
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
  void add(@Nullable Occasion occasion, Function<Occasion, Alert> alert) {
    add(occasion, false, false, alert);
  }

  /// Adds an alert.
  ///
  /// @param occasion why it is sent now; `null` if it isn't
  void add(
      @Nullable Occasion occasion,
      boolean isGrown,
      boolean hasGotThrough,
      Function<Occasion, Alert> alert) {
    if (occasion != null) {
      Announcement announcement = causes.announce(alert.apply(occasion), isGrown, hasGotThrough);
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
  Judgement toJudgement(Quiet quiet, int suppressed) {
    all.sort(
        Comparator.comparing((Announcement each) -> each.alert().severity())
            .reversed()
            .thenComparing(each -> each.alert().rule()));
    List<Announcement> loud = new ArrayList<>();
    List<Announcement> newlyQuiet = new ArrayList<>();
    for (Announcement each : all) {
      if (!quiet.covers(each.alert())) {
        loud.add(each);
      } else {
        Announcement noted = causes.toQuiet(each);
        if (noted != null) {
          newlyQuiet.add(noted);
        }
      }
    }
    return new Judgement(loud, newlyQuiet, suppressed, all.size() - loud.size());
  }
}
