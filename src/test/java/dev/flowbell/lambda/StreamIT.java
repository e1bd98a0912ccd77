package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.lambda.NumberedPayloads.Kind;
import dev.flowbell.lambda.NumberedPayloads.Payload;
import dev.flowbell.lambda.NumberedPayloads.Results;
import dev.flowbell.ledger.BatchClaimedException;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.mapping.DataStream;
import dev.flowbell.testing.mapping.LambdaFunction;
import dev.flowbell.testing.mapping.StreamMapping;
import dev.flowbell.testing.mapping.StreamMapping.Settings;
import dev.flowbell.testing.mapping.VirtualClock;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Call;
import dev.flowbell.testing.network.FaultProxy.Fault;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.process.Invocation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Batches of a stream with a ledger in a real table, and faults at its requests too. CloudWatch,
/// SNS and SQS are an endpoint that keeps each request.
///
/// `-Dflowbell.streamSeeds=200` tries more seeds than every run does.
@ExtendWith(AwsEndpointExtension.class)
final class StreamIT {
  private static final int ROUNDS = 20;
  private static final String LEDGER_PROPERTY = "aws.endpointUrlDynamoDb";

  private final AwsEndpoint real;
  private final LedgerTable table;
  private final VirtualClock clock = new VirtualClock(Instant.now());
  private final NumberedPayloads generator = new NumberedPayloads();
  private LoopbackAws aws;
  private FaultProxy proxy;
  private FaultProxy ledgerProxy;
  private int streams;

  StreamIT(AwsEndpoint real) {
    this.real = real;
    table = LedgerTable.make(real);
  }

  @BeforeEach
  void start() throws Exception {
    aws = LoopbackAws.startForOthers();
    proxy = FaultProxy.start(aws.url());
    ledgerProxy = FaultProxy.start(real.uri());
  }

  @AfterEach
  void stop() throws Exception {
    ledgerProxy.close();
    proxy.close();
    aws.close();
  }

