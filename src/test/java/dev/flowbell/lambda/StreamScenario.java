package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.generator.StreamPayload;
import dev.flowbell.testing.mapping.DataStream;
import dev.flowbell.testing.mapping.LambdaFunction;
import dev.flowbell.testing.mapping.StreamMapping;
import dev.flowbell.testing.mapping.StreamMapping.Settings;
import dev.flowbell.testing.mapping.VirtualClock;
import dev.flowbell.testing.network.FaultProxy.Call;
import dev.flowbell.testing.network.FaultProxy.Fault;
import dev.flowbell.testing.network.MetricRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A stream, its mapping and what goes wrong between both and AWS, the same for the same seed:
/// batches of any size, faults at any request, batches that are split, a mapping that starts again
/// from an older checkpoint, and shards that are split and merged.
///
/// Each payload has minutes of its own, so that what was counted can be told from the others'.
final class StreamScenario {
  private static final String STREAM = "flow-logs";
  private static final int LARGE_MINUTES = 150; // two requests
  private static final int SCANNED_PORTS = 20;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  private final Random random;
  private final Faults faults;
  private final LambdaFunction function;
  private final VirtualClock clock = new VirtualClock(Instant.now());
  private final DataStream stream;
  private final StreamMapping mapping;
  private final List<Payload> payloads = new ArrayList<>();
  private final List<Map<String, String>> checkpoints = new ArrayList<>();

  /// Behind the last change of the shards. Nobody knows a repeat in another shard.
  private int firstOfShards;

