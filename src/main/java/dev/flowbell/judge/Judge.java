package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Entries.Answer;
import dev.flowbell.judge.Entries.Try;
import dev.flowbell.ledger.Episode;
import dev.flowbell.ledger.Evidence;
import dev.flowbell.ledger.EvidenceAddition;
import dev.flowbell.ledger.EvidenceItem;
import dev.flowbell.metric.Metric;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.OpenedFlow;
import dev.flowbell.summary.SuspectGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Decides which causes are worth a notification, from the evidence of all payloads so far.
///
/// All of a payload's evidence is added before anything is decided, and everything is keyed by flow
/// time. So what is sent depends on what happened, not on how it was cut, ordered or repeated.
public final class Judge {
  private static final int MOST_EXAMPLES = 12;
  private static final int DOORS_OF_PORT = 5;

  // What little evidence is not worth keeping where it costs something.
  private static final int DOORS_WORTH_KEEPING = 2;
  private static final int RECORDS_WORTH_KEEPING = 10;

  /// A door with so many sources in one payload is kept before any source.
  private static final int SOURCES_OF_BUSY_DOOR = 4;

  /// So many sources that waited are judged with one payload, for the price.
  private static final int MOST_PENDING = 4;

  private static final SourceEvidence NO_EVIDENCE = new SourceEvidence(List.of(), Map.of());
  private static final Place NOWHERE = new Place(null, null, null, null, null, null);

  private static final String SOURCE = "src";
  private static final String DOOR = "door";
  private static final String PORT = "port";
  private static final String ANSWERS = "ans";
  private static final String GROUP = "group";

  private static final String PENDING = "pending";
  private static final String SCANNING = "scan";

  private final AlertPolicy policy;
  private final Thresholds thresholds;
  private final ScanRule scanRule;

  /// Creates a judge.
  public Judge(AlertPolicy policy) {
    this.policy = policy;
    this.thresholds = policy.thresholds();
    this.scanRule = new ScanRule(thresholds);
  }

  /// Returns the sources that scan, as far as the board says: what they get through is evidence.
  public Set<IpAddress> watched(Evidence evidence) {
    Set<IpAddress> watched = new HashSet<>();
    for (String entry : evidence.board()) {
      String[] parts = entry.split(" ", -1);
      IpAddress address = parts[0].equals(SCANNING) ? IpAddress.find(parts[1]) : null;
      if (address != null) {
        watched.add(address);
      }
    }
    return watched;
  }

  /// Judges one payload, and adds its evidence to what is remembered.
  ///
  /// @param payloadId the same whenever the payload is repeated
  /// @return the alerts to send, the most important first
  public Judgement judge(FlowSummary summary, String payloadId, Evidence evidence) {
    return new Payload(new PayloadView(summary), evidence).judge(summary, payloadId);
  }

  /// Judges everything that still waits for more evidence. Nothing follows.
  public Judgement finish(Evidence evidence) {
    return new Payload(null, evidence).finish();
  }

  /// The judging of one payload.
  private final class Payload {
    private final @Nullable PayloadView view;
    private final Evidence evidence;
    private final Causes causes;
    private final List<Announcement> announcements = new ArrayList<>();
    private final Set<String> announced = new HashSet<>();
    private final Map<IpAddress, SourceEvidence> sources = new HashMap<>();
    private final Set<IpAddress> scanning = new HashSet<>();

    Payload(@Nullable PayloadView view, Evidence evidence) {
      this.view = view;
      this.evidence = evidence;
      this.causes = new Causes(evidence);
    }

    Judgement judge(FlowSummary summary, String payloadId) {
      PayloadView payload = Objects.requireNonNull(view);
      long nowMinute = Math.floorDiv(payload.now().getEpochSecond(), 60L);
      causes.load(keysOf(payload));
      addSources(payload);
      Map<Door, AnswersFound> answers = addAnswers(payload);
      for (PayloadView.Source source : payload.sources().values()) {
        judgeScan(source, nowMinute);
      }
      judgeOpened(payload);
      judgePending(nowMinute);
      answers.forEach(this::judgeAnswers);
      judgeDoors(payload, answers);
      for (PayloadView.Source source : payload.sources().values()) {
        judgeRejects(source);
      }
      judgeGroup(summary, payload, payloadId);
      return toJudgement(causes.extendTouched());
    }

    Judgement finish() {
      judgePending(Long.MAX_VALUE / 120);
      return toJudgement(0);
    }

    private Judgement toJudgement(int suppressed) {
      announcements.sort(
          Comparator.comparing((Announcement each) -> each.alert().severity())
              .reversed()
              .thenComparing(each -> each.alert().rule()));
      List<Announcement> loud =
          announcements.stream().filter(each -> !policy.quiet().covers(each.alert())).toList();
      return new Judgement(loud, suppressed, announcements.size() - loud.size());
    }

    private void announce(
        @Nullable Occasion occasion,
        boolean isGrown,
        boolean hasGotThrough,
        Function<Occasion, Alert> alert) {
      if (occasion != null) {
        Announcement announcement = causes.announce(alert.apply(occasion), isGrown, hasGotThrough);
        announcements.add(announcement);
        announced.add(announcement.alert().key());
      }
    }

    private boolean isAnnounced(String key) {
      return announced.contains(key);
    }

    // Sources.

    private List<String> keysOf(PayloadView payload) {
      List<String> keys = new ArrayList<>();
      for (PayloadView.Source source : payload.sources().values()) {
        keys.add(scanKey(source.address()));
        keys.add(rejectsKey(source.address()));
        if (source.isInside()) {
          for (SuspectGroup group : source.attempts()) {
            keys.add(doorKey(PayloadView.doorOf(group)));
            keys.add(portKey(PayloadView.doorOf(group)));
          }
        }
      }
      payload.answers().keySet().forEach(door -> keys.add(answersKey(door)));
      return keys;
    }

