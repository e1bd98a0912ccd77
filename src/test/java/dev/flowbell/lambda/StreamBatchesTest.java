package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.input.UndecodableEventException;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.generator.StreamPayload;
import dev.flowbell.testing.generator.StreamPayload.Kind;
import dev.flowbell.testing.mapping.DataStream;
import dev.flowbell.testing.mapping.StreamMapping;
import dev.flowbell.testing.mapping.StreamMapping.Settings;
import dev.flowbell.testing.mapping.VirtualClock;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.network.MetricRequest;
import dev.flowbell.testing.process.Invocation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The same payloads, one by one from a subscription, and in batches from a stream: the sums and
/// the causes that are told are the same.
class StreamBatchesTest {
  private static final int PAYLOADS = 2_000;
  private static final long SEED = 20_261_128;
  private static final String QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/failed";

  /// Of each payload or batch itself.
  private static final List<String> OWN_METRICS =
      List.of("DeliveryLag", "AlertsSent", "AlertsSuppressed", "OverBounds");

  /// What has no time of its own has that of the payload's or batch's newest flow, or its
  /// arrival's.
  private static final Set<String> WITHOUT_TIME =
      Set.of("UnreadableRecords", "ControlMessages", "DuplicateBatches");

  /// Of sums that are larger than a double's whole numbers.
  private static final double LARGEST_ERROR = 1e-12;

  /// The day of all generated flows whose time can be read.
  private static final Instant DAY = Instant.parse("2026-11-22T00:00:00Z");

  private static final Instant NO_MINUTE_OF_THE_DAY = Instant.EPOCH;

  /// What was published and told.
  ///
  /// @param sums by metric, dimensions and minute
  /// @param causes the keys of all alerts
  /// @param failed the events that can't be read
  private record Results(Map<String, Double> sums, Set<String> causes, List<String> failed) {}

  @Test
  void batches_areTheirPayloads() throws Exception {
    List<StreamPayload> payloads = StreamPayload.mixed(new Random(SEED), PAYLOADS);

    Results single = sendOneByOne(payloads);
    Results batched = sendInBatches(payloads);

    assertThat(single.sums().keySet())
        .as("what can differ is there")
        .anyMatch(key -> key.startsWith("RejectedFlows {} "))
        .anyMatch(key -> key.startsWith("RejectedFlows {LogGroup=/vpc/flow-logs-1} "))
        .anyMatch(key -> key.startsWith("UnreadableRecords "))
        .anyMatch(key -> key.startsWith("ControlMessages "))
        .anyMatch(key -> key.startsWith("DuplicateBatches "));
    assertThat(differences(batched.sums(), single.sums())).isEmpty();
    assertThat(batched.causes()).containsExactlyElementsOf(single.causes());
    assertThat(batched.failed()).containsExactlyInAnyOrderElementsOf(single.failed());
  }

  private static Results sendOneByOne(List<StreamPayload> payloads) throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      FlowLogsHandler handler = newHandler();
      List<String> failed = new ArrayList<>();
      for (StreamPayload each : payloads) {
        try {
          Invocation.of(handler, each.toSubscriptionEvent(), new RecordingContext());
        } catch (UndecodableEventException _) {
          assertThat(each.kind()).isEqualTo(Kind.POISON);
          failed.add(each.toSubscriptionEvent());
        }
      }
      return new Results(sums(aws), causes(aws), failed);
    }
  }

  private static Results sendInBatches(List<StreamPayload> payloads) throws Exception {
    try (LoopbackAws aws = LoopbackAws.start()) {
      FlowLogsHandler handler = newHandler();
      VirtualClock clock = new VirtualClock(Instant.parse("2026-11-28T13:00:00Z"));
      DataStream stream =
          new DataStream("flow-logs", 4, Duration.ofHours(24), clock, new Random(SEED));
      StreamMapping mapping =
          new StreamMapping(
              stream,
              clock,
              Settings.DEFAULTS,
              event -> Invocation.of(handler, event, new RecordingContext()).toString(),
              discarded -> {
                throw new AssertionError("discarded: " + discarded);
              });
      for (StreamPayload each : payloads) {
        stream.put(each.partitionKey(), each.data());
      }
      mapping.run();
      return new Results(
          sums(aws),
          causes(aws),
          aws.sentMessages().stream().map(StreamBatchesTest::requestPayload).toList());
    }
  }

  private static FlowLogsHandler newHandler() {
    Map<String, String> environment = new HashMap<>();
    environment.put("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:flowbell");
    environment.put("ALERT_MAIL_LIMIT", "1000");
    environment.put("FAILURE_QUEUE_URL", QUEUE_URL);
    environment.put("METRIC_DIMENSIONS", "LogGroup");
    return new FlowLogsHandler(environment);
  }

  private static Map<String, Double> sums(LoopbackAws aws) {
    Map<String, Double> sums = new TreeMap<>();
    for (MetricRequest request : aws.metricRequests()) {
      for (MetricRequest.Datum each : request.data()) {
        if (!OWN_METRICS.contains(each.metric())) {
          sums.merge(
              "%s %s %s".formatted(each.metric(), each.dimensions(), minuteOf(each)),
              each.sum(),
              Double::sum);
        }
      }
    }
    return sums;
  }

  private static boolean isSame(double one, double other) {
    return Math.abs(one - other) <= LARGEST_ERROR * Math.abs(other);
  }

  /// A format of one payload makes a 0 of what another one in the batch can't show.
  private static List<String> differences(
      Map<String, Double> actual, Map<String, Double> expected) {
    TreeSet<String> keys = new TreeSet<>(expected.keySet());
    keys.addAll(actual.keySet());
    return keys.stream()
        .filter(key -> !isSame(actual.getOrDefault(key, 0.0), expected.getOrDefault(key, 0.0)))
        .map(key -> "%s: %s, not %s".formatted(key, actual.get(key), expected.get(key)))
        .toList();
  }

  /// A flow without a time, or with an impossible one, counts in a minute of its arrival.
  private static Instant minuteOf(MetricRequest.Datum datum) {
    boolean isOfTheDay =
        !datum.minute().isBefore(DAY) && datum.minute().isBefore(DAY.plus(Duration.ofDays(1)));
    return isOfTheDay && !WITHOUT_TIME.contains(datum.metric())
        ? datum.minute()
        : NO_MINUTE_OF_THE_DAY;
  }

  private static Set<String> causes(LoopbackAws aws) {
    Set<String> causes = new TreeSet<>();
    for (Map<String, String> each : aws.notifications()) {
      Map<String, @Nullable Object> forms = Json.parseObject(each.get("Message"));
      Json.objectsAt(Json.parseObject((String) forms.get("sqs")), "alerts")
          .forEach(alert -> causes.add((String) alert.get("key")));
    }
    return causes;
  }

  private static String requestPayload(String message) {
    Map<String, @Nullable Object> event =
        Json.objectAt(Json.parseObject(message), "requestPayload");
    return "{\"awslogs\":{\"data\":\"%s\"}}".formatted(Json.objectAt(event, "awslogs").get("data"));
  }
}