  private Instant nextMinute =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofDays(12));
  private volatile boolean isFaulty = true;

  /// What goes wrong with requests.
  enum Faults {
    /// They are refused, so that nobody doubts that they did nothing.
    REFUSED,
    /// They are refused, or their connections end, before or after they get through.
    CUT
  }

  /// One payload.
  ///
  /// @param minutes those of its records, each of which has the same number; none if it has no
  ///   records of its own
  /// @param source the source that scans, `null` without one
  /// @param isRepeat whether another payload is the same
  private record Payload(
      StreamPayload payload,
      List<Instant> minutes,
      int recordsOfMinute,
      @Nullable String source,
      boolean isRepeat) {}

  /// What the function did.
  ///
  /// @param requests its accepted `PutMetricData`
  /// @param notifications texts of all notifications
  /// @param failures the messages in the failure queue
  record Results(List<MetricRequest> requests, List<String> notifications, List<String> failures) {}

  StreamScenario(long seed, Faults faults, LambdaFunction function) {
    random = new Random(seed);
    this.faults = faults;
    this.function = function;
    stream = new DataStream(STREAM, 2, Duration.ofHours(24), clock, random);
    mapping =
        new StreamMapping(
            stream,
            clock,
            Settings.DEFAULTS,
            this.function,
            discarded -> {
              throw new AssertionError("discarded: " + discarded);
            });
  }

  /// Decides what becomes of a request, see [dev.flowbell.testing.network.FaultProxy#use]. Messages
  /// to the failure queue are cut before they get through.
  Fault faultOf(Call call) {
    int dice;
    synchronized (random) {
      dice = isFaulty ? random.nextInt(100) : 100;
    }
    if (call.operation().equals("SendMessage")) {
      return dice < 10 ? new Fault.CutBefore(() -> {}) : Fault.NONE;
    }
    if (dice < 6 || (dice < 18 && faults == Faults.REFUSED)) {
      return call.service().equals("dynamodb")
          ? Fault.NONE
          : new Fault.Answer(400, "InvalidParameterValue", "made");
    } else if (dice < 12) {
      return new Fault.CutBefore(() -> {});
    } else if (dice < 18) {
      return new Fault.CutAfter(() -> {});
    }
    return Fault.NONE;
  }

  /// Writes payloads and lets the mapping read them, with faults; then lets it read the rest,
  /// without.
  void run(int rounds) {
    for (int i = 0; i < rounds; i++) {
      putSome(next(12));
      mapping.update(Settings.DEFAULTS.withBatchSize(1 + next(25)).withBisect(next(2) == 0));
      int polls = next(4);
      for (int j = 0; j < polls; j++) {
        mapping.poll();
        clock.advance(LONGEST_PAUSE.multipliedBy(next(100)).dividedBy(100));
      }
      checkpoints.add(mapping.checkpoints());
      if (next(8) == 0) {
        mapping.restart(checkpoints.get(next(checkpoints.size())));
      }
      if (next(8) == 0) {
        reshard();
      }
    }
    isFaulty = false;
    mapping.run();
  }

  private int next(int bound) {
    synchronized (random) {
      return random.nextInt(bound);
    }
  }

  private void reshard() {
    List<String> open = stream.openShardIds();
    if (open.size() > 2) {
      int lower = next(open.size() - 1);
      stream.merge(open.get(lower), open.get(lower + 1));
    } else {
      stream.split(open.get(next(open.size())));
    }
    firstOfShards = payloads.size();
  }

  private void putSome(int count) {
    for (int i = 0; i < count; i++) {
      Payload payload = newPayload(payloads.size());
      payloads.add(payload);
      stream.put(payload.payload().partitionKey(), payload.payload().data());
    }
  }

  private Payload newPayload(int number) {
    String interfaceId = "eni-%08d".formatted(number);
    int dice = next(100);
    if (dice < 6) {
      String source = "10.1.%d.%d".formatted(100 + number / 100, 100 + number % 100);
      return records(interfaceId, newMinutes(1), SCANNED_PORTS, source);
    } else if (dice < 9) {
      return records(interfaceId, newMinutes(LARGE_MINUTES), 1, null);
    } else if (dice < 17 && number > firstOfShards) {
      int first = Math.max(firstOfShards, number - 20);
      StreamPayload repeated = payloads.get(first + next(number - first)).payload();
      return new Payload(
          repeated.kind() == StreamPayload.Kind.LOG_EVENTS
              ? repeated
              : StreamPayload.controlMessage(interfaceId),
          List.of(),
          0,
          null,
          repeated.kind() == StreamPayload.Kind.LOG_EVENTS);
    } else if (dice < 21) {
      return new Payload(StreamPayload.controlMessage(interfaceId), List.of(), 0, null, false);
    } else if (dice < 30) {
      synchronized (random) {
        return new Payload(
            StreamPayload.poison(random, interfaceId, "number " + number),
            List.of(),
            0,
            null,
            false);
      }
    }
    return records(interfaceId, newMinutes(1), 1 + number % 4, null);
  }

  private List<Instant> newMinutes(int count) {
    List<Instant> minutes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      minutes.add(nextMinute);
      nextMinute = nextMinute.plusSeconds(60);
    }
    return minutes;
  }

  private static Payload records(
      String interfaceId, List<Instant> minutes, int ofMinute, @Nullable String source) {
    List<LogEvent> events = new ArrayList<>();
    for (Instant minute : minutes) {
      for (int port = 1; port <= ofMinute; port++) {
        events.add(
            new LogEvent(
                interfaceId + "-" + events.size(),
                minute.toEpochMilli(),
                "2 123456789010 %s %s 10.0.2.98 40001 %d 6 1 60 %d %d %s OK"
                    .formatted(
                        interfaceId,
                        source == null ? "10.0.1.5" : source,
                        port,
                        minute.getEpochSecond(),
                        minute.getEpochSecond(),
                        source == null ? "ACCEPT" : "REJECT")));
      }
    }
    return new Payload(
        StreamPayload.of(SubscriptionMessage.ofEvents(interfaceId, events)),
        minutes,
        ofMinute,
        source,
        false);
  }

  /// Each payload is counted, each source told and each payload that can't be read kept, once. What
  /// comes twice is no more than `PossibleDuplicates` says, and that is nothing where requests were
  /// only refused.
  void check(Results results) {
    Map<Instant, Double> records = MetricRequest.sums(results.requests(), "Records");
    long possibleDuplicates = MetricRequest.total(results.requests(), "PossibleDuplicates");
    int toldAgain = 0;
    for (Payload each : payloads) {
      for (Instant minute : each.minutes()) {
        assertThat(records.getOrDefault(minute, 0.0) / each.recordsOfMinute())
            .as("%s of %s", minute, each.payload().partitionKey())
            .isIn(faults == Faults.REFUSED ? List.of(1.0) : List.of(1.0, 2.0, 3.0, 4.0));
      }
      String source = each.source();
      if (source != null) {
        long told = results.notifications().stream().filter(text -> text.contains(source)).count();
        assertThat(told).as(source).isPositive();
        toldAgain += (int) told - 1;
      }
    }
    int countedAgain = countRepeats(results.requests());
    assertThat((long) countedAgain + toldAgain)
        .as("requests and notifications that repeat others")
        .isBetween(0L, possibleDuplicates);
    if (faults == Faults.REFUSED) {
      assertThat(possibleDuplicates).isZero();
      assertThat(MetricRequest.total(results.requests(), "ControlMessages"))
          .isEqualTo(count(StreamPayload.Kind.CONTROL_MESSAGE));
    }
    assertThat(MetricRequest.total(results.requests(), "DuplicateBatches"))
        .isGreaterThanOrEqualTo(payloads.stream().filter(Payload::isRepeat).count());
    checkFailures(results.failures());
  }

  private long count(StreamPayload.Kind kind) {
    return payloads.stream().filter(each -> each.payload().kind() == kind).count();
  }

  /// Returns how many requests have a minute of flows that was in a request before.
  private int countRepeats(List<MetricRequest> requests) {
    Set<Instant> counted = new HashSet<>();
    int repeats = 0;
    for (MetricRequest request : requests) {
      List<Instant> minutes =
          request.data().stream()
              .filter(each -> each.metric().equals("Records") && each.dimensions().isEmpty())
              .map(MetricRequest.Datum::minute)
              .toList();
      repeats += minutes.stream().anyMatch(counted::contains) ? 1 : 0;
      counted.addAll(minutes);
    }
    return repeats;
  }

  private void checkFailures(List<String> failures) {
    List<String> poison =
        payloads.stream()
            .filter(each -> each.payload().kind() == StreamPayload.Kind.POISON)
            .map(each -> each.payload().toSubscriptionEvent())
            .toList();
    for (String event : poison) {
      assertThat(failures.stream().filter(message -> message.contains(event)))
          .as("in the failure queue")
          .hasSizeBetween(1, faults == Faults.REFUSED ? 1 : Integer.MAX_VALUE);
    }
    assertThat(failures).allMatch(message -> poison.stream().anyMatch(message::contains));
  }
}