    /// Returns whether the attempts at a door are explained by a connection that is known to be
    /// blocked.
    private boolean isBlockedDoor(Door door, Instant earliest, Instant latest) {
      return causes.rings(doorKey(door), earliest, latest)
          || causes.rings(portKey(door), earliest, latest);
    }

    /// Adds the evidence of sources, the most important first: doors with many sources, then the
    /// sources with the most doors.
    private void addSources(PayloadView payload) {
      List<EvidenceAddition> additions = new ArrayList<>(busyDoors(payload));
      Set<IpAddress> left = new HashSet<>();
      List<PayloadView.Source> byDoors = new ArrayList<>(payload.sources().values());
      byDoors.sort(Comparator.comparingInt(source -> -source.doors().size()));
      for (PayloadView.Source source : byDoors) {
        String key = scanKey(source.address());
        Episode episode = causes.find(key);
        boolean rings = causes.rings(key, source.earliest(), source.latest());
        if (rings) {
          causes.touch(key, source.earliest(), source.latest());
          scanning.add(source.address());
        }
        boolean isStillGrowing =
            rings && source.isInside() && episode != null && !episode.isGrown();
        if (!isWorthKeeping(source)) {
          left.add(source.address());
        } else if (!rings || isStillGrowing) {
          addSource(source, payload, additions);
        }
      }
      addOpened(payload, additions);
      Map<String, EvidenceItem> added = add(additions);
      Map<IpAddress, Set<Long>> hours = new LinkedHashMap<>();
      for (PayloadView.Source source : payload.sources().values()) {
        if (left.contains(source.address())) {
          sources.put(source.address(), NO_EVIDENCE);
          continue;
        }
        hours.put(
            source.address(),
            source.minutes().stream()
                .map(Hours::of)
                .collect(Collectors.toCollection(TreeSet::new)));
      }
      sources.putAll(readSources(hours, added));
    }

    private boolean isWorthKeeping(PayloadView.Source source) {
      return source.isInside()
          || !evidence.isBounded()
          || source.doors().size() >= DOORS_WORTH_KEEPING
          || source.attempts().stream().mapToLong(SuspectGroup::records).sum()
              >= RECORDS_WORTH_KEEPING;
    }

    private List<EvidenceAddition> busyDoors(PayloadView payload) {
      Map<Door, List<SuspectGroup>> byDoor = new LinkedHashMap<>();
      Map<Door, Set<IpAddress>> sourcesOf = new HashMap<>();
      for (PayloadView.Source source : payload.sources().values()) {
        if (source.isInside()) {
          for (SuspectGroup group : source.attempts()) {
            Door door = PayloadView.doorOf(group);
            byDoor.computeIfAbsent(door, _ -> new ArrayList<>()).add(group);
            sourcesOf.computeIfAbsent(door, _ -> new HashSet<>()).add(source.address());
          }
        }
      }
      byDoor
          .entrySet()
          .removeIf(
              entry -> {
                Instant time = Hours.timeOf(payload.minuteOf(entry.getValue().getFirst()));
                return Objects.requireNonNull(sourcesOf.get(entry.getKey())).size()
                        < SOURCES_OF_BUSY_DOOR
                    || isBlockedDoor(entry.getKey(), time, time);
              });
      List<EvidenceAddition> additions = new ArrayList<>();
      byDoor.forEach((door, groups) -> additions.addAll(additionsOf(door, groups, payload)));
      return additions;
    }

    /// Adds evidence. What there is no room for counts with this payload alone.
    private Map<String, EvidenceItem> add(List<EvidenceAddition> additions) {
      List<EvidenceAddition> all = merged(additions);
      Map<String, EvidenceItem> items = new HashMap<>(evidence.add(all));
      List<EvidenceAddition> left =
          all.stream().filter(each -> !items.containsKey(each.key())).toList();
      if (!left.isEmpty()) {
        Map<String, EvidenceItem> known =
            evidence.read(left.stream().map(EvidenceAddition::key).toList());
        for (EvidenceAddition each : left) {
          items.put(
              each.key(), known.getOrDefault(each.key(), EvidenceItem.EMPTY).plus(each.item()));
        }
      }
      return items;
    }

    private Map<IpAddress, SourceEvidence> readSources(
        Map<IpAddress, Set<Long>> hours, Map<String, EvidenceItem> known) {
      Map<IpAddress, List<String>> keys = new LinkedHashMap<>();
      hours.forEach(
          (address, set) -> keys.put(address, Hours.around(SOURCE, address.toString(), set)));
      Map<String, EvidenceItem> items = read(keys.values(), known);
      Map<IpAddress, SourceEvidence> found = new LinkedHashMap<>();
      keys.forEach((address, list) -> found.put(address, new SourceEvidence(list, items)));
      return found;
    }

    private Map<String, EvidenceItem> read(
        Collection<List<String>> keys, Map<String, EvidenceItem> known) {
      Map<String, EvidenceItem> items = new HashMap<>(known);
      List<String> missing =
          keys.stream().flatMap(List::stream).filter(key -> !known.containsKey(key)).toList();
      if (!missing.isEmpty()) {
        items.putAll(evidence.read(missing));
      }
      return items;
    }

