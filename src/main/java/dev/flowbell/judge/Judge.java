package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.ledger.Evidence;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SuspectGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// Decides which causes are worth a notification, from the evidence of all payloads so far.
///
/// All of a payload's evidence is added before anything is decided, and everything is keyed by flow
/// time. So what is sent depends on what happened, not on how it was cut, ordered or repeated. A
/// record counts for the first [Rule] that explains it.
public final class Judge {
  /// Later than any flow: whatever waits has waited long enough.
  private static final long END_OF_TIME = Long.MAX_VALUE / 120;

  private final AlertPolicy policy;
  private final Supplier<Quiet> quiet;

  /// Creates a judge who knows no prefix lists.
  public Judge(AlertPolicy policy) {
    this(policy, policy::quiet);
  }

  /// Creates a judge.
  ///
  /// @param quiet returns what is quiet now, in place of the policy's: with prefix lists looked up
  public Judge(AlertPolicy policy, Supplier<Quiet> quiet) {
    this.policy = policy;
    this.quiet = quiet;
  }

  /// Returns the sources that scan, as far as the board says: what they get through is evidence.
  public Set<IpAddress> watched(Evidence evidence) {
    return ScanRule.scanningSources(evidence);
  }

  /// Judges a payload, or a batch or a file as one payload, and adds its evidence to what is
  /// remembered. What it may write and read grows with its payloads.
  ///
  /// @param summary of all its payloads
  /// @param payloadId the same whenever the payload or the batch is repeated
  /// @param payloads how many they are, at least 1
  /// @return the alerts to send, the most important first
  public Judgement judge(FlowSummary summary, String payloadId, int payloads, Evidence evidence) {
    evidence.widenTo(payloads);
    PayloadView payload = new PayloadView(summary);
    if (evidence.isBounded()) {
      payload.forgetWeather(watched(evidence));
    }
    long nowMinute = Math.floorDiv(payload.now().getEpochSecond(), 60L);
    Judging judging = newJudging(payloadId, payloads, evidence);
    judging.causes().load(keysOf(payload));
    TriedSources sources = new TriedSources(payload, judging);
    ScanRule scans = new ScanRule(judging, evidence);
    AnswersDroppedRule answers = new AnswersDroppedRule(judging, payload);
    BlockedConnectionRule doors = new BlockedConnectionRule(judging, payload, sources);

    sources.add(doors.busyDoors());
    answers.add();

    scans.judge(sources, nowMinute);
    scans.judgeOpened(payload);
    scans.judgePending(sources, nowMinute);
    answers.judge();
    doors.judge(answers);
    new RejectsRule(judging, sources).judge();
    new LogGroupRule(judging, summary, payload.now()).judge();
    return judging.announcements().toJudgement(quiet, judging.causes().extendTouched());
  }

  /// Judges everything that still waits for more evidence. Nothing follows.
  public Judgement finish(Evidence evidence) {
    Judging judging = newJudging("", 1, evidence);
    new ScanRule(judging, evidence).judgePending(null, END_OF_TIME);
    return judging.announcements().toJudgement(quiet, 0);
  }

  private Judging newJudging(String payloadId, int payloads, Evidence evidence) {
    Causes causes = new Causes(evidence, payloadId);
    return new Judging(
        payloadId,
        payloads,
        policy.thresholds(),
        new EvidenceStore(evidence),
        causes,
        new Announcements(causes));
  }

  /// Returns the keys of all causes that the payload may be about, so that they are read at once.
  /// Sources inside come first, then servers, then the sources outside with the most doors.
  private static List<String> keysOf(PayloadView payload) {
    List<String> keys = new ArrayList<>();
    List<PayloadView.Source> outside = new ArrayList<>();
    for (PayloadView.Source source : payload.sources().values()) {
      if (!source.isInside()) {
        outside.add(source);
        continue;
      }
      keys.add(source.scanKey());
      keys.add(source.rejectsKey());
      for (SuspectGroup group : source.attempts()) {
        Door door = PayloadView.doorOf(group);
        keys.add(CauseKeys.ofDoor(door));
        keys.add(CauseKeys.ofPort(door));
      }
    }
    payload.answers().keySet().forEach(door -> keys.add(CauseKeys.ofAnswers(door)));
    outside.sort(Comparator.comparingInt(source -> -source.doors().size()));
    for (PayloadView.Source source : outside) {
      keys.add(source.scanKey());
      keys.add(source.rejectsKey());
    }
    return keys;
  }
}
