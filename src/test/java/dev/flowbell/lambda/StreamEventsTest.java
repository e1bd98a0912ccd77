package dev.flowbell.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.generator.StreamPayload;
import dev.flowbell.testing.mapping.DataStream;
import dev.flowbell.testing.mapping.DataStream.StreamRecord;
import dev.flowbell.testing.mapping.StreamMapping;
import dev.flowbell.testing.mapping.StreamMapping.Discarded;
import dev.flowbell.testing.mapping.StreamMapping.Settings;
import dev.flowbell.testing.mapping.VirtualClock;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.network.MetricRequest;
import dev.flowbell.testing.process.Invocation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A stream with one shard, its mapping, the function, and an endpoint on this machine.
class StreamEventsTest {
  private static final String KEY = "eni-0a1b2c3d-all";
  private static final String SHARD = "shardId-000000000000";

  private static final Map<String, String> WITH_QUEUE =
      Map.of("FAILURE_QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/123456789012/failed");

  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-11-28T13:00:00Z"));
  private final DataStream stream =
      new DataStream("flow-logs", 1, Duration.ofHours(24), clock, new Random(7));
  private final Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES).minusSeconds(600);
  private final RecordingContext context = new RecordingContext();
  private final List<Map<String, Long>> answers = new ArrayList<>();
  private final List<Discarded> discarded = new ArrayList<>();
  private LoopbackAws aws;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  /// In the form of Lambda's own messages, so that `redrive` sends it again.
  @Test
  void poison_toTheFailureQueue_theBatchGoesOn() {
    put(records(1, 3));
    StreamRecord poison = put(StreamPayload.poison(KEY, "neither gzip nor JSON".getBytes(UTF_8)));
    put(records(2, 4));

    run(WITH_QUEUE, Settings.DEFAULTS);

    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst()).containsEntry("Records", 7L);
    assertThat(MetricRequest.sums(aws.metricRequests(), "Records"))
        .containsExactly(Map.entry(minute, 7.0));
    assertThat(aws.sentMessages()).hasSize(1);
    Map<String, @Nullable Object> message = Json.parseObject(aws.sentMessages().getFirst());
    assertThat(Instant.parse((String) message.remove("timestamp"))).isAfter(minute);
    Map<String, Object> requestContext = new LinkedHashMap<>();
    requestContext.put("requestId", context.getAwsRequestId());
    requestContext.put("functionArn", context.getInvokedFunctionArn());
    requestContext.put("condition", "Unreadable");
    requestContext.put("approximateInvokeCount", 1L);
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("version", "1.0");
    expected.put("requestContext", requestContext);
    expected.put("requestPayload", Map.of("awslogs", Map.of("data", poison.data())));
    expected.put("origin", stream.arn() + " " + SHARD + " " + poison.sequenceNumber());
    expected.put(
        "responsePayload",
        Map.of(
            "errorMessage",
            "%s %s: not gzip: expected the bytes 1f 8b at byte 0"
                .formatted(SHARD, poison.sequenceNumber()),
            "errorType",
            "dev.flowbell.input.UndecodableEventException"));
    assertThat(message).isEqualTo(expected);
  }

  @Test
  void poison_only() {
    for (int i = 0; i < 3; i++) {
      put(StreamPayload.poison(KEY, ("poison " + i).getBytes(UTF_8)));
    }

    run(WITH_QUEUE, Settings.DEFAULTS);

    assertThat(answers).hasSize(1);
    assertThat(aws.sentMessages()).hasSize(3);
    assertThat(MetricRequest.sums(aws.metricRequests(), "Records")).isEmpty();
  }

  /// It is not lost: the batch fails until the mapping discards it, and tells the on-failure
  /// destination.
  @Test
  void poison_withoutAQueue() {
    put(records(1, 3));
    put(StreamPayload.poison(KEY, "poison".getBytes(UTF_8)));
    put(records(2, 4));

    run(Map.of(), Settings.DEFAULTS.withBisect(true).withRetryAttempts(2));

    assertThat(MetricRequest.sums(aws.metricRequests(), "Records"))
        .containsExactly(Map.entry(minute, 7.0));
    assertThat(MetricRequest.total(aws.metricRequests(), "PossibleDuplicates")).isZero();
    assertThat(discarded).hasSize(1);
    assertThat(discarded.getFirst().condition()).isEqualTo("RetryAttemptsExhausted");
    assertThat(discarded.getFirst().records()).hasSize(1);
  }

  @Test
  void aggregatedRecord_isNamed() {
    StreamRecord record =
        put(StreamPayload.poison(KEY, StreamPayload.aggregated(records(1, 3).data())));

    run(WITH_QUEUE, Settings.DEFAULTS);

    assertThat(aws.sentMessages())
        .singleElement()
        .asString()
        .contains(
            "%s %s: expected one gzipped subscription message, got an aggregated record of the Kinesis Producer Library"
                .formatted(SHARD, record.sequenceNumber()));
  }

  @Test
  void controlMessages_only() {
    put(StreamPayload.controlMessage(KEY));
    put(StreamPayload.controlMessage(KEY));

    run(WITH_QUEUE, Settings.DEFAULTS);

    assertThat(answers).containsExactly(Map.of("ControlMessages", 2L));
    assertThat(aws.metricRequests()).hasSize(1);
    assertThat(aws.sentMessages()).isEmpty();
  }

  @Test
  void batchOfPayloads_isOneRequest() {
    for (int i = 0; i < 60; i++) {
      put(records(i, 1));
    }

    run(WITH_QUEUE, Settings.DEFAULTS);

    assertThat(answers).hasSize(1);
    assertThat(aws.metricRequests()).hasSize(1);
    assertThat(MetricRequest.sums(aws.metricRequests(), "Records"))
        .containsExactly(Map.entry(minute, 60.0));
  }

  /// A producer that gets no answer writes a payload again: into the same batch, or a later one.
  @Test
  void repeatOfTheProducer_countsOnce() {
    put(records(1, 3));
    put(records(1, 3));
    put(records(2, 4));
    put(records(1, 3));

    run(WITH_QUEUE, Settings.DEFAULTS.withBatchSize(2));

    assertThat(MetricRequest.sums(aws.metricRequests(), "Records"))
        .containsExactly(Map.entry(minute, 7.0));
    assertThat(MetricRequest.total(aws.metricRequests(), "DuplicateBatches")).isEqualTo(2);
  }

  /// The batch that failed is a range of its own; what is behind it is delivered by the same
  /// invocation.
  @Test
  void repeatOfTheProducer_behindABatchThatFailed_countsOnce() {
    put(records(1, 3));
    StreamMapping mapping = newMapping(WITH_QUEUE, Settings.DEFAULTS);
    aws.failCloudWatch(400, "InvalidParameterValue", "made");
    mapping.poll();
    put(records(1, 3));
    put(records(2, 4));

    mapping.restart(Map.of()); // all three records are one batch now
    mapping.run();

    assertThat(MetricRequest.sums(aws.metricRequests(), "Records"))
        .containsExactly(Map.entry(minute, 7.0));
    assertThat(MetricRequest.total(aws.metricRequests(), "DuplicateBatches")).isEqualTo(1);
    assertThat(MetricRequest.total(aws.metricRequests(), "PossibleDuplicates")).isZero();
  }

  /// Records that the mapping discarded are behind what is finished, and belong to no batch.
  @Test
  void batchThatWasDiscarded_nextOneCounts() {
    put(records(1, 3));
    StreamMapping mapping = newMapping(WITH_QUEUE, Settings.DEFAULTS.withRetryAttempts(0));
    aws.failCloudWatch(400, "InvalidParameterValue", "made");
    mapping.poll();
    put(records(2, 4));

    mapping.run();

    assertThat(discarded).hasSize(1);
    assertThat(MetricRequest.sums(aws.metricRequests(), "Records"))
        .containsExactly(Map.entry(minute, 4.0));
    assertThat(MetricRequest.total(aws.metricRequests(), "PossibleDuplicates")).isZero();
  }

  /// The metrics of the whole batch are published. So neither half publishes them again, however
  /// often its alerts fail.
  @Test
  void splitBatch_failsTwice_countsOnce() {
    put(scan());
    put(records(2, 4));
    for (int i = 0; i < 3; i++) {
      aws.failSns(400, "InvalidParameter", "made");
    }

    run(
        Map.of("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:flowbell"),
        Settings.DEFAULTS.withBisect(true));

    assertThat(MetricRequest.sums(aws.metricRequests(), "Records"))
        .containsExactly(Map.entry(minute, 24.0));
    assertThat(aws.notifications()).hasSize(1);
    assertThat(MetricRequest.total(aws.metricRequests(), "PossibleDuplicates")).isZero();
  }

  private StreamRecord put(StreamPayload payload) {
    return stream.put(payload.partitionKey(), payload.data());
  }

  private void run(Map<String, String> environment, Settings settings) {
    newMapping(environment, settings).run();
  }

  private StreamMapping newMapping(Map<String, String> environment, Settings settings) {
    FlowLogsHandler handler = new FlowLogsHandler(new HashMap<>(environment));
    return new StreamMapping(
        stream,
        clock,
        settings,
        event -> {
          answers.add(Invocation.of(handler, event, context));
          return "{}";
        },
        discarded::add);
  }

  private StreamPayload scan() {
    return payload(1, 20, "REJECT");
  }

  private StreamPayload records(int number, int count) {
    return payload(number, count, "ACCEPT");
  }

  private StreamPayload payload(int number, int count, String action) {
    List<LogEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(
          new LogEvent(
              number + "-" + i,
              minute.toEpochMilli(),
              "2 123456789010 eni-0a1b2c3d 10.0.1.5 10.0.2.98 40001 %d 6 1 60 %d %d %s OK"
                  .formatted(i + 1, minute.getEpochSecond(), minute.getEpochSecond(), action)));
    }
    return StreamPayload.of(SubscriptionMessage.ofEvents("eni-0a1b2c3d", events));
  }
}