    private void addSource(
        PayloadView.Source source, PayloadView payload, List<EvidenceAddition> additions) {
      Map<Long, Addition> byHour = new TreeMap<>();
      for (SuspectGroup group : source.attempts()) {
        Suspect suspect = group.suspect();
        Door door = PayloadView.doorOf(group);
        long minute = payload.minuteOf(group);
        Instant time = Hours.timeOf(minute);
        if (source.isInside() && isBlockedDoor(door, time, time)) {
          continue;
        }
        Addition addition = byHour.computeIfAbsent(Hours.of(minute), _ -> new Addition());
        boolean isUndecided = suspect.kind() == Suspect.Kind.ATTEMPT_OR_ANSWER;
        addition.add(
            SourceEvidence.TRIES,
            Entries.ofTry(
                door,
                source.isInside() ? minute : Math.floorDiv(minute, Hours.TEN) * Hours.TEN,
                isUndecided ? suspect.sourcePort() : -1));
        String interfaceId = suspect.place().interfaceId();
        if (interfaceId != null) {
          addition.add(SourceEvidence.INTERFACES, latin1(interfaceId));
        }
        if (suspect.maskedBy() != null) {
          addition.add(SourceEvidence.MASKED_BY, Entries.ofAddress(suspect.maskedBy()));
        }
        if (suspect.isRejected()) {
          addition.count(
              SourceEvidence.recordsName(Math.floorDiv(minute, Hours.TEN), door), group.records());
        }
      }
      byHour.forEach(
          (hour, addition) ->
              additions.add(addition.toItem(SOURCE, source.address().toString(), hour)));
    }

    private void addOpened(PayloadView payload, List<EvidenceAddition> additions) {
      payload
          .opened()
          .forEach(
              (address, flows) -> {
                Map<Long, Addition> byHour = new TreeMap<>();
                for (OpenedFlow flow : flows) {
                  long minute = payload.minuteOf(flow.minute());
                  if (isScanTarget(address, flow, payload, minute)) {
                    byHour
                        .computeIfAbsent(Hours.of(minute), _ -> new Addition())
                        .add(SourceEvidence.GOT_THROUGH, Entries.ofDoor(flow.door()));
                  }
                }
                byHour.forEach(
                    (hour, addition) ->
                        additions.add(addition.toItem(SOURCE, address.toString(), hour)));
              });
    }

    /// Returns whether a flow reaches a host that its source scans, or a port that it sweeps.
    private boolean isScanTarget(
        IpAddress address, OpenedFlow flow, PayloadView payload, long minute) {
      Set<Door> doors = new HashSet<>();
      PayloadView.Source source = payload.sources().get(address);
      if (source != null) {
        source.attempts().forEach(group -> doors.add(PayloadView.doorOf(group)));
      }
      Set<Long> hours = new TreeSet<>(Set.of(Hours.of(minute)));
      Episode episode = causes.find(scanKey(address));
      if (episode != null) {
        hours.add(Hours.of(episode.first()));
      }
      readSources(Map.of(address, hours), Map.of())
          .values()
          .forEach(known -> known.tries().forEach(each -> doors.add(each.door())));
      return doors.stream()
          .anyMatch(
              door ->
                  door.address().equals(flow.door().address())
                      || (door.port() != Door.NO_PORT
                          && door.port() == flow.door().port()
                          && door.protocol() == flow.door().protocol()));
    }

    // Scans.

    private void judgeScan(PayloadView.Source source, long nowMinute) {
      String key = scanKey(source.address());
      SourceEvidence known = Objects.requireNonNull(sources.get(source.address()));
      ScanRule.Result result =
          scanRule.apply(known.tries(), source.isInside(), source.minutes(), nowMinute);
      boolean rings = causes.rings(key, source.earliest(), source.latest());
      if (result.isScan() || rings) {
        scanning.add(source.address());
        announceScan(
            source.address(),
            source.isInside(),
            known,
            result,
            source.attempts(),
            source.earliest(),
            source.latest(),
            result.isScan());
      }
      if (source.isInside() && result.dueMinute() != null && !rings) {
        evidence.post(
            Set.of(
                String.join(
                    " ",
                    PENDING,
                    source.address().toString(),
                    String.valueOf(source.minutes().last()),
                    String.valueOf(result.dueMinute()))));
      }
    }

    private void announceScan(
        IpAddress address,
        boolean isInside,
        SourceEvidence known,
        ScanRule.Result result,
        List<SuspectGroup> attempts,
        Instant earliest,
        Instant latest,
        boolean isScan) {
      String key = scanKey(address);
      boolean hasGotThrough = !known.gotThrough().isEmpty();
      Severity severity = isInside ? Severity.HIGH : hasGotThrough ? Severity.MEDIUM : Severity.LOW;
      Occasion occasion =
          causes.occasionFor(
              key, severity.rank(), result.isGrown(), hasGotThrough, earliest, latest);
      boolean isFirst = occasion == Occasion.NEW || occasion == Occasion.STILL;
      if (occasion == null || (isFirst && !isScan) || isAnnounced(key)) {
        return;
      }
      announce(
          occasion,
          result.isGrown(),
          hasGotThrough,
          why ->
              toScan(
                  why, severity, key, address, isInside, known, result, attempts, earliest,
                  latest));
      long hour = Hours.of(latest);
      evidence.post(Set.of(SCANNING + " " + address + " " + hour));
    }

