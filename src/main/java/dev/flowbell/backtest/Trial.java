package dev.flowbell.backtest;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Severity;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.notify.AlertWords;
import dev.flowbell.pipeline.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What would have been sent with some settings.
///
/// @param mails in the order of their times
/// @param quieted alerts that the setting `QUIET` held back, once for each episode, in the order of
///   their times
public record Trial(List<Mail> mails, List<Alert> quieted) {
  private static final long HOUR_SECONDS = 3_600;

  /// Creates a trial with copies of the lists.
  public Trial {
    mails = List.copyOf(mails);
    quieted = List.copyOf(quieted);
  }

  /// Returns how many mails have this severity.
  public long count(Severity severity) {
    return mails.stream().filter(mail -> mail.message().severity() == severity).count();
  }

  /// Returns how many mails are digests.
  public long digests() {
    return mails.stream().filter(mail -> mail.message().isDigest()).count();
  }

  /// Returns the alerts that digests name.
  public List<Alert> held() {
    return mails.stream()
        .filter(mail -> mail.message().isDigest())
        .flatMap(mail -> mail.alerts().stream())
        .toList();
  }

  /// Returns the causes, those with the most mails first.
  public List<Cause> causes() {
    Map<String, List<Episode>> byKey = new LinkedHashMap<>();
    episodes().forEach(each -> byKey.computeIfAbsent(each.key(), _ -> new ArrayList<>()).add(each));
    return byKey.values().stream()
        .map(Cause::of)
        .sorted(
            Comparator.comparingInt(Cause::mails)
                .thenComparing(Cause::severity)
                .reversed()
                .thenComparing(cause -> cause.alert().since()))
        .toList();
  }

  /// Returns the episodes of all causes, in the order of their times.
  List<Episode> episodes() {
    List<Episode> all = new ArrayList<>();
    Map<String, Integer> open = new HashMap<>();
    for (Mail mail : mails) {
      for (Alert alert : mail.alerts()) {
        Integer at = open.get(alert.key());
        if (at == null || alert.occasion() == Occasion.NEW) {
          open.put(alert.key(), all.size());
          all.add(new Episode(alert, alert.severity(), false, 0, alert.until()));
          at = all.size() - 1;
        }
        all.set(at, all.get(at).with(alert, mail.message().isDigest()));
      }
    }
    return all;
  }

  /// One time that a cause rang.
  ///
  /// @param alert the first alert about it
  /// @param severity the highest
  /// @param hasOwnMail whether it had a mail of its own, and was not only in digests
  /// @param mails how many mails named it
  /// @param last the last flow that a mail knows of
  public record Episode(
      Alert alert, Severity severity, boolean hasOwnMail, int mails, Instant last) {
    String key() {
      return alert.key();
    }

    private Episode with(Alert other, boolean isInDigest) {
      return new Episode(
          alert,
          other.severity().rank() > severity.rank() ? other.severity() : severity,
          hasOwnMail || !isInDigest,
          mails + 1,
          other.until().isAfter(last) ? other.until() : last);
    }
  }

  /// All that was sent about one cause.
  ///
  /// @param alert the first alert about it
  /// @param severity the highest
  /// @param episodes how often it rang
  /// @param mails how many mails named it
  /// @param last the last flow that a mail knows of
  public record Cause(Alert alert, Severity severity, int episodes, int mails, Instant last) {
    private static Cause of(List<Episode> episodes) {
      return new Cause(
          episodes.getFirst().alert(),
          episodes.stream().map(Episode::severity).max(Comparator.naturalOrder()).orElseThrow(),
          episodes.size(),
          episodes.stream().mapToInt(Episode::mails).sum(),
          episodes.stream().map(Episode::last).max(Comparator.naturalOrder()).orElseThrow());
    }
  }

  /// Collects what payloads' outcomes sent, in any order of their times.
  static final class Recorder {
    private final Map<String, Alert> byJson = new HashMap<>();
    private final List<Alert> quieted = new ArrayList<>();
    private final List<Mail> mails = new ArrayList<>();

    void add(Outcome outcome) {
      outcome
          .judgement()
          .announcements()
          .forEach(each -> byJson.put(AlertWords.json(each), each.alert()));
      outcome.judgement().newlyQuiet().forEach(each -> quieted.add(each.alert()));
      outcome.sent().forEach(message -> mails.add(toMail(message)));
    }

    private Mail toMail(AlertMessage message) {
      List<Alert> alerts =
          message.alerts().stream().map(json -> Objects.requireNonNull(byJson.get(json))).toList();
      Instant last = alerts.stream().map(Alert::until).max(Comparator.naturalOrder()).orElseThrow();
      return new Mail(message.isDigest() ? hourEnd(last) : last, message, alerts);
    }

    private static Instant hourEnd(Instant time) {
      return Instant.ofEpochSecond(
          (Math.floorDiv(time.getEpochSecond(), HOUR_SECONDS) + 1) * HOUR_SECONDS);
    }

    Trial toTrial() {
      mails.sort(Comparator.comparing(Mail::at));
      quieted.sort(Comparator.comparing(Alert::until));
      return new Trial(mails, quieted);
    }
  }
}
