package dev.flowbell.lambda;

import dev.flowbell.lambda.NumberedPayloads.Kind;
import dev.flowbell.lambda.NumberedPayloads.Payload;
import dev.flowbell.lambda.NumberedPayloads.Results;
import dev.flowbell.testing.mapping.DataStream;
import dev.flowbell.testing.mapping.LambdaFunction;
import dev.flowbell.testing.mapping.StreamMapping;
import dev.flowbell.testing.mapping.StreamMapping.Settings;
import dev.flowbell.testing.mapping.VirtualClock;
import dev.flowbell.testing.network.FaultProxy.Call;
import dev.flowbell.testing.network.FaultProxy.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A stream, its mapping and what goes wrong between both and AWS, the same for the same seed:
/// batches of any size, faults at any request, batches that are split, a mapping that starts again
/// from an older checkpoint, and shards that are split and merged.
final class StreamScenario {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  private final Faults faults;
  private final Random random;
  private final Random randomFaults;
  private final VirtualClock clock = new VirtualClock(Instant.now());
  private final DataStream stream;
  private final StreamMapping mapping;
  private final NumberedPayloads generator = new NumberedPayloads();
  private final List<Payload> payloads = new ArrayList<>();
  private final List<Map<String, String>> checkpoints = new ArrayList<>();

  /// The first payload since the shards changed. Nobody knows a repeat in another shard.
  private int firstOfShards;

  private volatile boolean isFaulty = true;

  /// What goes wrong with requests.
  enum Faults {
    /// CloudWatch and SNS refuse them, so that nobody doubts that they did nothing.
    REFUSED,
    /// They are refused, or their connections end, before or after they get through.
    CUT
  }

  /// @param stream its name
  StreamScenario(long seed, Faults faults, String stream, LambdaFunction function) {
    this.faults = faults;
    random = new Random(seed);
    randomFaults = new Random(~seed); // the requests of one payload may come side by side
    this.stream = new DataStream(stream, 2, Duration.ofHours(24), clock, random);
    mapping =
        new StreamMapping(
            this.stream,
            clock,
            Settings.DEFAULTS,
            function,
            discarded -> {
              throw new AssertionError("discarded: " + discarded);
            });
  }

  /// Decides what becomes of a request, see [dev.flowbell.testing.network.FaultProxy#use]. Messages
  /// to the failure queue are cut before they get through, so that each is there once.
  synchronized Fault faultOf(Call call) {
    int dice = isFaulty ? randomFaults.nextInt(100) : 100;
    boolean isRefused = dice < 6 || faults == Faults.REFUSED;
    if (call.operation().equals("SendMessage")) {
      return dice < 10 ? new Fault.CutBefore(() -> {}) : Fault.NONE;
    } else if (dice >= 18 || (isRefused && call.service().equals("dynamodb"))) {
      return Fault.NONE;
    } else if (isRefused) {
      return new Fault.Answer(400, "InvalidParameterValue", "made");
    }
    return dice < 12 ? new Fault.CutBefore(() -> {}) : new Fault.CutAfter(() -> {});
  }

  /// Writes payloads and lets the mapping read them, with faults; then lets it read the rest,
  /// without.
  void run(int rounds) {
    for (int i = 0; i < rounds; i++) {
      putSome(random.nextInt(12));
      mapping.update(
          Settings.DEFAULTS.withBatchSize(1 + random.nextInt(25)).withBisect(random.nextBoolean()));
      for (int polls = random.nextInt(4); polls > 0; polls--) {
        mapping.poll();
        clock.advance(LONGEST_PAUSE.multipliedBy(random.nextInt(100)).dividedBy(100));
      }
      checkpoints.add(mapping.checkpoints());
      if (random.nextInt(8) == 0) {
        mapping.restart(checkpoints.get(random.nextInt(checkpoints.size())));
      }
      if (random.nextInt(8) == 0) {
        reshard();
      }
    }
    isFaulty = false;
    mapping.run();
  }

  private void reshard() {
    List<String> open = stream.openShardIds();
    if (open.size() > 2) {
      int lower = random.nextInt(open.size() - 1);
      stream.merge(open.get(lower), open.get(lower + 1));
    } else {
      stream.split(open.get(random.nextInt(open.size())));
    }
    firstOfShards = payloads.size();
  }

  private void putSome(int count) {
    for (int i = 0; i < count; i++) {
      Payload payload = newPayload();
      payloads.add(payload);
      stream.put(payload.content().partitionKey(), payload.content().data());
    }
  }

  private Payload newPayload() {
    int dice = random.nextInt(100);
    List<Payload> repeatable =
        payloads.subList(Math.max(firstOfShards, payloads.size() - 20), payloads.size()).stream()
            .filter(each -> !each.minutes().isEmpty())
            .toList();
    if (dice < 10 && !repeatable.isEmpty()) {
      return repeatable.get(random.nextInt(repeatable.size())).repeated();
    }
    Kind kind = Kind.QUIET;
    if (dice < 16) {
      kind = Kind.SCAN;
    } else if (dice < 19) {
      // If one of two requests is refused and the batch is split, what was accepted comes again.
      kind = faults == Faults.CUT ? Kind.LARGE : Kind.QUIET;
    } else if (dice < 24) {
      kind = Kind.CONTROL_MESSAGE;
    } else if (dice < 32) {
      kind = Kind.POISON;
    }
    return generator.next(kind);
  }

  /// Nothing comes twice where requests were only refused.
  void check(Results results) {
    System.out.printf(
        "%s %s: %d payloads, %d possible duplicates%n",
        stream.arn(), faults, payloads.size(), results.total("PossibleDuplicates"));
    NumberedPayloads.check(faults.toString(), payloads, results, faults == Faults.REFUSED);
  }
}