    private Alert.Scan toScan(
        Occasion occasion,
        Severity severity,
        String key,
        IpAddress address,
        boolean isInside,
        SourceEvidence known,
        ScanRule.Result result,
        List<SuspectGroup> attempts,
        Instant earliest,
        Instant latest) {
      List<Try> tries = result.tries().isEmpty() ? known.tries() : result.tries();
      Set<IpAddress> hosts = new TreeSet<>();
      Set<String> ports = new HashSet<>();
      NavigableSet<Long> minutes = new TreeSet<>();
      Set<Door> doors = new TreeSet<>();
      for (Try each : tries) {
        doors.add(each.door());
        minutes.add(each.minute());
      }
      attempts.forEach(group -> doors.add(PayloadView.doorOf(group)));
      for (Door door : doors) {
        hosts.add(door.address());
        ports.add(door.protocol() + "|" + door.port());
      }
      Instant since = minutes.isEmpty() ? earliest : Hours.timeOf(minutes.first());
      return new Alert.Scan(
          severity,
          key,
          occasion,
          address,
          isInside,
          known.maskedBy(),
          Count.atLeast(hosts.size()),
          Count.atLeast(ports.size()),
          Count.atLeast(Math.max(1, known.interfaces().size())),
          Count.atLeast(Math.max(1, minutes.size())),
          hosts.size() == 1 ? hosts.iterator().next() : null,
          ports.size() == 1 ? doors.iterator().next() : null,
          doors.stream().limit(MOST_EXAMPLES).toList(),
          known.gotThrough().stream().sorted().limit(MOST_EXAMPLES).toList(),
          !known.hasRejects() && attempts.stream().noneMatch(group -> group.suspect().isRejected()),
          attempts.isEmpty() ? placeOf(known) : placeOf(attempts),
          sinceOf(since, earliest, isInside),
          latest);
    }

    /// Sources that scan may get something through in payloads without attempts.
    private void judgeOpened(PayloadView payload) {
      for (Map.Entry<IpAddress, List<OpenedFlow>> opened : payload.opened().entrySet()) {
        IpAddress address = opened.getKey();
        if (payload.sources().containsKey(address)) {
          continue; // judged with its attempts
        }
        NavigableSet<Long> minutes = new TreeSet<>();
        opened.getValue().forEach(flow -> minutes.add(payload.minuteOf(flow.minute())));
        Instant earliest = Hours.timeOf(minutes.first());
        Instant latest = Hours.timeOf(minutes.last());
        Episode episode = causes.find(scanKey(address));
        if (episode == null || !episode.covers(earliest, latest)) {
          continue;
        }
        Set<Long> hours = new TreeSet<>(Set.of(Hours.of(episode.first())));
        minutes.forEach(minute -> hours.add(Hours.of(minute)));
        SourceEvidence known =
            Objects.requireNonNull(readSources(Map.of(address, hours), Map.of()).get(address));
        if (!known.gotThrough().isEmpty()) {
          boolean isInside = episode.rank() == Severity.HIGH.rank();
          announceScan(
              address,
              isInside,
              known,
              new ScanRule.Result(true, episode.isGrown(), known.tries(), null),
              List.of(),
              earliest,
              latest,
              false);
        }
      }
    }

    private void judgePending(long nowMinute) {
      Set<String> done = new HashSet<>();
      for (String entry : evidence.board()) {
        String[] parts = entry.split(" ", -1);
        if (!parts[0].equals(PENDING) || Long.parseLong(parts[3]) > nowMinute) {
          continue;
        }
        if (view != null && done.size() == MOST_PENDING) {
          break; // the next payload looks at the others
        }
        done.add(entry);
        IpAddress address = Objects.requireNonNull(IpAddress.find(parts[1]));
        long minute = Long.parseLong(parts[2]);
        SourceEvidence known =
            Objects.requireNonNull(
                readSources(Map.of(address, Set.of(Hours.of(minute))), Map.of()).get(address));
        ScanRule.Result result = scanRule.apply(known.tries(), true, List.of(minute), nowMinute);
        Instant time = Hours.timeOf(minute);
        if (result.isScan() && !causes.rings(scanKey(address), time, time)) {
          scanning.add(address);
          announceScan(address, true, known, result, List.of(), time, time, true);
        } else if (result.dueMinute() != null && result.dueMinute() > nowMinute) {
          evidence.post(
              Set.of(
                  String.join(
                      " ", PENDING, parts[1], parts[2], String.valueOf(result.dueMinute()))));
        }
      }
      if (!done.isEmpty()) {
        evidence.remove(done);
      }
    }

    // Answers.

    private Map<Door, AnswersFound> addAnswers(PayloadView payload) {
      List<EvidenceAddition> additions = new ArrayList<>();
      Map<Door, AnswersFound> found = new LinkedHashMap<>();
      payload
          .answers()
          .forEach(
              (door, groups) -> {
                NavigableSet<Long> minutes = new TreeSet<>();
                groups.forEach(group -> minutes.add(payload.minuteOf(group)));
                AnswersFound answers = new AnswersFound(groups, minutes);
                found.put(door, answers);
                if (causes.rings(answersKey(door), answers.earliest(), answers.latest())) {
                  causes.touch(answersKey(door), answers.earliest(), answers.latest());
                  answers.rings = true;
                  return;
                }
                Map<Long, Addition> byHour = new TreeMap<>();
                for (SuspectGroup group : groups) {
                  Suspect suspect = group.suspect();
                  long minute = payload.minuteOf(group);
                  Addition addition = byHour.computeIfAbsent(Hours.of(minute), _ -> new Addition());
                  addition.add(
                      "answers",
                      Entries.ofAnswer(
                          Objects.requireNonNull(suspect.target()), suspect.port(), minute));
                  if (suspect.isRequestAccepted()) {
                    addition.add("accepted", "\1");
                  }
                  String interfaceId = suspect.place().interfaceId();
                  if (interfaceId != null) {
                    addition.add(SourceEvidence.INTERFACES, latin1(interfaceId));
                  }
                }
                byHour.forEach(
                    (hour, addition) -> additions.add(addition.toItem(ANSWERS, door.key(), hour)));
              });
      if (additions.isEmpty()) {
        return found;
      }
      Map<String, EvidenceItem> added = add(additions);
      found.forEach(
          (door, answers) -> {
            if (!answers.rings) {
              answers.read(door, added, this);
            }
          });
      return found;
    }