  static LongStream seeds() {
    return LongStream.range(0, Integer.getInteger("flowbell.streamSeeds", 6));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void faultsAtAnyRequest(long seed) {
    Random random = new Random(seed);
    List<FlowLogsHandler> environments = List.of(newHandler(), newHandler());
    StreamScenario scenario =
        new StreamScenario(
            seed,
            StreamScenario.Faults.CUT,
            table.name() + "-" + seed,
            event -> invoke(environments.get(random.nextInt(environments.size())), event));
    use(scenario::faultOf);

    scenario.run(ROUNDS);

    scenario.check(results());
  }

  /// What the mapping sends after a fault.
  private enum Then {
    THE_SAME {
      @Override
      Settings settings() {
        return Settings.DEFAULTS;
      }
    },
    HALVES {
      @Override
      Settings settings() {
        return Settings.DEFAULTS.withBisect(true);
      }
    },
    /// With records that came since; and from the first record.
    MORE {
      @Override
      Settings settings() {
        return Settings.DEFAULTS;
      }
    };

    abstract Settings settings();
  }

  /// Before and after each request that a batch makes, once.
  @ParameterizedTest
  @EnumSource
  void faultAtEachRequest(Then then) {
    List<Call> calls = faultAt(-1, Fault.NONE, then).calls();
    assertThat(calls)
        .extracting(Call::operation)
        .contains("UpdateItem", "BatchGetItem", "PutMetricData", "Publish", "SendMessage");

    for (int i = 0; i < calls.size(); i++) {
      for (Fault fault : List.of(new Fault.CutBefore(() -> {}), new Fault.CutAfter(() -> {}))) {
        Case done = faultAt(i, fault, then);
        String name = "%d %s %s".formatted(i, calls.get(i).operation(), fault);
        NumberedPayloads.check(name, done.payloads(), done.results(), false);
      }
    }
  }

  /// What became of a batch.
  ///
  /// @param calls the requests of its first invocation
  private record Case(List<Call> calls, List<Payload> payloads, Results results) {}

  /// Sends a batch of a stream of its own, with a fault at one of its requests.
  private Case faultAt(int index, Fault fault, Then then) {
    List<Call> calls = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger count = new AtomicInteger();
    use(
        call -> {
          calls.add(call);
          return count.getAndIncrement() == index ? fault : Fault.NONE;
        });
    Results before = results();
    DataStream stream = newStream();
    StreamMapping mapping =
        newMapping(stream, then.settings(), event -> invoke(newHandler(), event));
    List<Payload> payloads =
        new ArrayList<>(
            put(stream, Kind.QUIET, Kind.SCAN, Kind.POISON, Kind.CONTROL_MESSAGE, Kind.QUIET));

    mapping.poll();
    List<Call> first = List.copyOf(calls);
    if (then == Then.MORE) {
      payloads.addAll(put(stream, Kind.QUIET, Kind.SCAN));
      mapping.restart(Map.of());
    }
    mapping.run();

    return new Case(first, payloads, since(before));
  }

  private List<Payload> put(DataStream stream, Kind... kinds) {
    List<Payload> payloads = new ArrayList<>();
    for (Kind kind : kinds) {
      Payload payload = generator.next(kind);
      payloads.add(payload);
      stream.put(payload.content().partitionKey(), payload.content().data());
    }
    return payloads;
  }

  private Results results() {
    return new Results(
        aws.metricRequests(),
        aws.notifications().stream().map(each -> each.get("Message")).toList(),
        aws.sentMessages());
  }

  private Results since(Results before) {
    Results all = results();
    return new Results(
        tail(all.requests(), before.requests().size()),
        tail(all.notifications(), before.notifications().size()),
        tail(all.failures(), before.failures().size()));
  }

  private static <T> List<T> tail(List<T> all, int begin) {
    return all.subList(begin, all.size());
  }

  /// While one invocation delivers a shard's batch, another one gets the same batch: it gives way,
  /// and finds nothing to do when it comes again.
  @Test
  void sameBatchTwiceAtATime() {
    DataStream stream = newStream();
    List<Payload> payloads = put(stream, Kind.QUIET, Kind.SCAN, Kind.QUIET);
    FlowLogsHandler other = newHandler();
    FlowLogsHandler handler = newHandler();
    AtomicReference<@Nullable RuntimeException> refused = new AtomicReference<>();
    List<String> events = new ArrayList<>();
    use(
        call -> {
          if (call.operation().equals("PutMetricData") && refused.get() == null) {
            try {
              Invocation.of(other, events.getLast(), new RecordingContext());
            } catch (BatchClaimedException e) {
              refused.set(e);
            }
          }
          return Fault.NONE;
        });
    StreamMapping mapping =
        newMapping(
            stream,
            Settings.DEFAULTS,
            event -> {
              events.add(event);
              return Invocation.of(handler, event, new RecordingContext()).toString();
            });

    mapping.run();
    Map<String, Long> again = Invocation.of(other, events.getLast(), new RecordingContext());

    assertThat(refused.get())
        .hasMessageStartingWith(
            "batch %s/shardId-000000000000: another run has claimed it until "
                .formatted(stream.arn()));
    assertThat(events).hasSize(1);
    assertThat(again).isEqualTo(Map.of("DuplicateBatches", 3L));
    NumberedPayloads.check("twice at a time", payloads, results(), true);
    assertThat(aws.notifications()).hasSize(1);
  }

  private void use(Function<Call, Fault> script) {
    proxy.use(script);
    ledgerProxy.use(script);
  }

  /// Where a fault left a claim, time passes until it ends.
  private String invoke(FlowLogsHandler handler, String event) {
    try {
      return Invocation.of(handler, event, new RecordingContext()).toString();
    } catch (BatchClaimedException e) {
      table.endLeases();
      throw e;
    }
  }

  private DataStream newStream() {
    return new DataStream(
        table.name() + "-" + streams++, 1, Duration.ofHours(24), clock, new Random(7));
  }

  private StreamMapping newMapping(DataStream stream, Settings settings, LambdaFunction function) {
    return new StreamMapping(
        stream,
        clock,
        settings,
        function,
        discarded -> {
          throw new AssertionError("discarded: " + discarded);
        });
  }

  private FlowLogsHandler newHandler() {
    Map<String, String> environment = new HashMap<>();
    environment.put("ALERT_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:flowbell");
    environment.put("ALERT_MAIL_LIMIT", "1000");
    environment.put("FAILURE_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/failed");
    environment.put("LEDGER_TABLE", table.name());
    System.setProperty(LEDGER_PROPERTY, ledgerProxy.uri().toString());
    try {
      return real.through(proxy.uri(), () -> new FlowLogsHandler(environment));
    } finally {
      System.clearProperty(LEDGER_PROPERTY);
    }
  }
}
