package dev.flowbell.backtest;

import dev.flowbell.backtest.Trial.Episode;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a trial with other settings sends less, and more, than the settings as they are.
///
/// @param lost episodes of which it sends nothing, or only with a lower severity
/// @param late episodes that have a mail of their own now, and then were only in a digest
/// @param gained episodes of causes of which nothing is sent now
public record Difference(List<Episode> lost, List<Episode> late, List<Episode> gained) {
  /// An episode begins after an hour of silence: what is sent so much earlier belongs to it.
  private static final Duration SILENCE = Duration.ofHours(1);

  /// Creates a difference with copies of the lists.
  public Difference {
    lost = List.copyOf(lost);
    late = List.copyOf(late);
    gained = List.copyOf(gained);
  }

  /// Compares what another trial sends with what the settings as they are send.
  ///
  /// A higher threshold is reached later, so an alert belongs to the last episode of its cause that
  /// had begun. A lower one is reached earlier, so what comes before all episodes belongs to the
  /// first. Further mails about the same episode are no loss.
  static Difference between(Trial now, Trial then) {
    Map<String, List<Found>> known = new HashMap<>();
    List<Found> all = now.episodes().stream().map(Found::new).toList();
    all.forEach(
        each -> known.computeIfAbsent(each.episode.key(), _ -> new ArrayList<>()).add(each));
    for (Mail mail : then.mails()) {
      for (Alert alert : mail.alerts()) {
        Found found = find(known.getOrDefault(alert.key(), List.of()), alert.until());
        if (found != null) {
          found.hasOwnMail |= !mail.message().isDigest();
          if (found.severity == null || alert.severity().rank() > found.severity.rank()) {
            found.severity = alert.severity();
          }
        }
      }
    }
    return new Difference(
        all.stream().filter(Found::isLost).map(each -> each.episode).toList(),
        all.stream()
            .filter(each -> !each.isLost() && each.episode.hasOwnMail() && !each.hasOwnMail)
            .map(each -> each.episode)
            .toList(),
        then.episodes().stream().filter(each -> !known.containsKey(each.key())).toList());
  }

  private static @Nullable Found find(List<Found> ofCause, Instant time) {
    Found last = ofCause.isEmpty() ? null : ofCause.getFirst();
    for (Found each : ofCause) {
      if (!each.episode.alert().since().minus(SILENCE).isAfter(time)) {
        last = each;
      }
    }
    return last;
  }

  /// Returns whether nothing of high severity is lost, or late.
  public boolean keepsHigh() {
    return Stream.concat(lost.stream(), late.stream())
        .noneMatch(each -> each.severity() == Severity.HIGH);
  }

  /// Returns whether the same is sent.
  public boolean isNone() {
    return lost.isEmpty() && late.isEmpty() && gained.isEmpty();
  }

  /// An episode, and what the other trial sends of it.
  private static final class Found {
    private final Episode episode;
    private boolean hasOwnMail;
    private @Nullable Severity severity;

    Found(Episode episode) {
      this.episode = episode;
    }

    boolean isLost() {
      return severity == null || severity.rank() < episode.severity().rank();
    }
  }
}