    private void judgeAnswers(Door door, AnswersFound answers) {
      if (!answers.isDropped(thresholds) || answers.rings) {
        return;
      }
      String key = answersKey(door);
      announce(
          causes.occasionFor(
              key, Severity.MEDIUM.rank(), false, false, answers.earliest(), answers.latest()),
          false,
          false,
          occasion -> answers.toAlert(key, door, occasion));
    }

    // Blocked connections.

    private void judgeDoors(PayloadView payload, Map<Door, AnswersFound> answers) {
      Map<Door, List<SuspectGroup>> byDoor = new LinkedHashMap<>();
      for (PayloadView.Source source : payload.sources().values()) {
        if (!source.isInside() || scanning.contains(source.address())) {
          continue;
        }
        Set<Door> real = new HashSet<>();
        Objects.requireNonNull(sources.get(source.address()))
            .tries()
            .forEach(each -> real.add(each.door()));
        for (SuspectGroup group : source.attempts()) {
          Door door = PayloadView.doorOf(group);
          Instant time = Hours.timeOf(payload.minuteOf(group));
          if (causes.rings(portKey(door), time, time)) {
            causes.touch(portKey(door), time, time);
          } else if (causes.rings(doorKey(door), time, time)) {
            causes.touch(doorKey(door), time, time);
          } else if (real.contains(door)) {
            byDoor.computeIfAbsent(door, _ -> new ArrayList<>()).add(group);
          }
        }
      }
      byDoor.keySet().removeIf(door -> hasDroppedAnswers(door, answers, byDoor, payload));
      if (byDoor.isEmpty()) {
        return;
      }
      Map<Door, DoorEvidence> doors = addDoors(byDoor, payload);
      Map<String, List<Door>> blockedByPort = new LinkedHashMap<>();
      doors.forEach(
          (door, known) -> {
            if (isBlocked(door, known, byDoor.getOrDefault(door, List.of()), payload)) {
              blockedByPort.computeIfAbsent(portKey(door), _ -> new ArrayList<>()).add(door);
            }
          });
      Map<String, PortEvidence> ports = addPorts(doors);
      blockedByPort.forEach(
          (portKey, blocked) -> {
            PortEvidence port = ports.get(portKey);
            if (port != null && port.doors().size() >= DOORS_OF_PORT) {
              announcePort(portKey, blocked.getFirst(), port, byDoor, doors, payload);
            } else {
              blocked.forEach(
                  door ->
                      announceDoor(
                          door,
                          Objects.requireNonNull(doors.get(door)),
                          Objects.requireNonNull(byDoor.get(door)),
                          payload));
            }
          });
    }

    private boolean hasDroppedAnswers(
        Door door,
        Map<Door, AnswersFound> answers,
        Map<Door, List<SuspectGroup>> byDoor,
        PayloadView payload) {
      AnswersFound found = answers.get(door);
      if (found != null && (found.rings || found.isDropped(thresholds))) {
        return true;
      }
      List<SuspectGroup> groups = byDoor.getOrDefault(door, List.of());
      return groups.stream()
          .map(group -> Hours.timeOf(payload.minuteOf(group)))
          .anyMatch(time -> causes.rings(answersKey(door), time, time));
    }

    private Map<Door, DoorEvidence> addDoors(
        Map<Door, List<SuspectGroup>> byDoor, PayloadView payload) {
      List<EvidenceAddition> additions = new ArrayList<>();
      Map<Door, List<String>> keys = new LinkedHashMap<>();
      byDoor.forEach(
          (door, groups) -> {
            additions.addAll(additionsOf(door, groups, payload));
            Set<Long> hours = new TreeSet<>();
            groups.forEach(group -> hours.add(Hours.of(payload.minuteOf(group))));
            keys.put(door, Hours.around(DOOR, door.key(), hours));
          });
      Map<String, EvidenceItem> items = read(keys.values(), add(additions));
      Map<Door, DoorEvidence> found = new LinkedHashMap<>();
      keys.forEach((door, list) -> found.put(door, new DoorEvidence(list, items)));
      return found;
    }

    private List<EvidenceAddition> additionsOf(
        Door door, List<SuspectGroup> groups, PayloadView payload) {
      Map<Long, Addition> byHour = new TreeMap<>();
      for (SuspectGroup group : groups) {
        long minute = payload.minuteOf(group);
        Addition addition = byHour.computeIfAbsent(Hours.of(minute), _ -> new Addition());
        addition.add("src", Entries.ofSource(group.suspect().source(), minute));
        addition.add("min", Entries.ofMinute(minute));
        String interfaceId = group.suspect().place().interfaceId();
        if (interfaceId != null) {
          addition.add(SourceEvidence.INTERFACES, latin1(interfaceId));
        }
      }
      List<EvidenceAddition> additions = new ArrayList<>();
      byHour.forEach((hour, addition) -> additions.add(addition.toItem(DOOR, door.key(), hour)));
      return additions;
    }

