package dev.flowbell.judge;

import dev.flowbell.classify.Suspect;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.ledger.Episode;
import dev.flowbell.ledger.Evidence;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The causes that a payload may be about: which of them ring, that is, were sent and go on.
final class Causes {
  private static final Duration AGAIN_AFTER = Duration.ofDays(1);

  private final Evidence evidence;
  private final String payloadId;
  private final Map<String, @Nullable Episode> episodes = new HashMap<>();
  private final Set<String> deferred = new HashSet<>();
  private final Map<String, Span> touched = new LinkedHashMap<>();

  /// @param payloadId the payload that is judged
  Causes(Evidence evidence, String payloadId) {
    this.evidence = evidence;
    this.payloadId = payloadId;
  }

  /// Reads the episodes of causes. Where reading costs something, those beyond the bound are read
  /// once an alert depends on them.
  ///
  /// @param keys the most important first
  void load(Collection<String> keys) {
    List<String> unknown =
        keys.stream().filter(key -> !episodes.containsKey(key)).distinct().toList();
    int most = evidence.mostEpisodes();
    if (evidence.isBounded() && unknown.size() > most) {
      deferred.addAll(unknown.subList(most, unknown.size()));
      unknown = unknown.subList(0, most);
    }
    if (!unknown.isEmpty()) {
      Map<String, Episode> found = evidence.episodes(unknown);
      unknown.forEach(key -> episodes.put(key, found.get(key)));
      deferred.removeAll(unknown);
    }
  }

  /// Reads the episodes of causes that alerts depend on, in as few calls as possible.
  void loadAll(Collection<String> keys) {
    List<String> all = List.copyOf(keys);
    int most = evidence.mostEpisodes();
    for (int start = 0; start < all.size(); start += most) {
      load(all.subList(start, Math.min(all.size(), start + most)));
    }
  }

  @Nullable Episode find(String key) {
    if (!episodes.containsKey(key)) {
      load(List.of(key));
    }
    return episodes.get(key);
  }

  /// Returns whether a cause is known to ring at this time: its evidence need not be kept.
  boolean rings(String key, Instant earliest, Instant latest) {
    Episode episode = deferred.contains(key) ? null : findExtended(key);
    return episode != null
        && episode.covers(earliest, latest)
        && latest.isBefore(episode.sentAt().plus(AGAIN_AFTER));
  }

  /// Returns a cause's episode with what this payload has shown of it so far: a batch may show
  /// hours of it.
  private @Nullable Episode findExtended(String key) {
    Episode episode = find(key);
    Span span = touched.get(key);
    return episode != null && span != null && episode.covers(span.earliest, span.latest)
        ? episode.extendedBy(span.earliest, span.latest)
        : episode;
  }

  /// Notes that a cause goes on, if it rings.
  void touch(String key, Instant earliest, Instant latest) {
    touched.merge(key, new Span(earliest, latest), Span::plus);
  }

  /// Returns why a cause is to be sent now, `null` where it isn't.
  @Nullable Occasion occasionFor(
      String key, int rank, boolean isGrown, boolean hasGotThrough, Instant since, Instant until) {
    Episode episode = findExtended(key);
    if (episode == null || !episode.covers(since, until)) {
      return Occasion.NEW;
    }
    if (rank > episode.rank() || (hasGotThrough && !episode.hasGotThrough())) {
      return Occasion.GOT_THROUGH;
    }
    if (isGrown && !episode.isGrown()) {
      return Occasion.GROWN;
    }
    return until.isBefore(episode.sentAt().plus(AGAIN_AFTER)) ? null : Occasion.STILL;
  }

  Announcement announce(
      Alert alert, boolean isGrown, boolean hasGotThrough, @Nullable Suspect sample) {
    Episode known = find(alert.key());
    Episode extended = findExtended(alert.key());
    int rank = alert.severity().rank();
    Episode after =
        extended == null || !extended.covers(alert.since(), alert.until())
            ? new Episode(
                alert.since(),
                alert.until(),
                alert.until(),
                rank,
                isGrown,
                hasGotThrough,
                payloadId)
            : extended(extended, alert, rank, isGrown, hasGotThrough);
    touched.remove(alert.key());
    return new Announcement(alert, known, after, sample, null);
  }

  /// Returns how to remember that an alert was not sent because of the setting `QUIET`; `null` if
  /// that is remembered already.
  @Nullable Announcement toQuiet(Announcement announcement) {
    Alert alert = announcement.alert();
    String key = announcement.quietKey();
    if (rings(key, alert.since(), alert.until())) {
      return null;
    }
    return new Announcement(
        alert, find(key), announcement.after(), announcement.sample(), announcement.prefixList());
  }

  private Episode extended(
      Episode known, Alert alert, int rank, boolean isGrown, boolean hasGotThrough) {
    Episode episode = known.extendedBy(alert.since(), alert.until());
    return new Episode(
        episode.first(),
        episode.last(),
        alert.until(),
        Math.max(rank, episode.rank()),
        isGrown || episode.isGrown(),
        hasGotThrough || episode.hasGotThrough(),
        payloadId);
  }

  /// Records that the causes that ring go on.
  ///
  /// @return how many of them another payload's notification told
  int extendTouched() {
    int count = 0;
    for (Map.Entry<String, Span> each : touched.entrySet()) {
      Episode episode = find(each.getKey());
      Span span = each.getValue();
      if (episode != null && episode.covers(span.earliest, span.latest)) {
        count += episode.sentBy().equals(payloadId) ? 0 : 1;
        Episode extended = episode.extendedBy(span.earliest, span.latest);
        if (!extended.equals(episode)) {
          evidence.extend(each.getKey(), extended);
        }
      }
    }
    return count;
  }

  private record Span(Instant earliest, Instant latest) {
    Span plus(Span other) {
      return new Span(
          other.earliest.isBefore(earliest) ? other.earliest : earliest,
          other.latest.isAfter(latest) ? other.latest : latest);
    }
  }
}
