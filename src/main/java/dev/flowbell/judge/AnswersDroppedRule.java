package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Entries.Answer;
import dev.flowbell.ledger.EvidenceAddition;
import dev.flowbell.ledger.EvidenceItem;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.SuspectGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// [Rule#ANSWERS_DROPPED]: servers inside whose answers are rejected, by the door that clients try.
final class AnswersDroppedRule {
  private static final String KIND = "ans";
  private static final String ANSWERS = "answers";
  private static final String ACCEPTED = "accepted";

  private final Judging judging;
  private final PayloadView payload;
  private final Map<Door, Server> servers = new LinkedHashMap<>();

  AnswersDroppedRule(Judging judging, PayloadView payload) {
    this.judging = judging;
    this.payload = payload;
  }

  /// Adds the payload's evidence, and reads what is remembered.
  void add() {
    List<EvidenceAddition> additions = new ArrayList<>();
    payload
        .answers()
        .forEach(
            (door, groups) -> {
              Server server = new Server(door, groups, payload.minutesOf(groups));
              servers.put(door, server);
              if (judging.causes().rings(server.key(), server.earliest(), server.latest())) {
                judging.causes().touch(server.key(), server.earliest(), server.latest());
                server.rings = true;
              } else {
                additions.addAll(additionsOf(server));
              }
            });
    if (!additions.isEmpty()) {
      Map<String, EvidenceItem> added = judging.store().add(additions);
      servers.values().stream().filter(server -> !server.rings).forEach(each -> read(each, added));
    }
  }

  private List<EvidenceAddition> additionsOf(Server server) {
    Map<Long, Addition> byHour = new TreeMap<>();
    for (SuspectGroup group : server.groups) {
      Suspect suspect = group.suspect();
      long minute = payload.minuteOf(group);
      Addition addition = byHour.computeIfAbsent(Hours.of(minute), _ -> new Addition());
      addition.add(
          ANSWERS,
          Entries.ofAnswer(Objects.requireNonNull(suspect.target()), suspect.port(), minute));
      if (suspect.isRequestAccepted()) {
        addition.add(ACCEPTED, "\1");
      }
      group
          .interfaceIds()
          .forEach(each -> addition.add(SourceEvidence.INTERFACES, Entries.ofText(each)));
    }
    List<EvidenceAddition> additions = new ArrayList<>();
    byHour.forEach(
        (hour, addition) -> additions.add(addition.toItem(KIND, server.door.key(), hour)));
    return additions;
  }

  private void read(Server server, Map<String, EvidenceItem> added) {
    List<String> keys = Hours.around(KIND, server.door.key(), Hours.of(server.touched));
    Hours.forEach(keys, judging.store().read(List.of(keys), added), server::add);
  }

  /// Announces servers whose answers are dropped.
  void judge() {
    for (Server server : servers.values()) {
      if (!server.rings && isDropped(server)) {
        judging
            .announcements()
            .add(
                judging
                    .causes()
                    .occasionFor(
                        server.key(),
                        Severity.MEDIUM.rank(),
                        false,
                        false,
                        server.earliest(),
                        server.latest()),
                PayloadView.sampleOf(server.groups),
                server::toAlert);
      }
    }
  }

  /// Returns whether a door's answers are known to be dropped: its clients can't connect then, and
  /// no other rule needs to say so.
  boolean explains(Door door, List<SuspectGroup> attempts) {
    Server server = servers.get(door);
    if (server != null && (server.rings || isDropped(server))) {
      return true;
    }
    String key = CauseKeys.ofAnswers(door);
    return payload.minutesOf(attempts).stream()
        .map(Hours::timeOf)
        .anyMatch(time -> judging.causes().rings(key, time, time));
  }

  private boolean isDropped(Server server) {
    int least = judging.thresholds().get(Thresholds.Name.DROPPED_ANSWERS);
    TreeMap<Long, Integer> byMinute = new TreeMap<>();
    server.answers.forEach(each -> byMinute.merge(each.minute(), 1, Integer::sum));
    for (long start : byMinute.navigableKeySet()) {
      Long inWindow = server.touched.ceiling(start);
      if (inWindow == null || inWindow >= start + Hours.MINUTES) {
        continue;
      }
      Map<Long, Integer> window = byMinute.subMap(start, start + Hours.MINUTES);
      if (window.size() >= 2
          && window.values().stream().mapToInt(Integer::intValue).sum() >= least) {
        return true;
      }
    }
    return false;
  }

  /// One server's door: its rejected answers in this payload, and all that is remembered.
  private static final class Server {
    private final Door door;
    private final List<SuspectGroup> groups;
    private final NavigableSet<Long> touched;
    private final Set<Answer> answers = new HashSet<>();
    private final Set<String> interfaces = new HashSet<>();
    private boolean isRequestAccepted;
    private boolean rings;

    Server(Door door, List<SuspectGroup> groups, NavigableSet<Long> touched) {
      this.door = door;
      this.groups = groups;
      this.touched = touched;
    }

    String key() {
      return CauseKeys.ofAnswers(door);
    }

    Instant earliest() {
      return Hours.timeOf(touched.first());
    }

    Instant latest() {
      return Hours.timeOf(touched.last());
    }

    void add(long hour, EvidenceItem item) {
      item.set(ANSWERS).forEach(entry -> answers.add(Entries.toAnswer(entry, hour)));
      isRequestAccepted |= !item.set(ACCEPTED).isEmpty();
      interfaces.addAll(item.set(SourceEvidence.INTERFACES));
    }

    Alert.AnswersDropped toAlert(Occasion occasion) {
      Set<IpAddress> clients = new TreeSet<>();
      NavigableSet<Long> minutes = new TreeSet<>(touched);
      answers.forEach(
          each -> {
            clients.add(each.client());
            minutes.add(each.minute());
          });
      return new Alert.AnswersDropped(
          Severity.MEDIUM,
          key(),
          occasion,
          door,
          Count.atLeast(clients.size()),
          clients.stream().limit(Alert.MOST_EXAMPLES).toList(),
          Count.atLeast(answers.size()),
          Count.atLeast(minutes.size()),
          Count.atLeast(Math.max(1, interfaces.size())),
          isRequestAccepted,
          groups.stream().anyMatch(group -> group.suspect().isEgress()),
          PayloadView.placeOf(groups),
          Hours.timeOf(minutes.first()),
          latest());
    }
  }
}