    private boolean isBlocked(
        Door door, DoorEvidence known, List<SuspectGroup> groups, PayloadView payload) {
      NavigableSet<Long> touched = new TreeSet<>();
      boolean isLong = false;
      Set<IpAddress> here = new LinkedHashSet<>();
      for (SuspectGroup group : groups) {
        touched.add(payload.minuteOf(group));
        isLong |= group.suspect().isLongWindow();
        here.add(group.suspect().source());
      }
      int least = thresholds.get(Thresholds.Name.BLOCKED_MINUTES);
      if (known.isBlockedForMany(thresholds.get(Thresholds.Name.BLOCKED_SOURCES), least, touched)) {
        return true;
      }
      for (IpAddress source : here) {
        SourceEvidence sourceEvidence = Objects.requireNonNull(sources.get(source));
        NavigableSet<Long> minutes = sourceEvidence.minutesAt(door);
        boolean isAgain =
            mostInHalfHour(minutes, touched) >= least
                || (isLong
                    && least != Integer.MAX_VALUE
                    && mostInHalfHour(toTens(minutes), toTens(touched)) >= 2);
        if (isAgain || isOften(sourceEvidence, door, touched)) {
          return true;
        }
      }
      return false;
    }

    private boolean isOften(SourceEvidence source, Door door, NavigableSet<Long> touched) {
      long least = thresholds.get(Thresholds.Name.BLOCKED_RECORDS);
      for (long minute : toTens(touched)) {
        long ten = minute / Hours.TEN;
        for (long first = ten - 2; first <= ten; first++) {
          if (source.recordsByDoor(first, first + 2).getOrDefault(door, 0L) >= least) {
            return true;
          }
        }
      }
      return false;
    }

    private Map<String, PortEvidence> addPorts(Map<Door, DoorEvidence> doors) {
      List<EvidenceAddition> additions = new ArrayList<>();
      Map<String, Set<Long>> hours = new LinkedHashMap<>();
      doors.forEach(
          (door, known) -> {
            NavigableSet<Long> minutes = known.minutes();
            if (mostInHalfHour(minutes, minutes) < 2) {
              return;
            }
            long hour = Hours.of(minutes.last());
            Addition addition = new Addition();
            addition.add("doors", Entries.ofDoor(door));
            known.sources().forEach(source -> addition.add("src", Entries.ofAddress(source)));
            known.interfaces().forEach(each -> addition.add(SourceEvidence.INTERFACES, each));
            String name = portName(door);
            additions.add(addition.toItem(PORT, name, hour));
            hours.computeIfAbsent(name, _ -> new TreeSet<>()).add(hour);
          });
      if (additions.isEmpty()) {
        return Map.of();
      }
      Map<String, List<String>> keys = new LinkedHashMap<>();
      hours.forEach((name, set) -> keys.put(name, Hours.around(PORT, name, set)));
      Map<String, EvidenceItem> items = read(keys.values(), add(additions));
      Map<String, PortEvidence> found = new LinkedHashMap<>();
      keys.forEach((name, list) -> found.put(portKey(name), new PortEvidence(list, items)));
      return found;
    }

    private void announcePort(
        String key,
        Door door,
        PortEvidence port,
        Map<Door, List<SuspectGroup>> byDoor,
        Map<Door, DoorEvidence> doors,
        PayloadView payload) {
      List<SuspectGroup> groups = new ArrayList<>();
      NavigableSet<Long> minutes = new TreeSet<>();
      byDoor.forEach(
          (each, list) -> {
            if (portKey(each).equals(key)) {
              groups.addAll(list);
              minutes.addAll(Objects.requireNonNull(doors.get(each)).minutes());
            }
          });
      announceBlocked(
          key,
          door,
          true,
          port.sources(),
          port.doors(),
          port.interfaces(),
          minutes,
          groups,
          payload);
    }

    private void announceDoor(
        Door door, DoorEvidence known, List<SuspectGroup> groups, PayloadView payload) {
      announceBlocked(
          doorKey(door),
          door,
          false,
          known.sources(),
          Set.of(door),
          known.interfaces(),
          known.minutes(),
          groups,
          payload);
    }

    private void announceBlocked(
        String key,
        Door door,
        boolean isPort,
        Set<IpAddress> allSources,
        Set<Door> doors,
        Set<String> interfaces,
        NavigableSet<Long> minutes,
        List<SuspectGroup> groups,
        PayloadView payload) {
      NavigableSet<Long> touched = new TreeSet<>();
      groups.forEach(group -> touched.add(payload.minuteOf(group)));
      Instant earliest = Hours.timeOf(touched.first());
      Instant latest = Hours.timeOf(touched.last());
      Instant since = Hours.timeOf(Math.min(minutes.first(), touched.first()));
      announce(
          causes.occasionFor(key, Severity.MEDIUM.rank(), false, false, earliest, latest),
          false,
          false,
          occasion ->
              new Alert.BlockedConnection(
                  Severity.MEDIUM,
                  key,
                  occasion,
                  door,
                  isPort,
                  allSources.size() == 1 ? allSources.iterator().next() : null,
                  groups.stream()
                      .map(group -> group.suspect().maskedBy())
                      .filter(Objects::nonNull)
                      .findFirst()
                      .orElse(null),
                  allSources.stream().sorted().limit(MOST_EXAMPLES).toList(),
                  Count.atLeast(allSources.size()),
                  isPort ? Count.atLeast(doors.size()) : Count.exactly(1),
                  doors.stream().sorted().limit(MOST_EXAMPLES).toList(),
                  Count.atLeast(Math.max(1, interfaces.size())),
                  Count.atLeast(minutes.size()),
                  Count.atLeast(groups.stream().mapToLong(SuspectGroup::records).sum()),
                  groups.stream()
                      .anyMatch(
                          group -> group.suspect().isEgress() && group.suspect().isRejected()),
                  groups.stream().noneMatch(group -> group.suspect().isRejected()),
                  placeOf(groups),
                  since,
                  latest));
    }

    // Rejects.

    private void judgeRejects(PayloadView.Source source) {
      IpAddress address = source.address();
      String key = rejectsKey(address);
      if (scanning.contains(address)) {
        return;
      }
      if (causes.rings(key, source.earliest(), source.latest())) {
        causes.touch(key, source.earliest(), source.latest());
        return;
      }
      SourceEvidence known = Objects.requireNonNull(sources.get(address));
      Set<Door> tried = new HashSet<>();
      known.tries().forEach(each -> tried.add(each.door()));
      for (long minute : toTens(source.minutes())) {
        long last = minute / Hours.TEN;
        for (long first = last - 5; first <= last; first++) {
          Map<Door, Long> byDoor = known.recordsByDoor(first, first + 5);
          byDoor.keySet().removeIf(door -> !tried.contains(door) || isExplained(door, source));
          if (isRejectedOften(byDoor, source.isInside())) {
            announceRejects(key, source, known, byDoor);
            return;
          }
        }
      }
    }

    private boolean isExplained(Door door, PayloadView.Source source) {
      return source.isInside()
          && (isBlockedDoor(door, source.earliest(), source.latest())
              || isAnnounced(doorKey(door))
              || isAnnounced(portKey(door)));
    }

    private boolean isRejectedOften(Map<Door, Long> byDoor, boolean isInside) {
      long least = thresholds.get(Thresholds.Name.REJECTS);
      if (isInside) {
        return byDoor.values().stream().mapToLong(Long::longValue).sum() >= least;
      }
      Map<IpAddress, Long> byHost = new HashMap<>();
      byDoor.forEach((door, records) -> byHost.merge(door.address(), records, Long::sum));
      return byHost.values().stream().anyMatch(records -> records >= least);
    }

    private void announceRejects(
        String key, PayloadView.Source source, SourceEvidence known, Map<Door, Long> byDoor) {
      Set<IpAddress> hosts = new TreeSet<>();
      Set<Integer> ports = new HashSet<>();
      byDoor
          .keySet()
          .forEach(
              door -> {
                hosts.add(door.address());
                ports.add(door.port());
              });
      NavigableSet<Long> minutes = new TreeSet<>(source.minutes());
      known.tries().forEach(each -> minutes.add(each.minute()));
      announce(
          causes.occasionFor(
              key, Severity.LOW.rank(), false, false, source.earliest(), source.latest()),
          false,
          false,
          occasion ->
              new Alert.Rejects(
                  Severity.LOW,
                  key,
                  occasion,
                  source.address(),
                  source.isInside(),
                  known.maskedBy(),
                  hosts.size() == 1 ? hosts.iterator().next() : null,
                  Count.atLeast(hosts.size()),
                  Count.atLeast(ports.size()),
                  Count.atLeast(byDoor.values().stream().mapToLong(Long::longValue).sum()),
                  byDoor.keySet().stream().sorted().limit(MOST_EXAMPLES).toList(),
                  placeOf(source.attempts()),
                  sinceOf(Hours.timeOf(minutes.first()), source.earliest(), source.isInside()),
                  source.latest()));
    }

    // Log groups.

    private void judgeGroup(FlowSummary summary, PayloadView payload, String payloadId) {
      String name = summary.origin().logGroup();
      judgeGroup(
          Rule.UNREADABLE_RECORDS,
          Thresholds.Name.UNREADABLE_RECORDS,
          Severity.MEDIUM,
          Metric.UNREADABLE_RECORDS,
          name,
          summary,
          payload,
          payloadId);
      judgeGroup(
          Rule.SKIPPED_WINDOWS,
          Thresholds.Name.SKIPPED_WINDOWS,
          Severity.LOW,
          Metric.SKIPPED_WINDOWS,
          name,
          summary,
          payload,
          payloadId);
    }

    private void judgeGroup(
        Rule rule,
        Thresholds.Name threshold,
        Severity severity,
        Metric metric,
        String name,
        FlowSummary summary,
        PayloadView payload,
        String payloadId) {
      long records = summary.total(metric);
      int least = thresholds.get(threshold);
      if (records == 0 || least == Integer.MAX_VALUE) {
        return;
      }
      Instant time = payload.now();
      String key = rule.key() + "|" + name;
      if (causes.rings(key, time, time)) {
        causes.touch(key, time, time);
        return;
      }
      Addition addition = new Addition();
      for (int i = 0; i < Math.min(records, least); i++) {
        addition.add(rule.key(), latin1(payloadId) + (char) (i & 0xff) + (char) (i >>> 8 & 0xff));
      }
      long hour = Hours.of(time);
      List<String> keys = Hours.around(GROUP, name, List.of(hour));
      Map<String, EvidenceItem> items =
          read(List.of(keys), add(List.of(addition.toItem(GROUP, name, hour))));
      Set<String> ids = new HashSet<>();
      Hours.forEach(keys, items, (_, item) -> ids.addAll(item.set(rule.key())));
      if (ids.size() < least) {
        return;
      }
      announce(
          causes.occasionFor(key, severity.rank(), false, false, time, time),
          false,
          false,
          occasion ->
              new Alert.LogGroup(
                  rule,
                  severity,
                  key,
                  occasion,
                  name.isEmpty() ? summary.origin().name() : name,
                  Count.atLeast(Math.max(records, ids.size())),
                  rule == Rule.UNREADABLE_RECORDS
                      ? summary.faults().keySet().stream()
                          .map(fault -> fault.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                          .toList()
                      : List.of(),
                  summary.skippedAt(),
                  time,
                  time));
    }
  }

  /// Returns the most minutes of half an hour that has one of the touched minutes.
  private static int mostInHalfHour(NavigableSet<Long> minutes, NavigableSet<Long> touched) {
    int most = 0;
    for (long start : minutes) {
      Long inWindow = touched.ceiling(start);
      if (inWindow != null && inWindow < start + Hours.HALF) {
        most = Math.max(most, minutes.subSet(start, start + Hours.HALF).size());
      }
    }
    return most;
  }

  /// Returns the first minutes of the ten minutes that these are in.
  private static NavigableSet<Long> toTens(Collection<Long> minutes) {
    NavigableSet<Long> tens = new TreeSet<>();
    minutes.forEach(minute -> tens.add(Math.floorDiv(minute, Hours.TEN) * Hours.TEN));
    return tens;
  }

  /// Returns when a cause began. For a source outside, remembered times are the first minutes of
  /// ten: the payload's own times are more exact.
  private static Instant sinceOf(Instant remembered, Instant earliest, boolean isInside) {
    boolean isSameTen = !isInside && earliest.isBefore(remembered.plusSeconds(Hours.TEN * 60L));
    return isSameTen || remembered.isAfter(earliest) ? earliest : remembered;
  }

  private static Place placeOf(SourceEvidence known) {
    String interfaceId = known.interfaces().stream().sorted().findFirst().orElse(null);
    return new Place(interfaceId, null, null, null, null, null);
  }

  private static Place placeOf(List<SuspectGroup> groups) {
    return groups.isEmpty() ? NOWHERE : groups.getFirst().suspect().place();
  }

  private static String scanKey(IpAddress source) {
    return "scan|" + source;
  }

  private static String rejectsKey(IpAddress source) {
    return "rejects|" + source;
  }

  private static String doorKey(Door door) {
    return "blocked|door|" + door.key();
  }

  private static String portKey(Door door) {
    return portKey(portName(door));
  }

  private static String portKey(String portName) {
    return "blocked|port|" + portName;
  }

  private static String portName(Door door) {
    return door.protocol() + "|" + door.port();
  }

  private static String answersKey(Door door) {
    return "answers|" + door.key();
  }

  /// Binary entries have a character for each byte.
  private static String latin1(String text) {
    StringBuilder entry = new StringBuilder(text.length());
    for (int i = 0; i < text.length() && i < 64; i++) {
      entry.append((char) (text.charAt(i) & 0xff));
    }
    return entry.toString();
  }

  /// Joins additions to the same item.
  private static List<EvidenceAddition> merged(List<EvidenceAddition> additions) {
    Map<String, EvidenceAddition> byKey = new LinkedHashMap<>();
    for (EvidenceAddition each : additions) {
      byKey.merge(
          each.key(),
          each,
          (one, other) ->
              new EvidenceAddition(one.key(), one.item().plus(other.item()), one.expires()));
    }
    return List.copyOf(byKey.values());
  }

  /// The rejected answers of one server's door: in this payload, and all that is remembered.
  private static final class AnswersFound {
    private final List<SuspectGroup> groups;
    private final NavigableSet<Long> touched;
    private final Set<Answer> answers = new HashSet<>();
    private final Set<String> interfaces = new HashSet<>();
    private boolean isRequestAccepted;
    private boolean rings;

    AnswersFound(List<SuspectGroup> groups, NavigableSet<Long> touched) {
      this.groups = groups;
      this.touched = touched;
    }

    Instant earliest() {
      return Hours.timeOf(touched.first());
    }

    Instant latest() {
      return Hours.timeOf(touched.last());
    }

    void read(Door door, Map<String, EvidenceItem> added, Payload payload) {
      List<String> keys =
          Hours.around(
              ANSWERS,
              door.key(),
              touched.stream().map(Hours::of).collect(Collectors.toCollection(TreeSet::new)));
      Hours.forEach(
          keys,
          payload.read(List.of(keys), added),
          (hour, item) -> {
            item.set("answers").forEach(entry -> answers.add(Entries.toAnswer(entry, hour)));
            isRequestAccepted |= !item.set("accepted").isEmpty();
            interfaces.addAll(item.set(SourceEvidence.INTERFACES));
          });
    }

    boolean isDropped(Thresholds thresholds) {
      int least = thresholds.get(Thresholds.Name.DROPPED_ANSWERS);
      TreeMap<Long, Integer> byMinute = new TreeMap<>();
      answers.forEach(each -> byMinute.merge(each.minute(), 1, Integer::sum));
      for (long start : byMinute.navigableKeySet()) {
        Long inWindow = touched.ceiling(start);
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

    Alert.AnswersDropped toAlert(String key, Door door, Occasion occasion) {
      Set<IpAddress> clients = new TreeSet<>();
      NavigableSet<Long> minutes = new TreeSet<>(touched);
      answers.forEach(
          each -> {
            clients.add(each.client());
            minutes.add(each.minute());
          });
      return new Alert.AnswersDropped(
          Severity.MEDIUM,
          key,
          occasion,
          door,
          Count.atLeast(clients.size()),
          clients.stream().limit(MOST_EXAMPLES).toList(),
          Count.atLeast(answers.size()),
          Count.atLeast(minutes.size()),
          Count.atLeast(Math.max(1, interfaces.size())),
          isRequestAccepted,
          groups.stream().anyMatch(group -> group.suspect().isEgress()),
          placeOf(groups),
          Hours.timeOf(minutes.first()),
          latest());
    }
  }
}
