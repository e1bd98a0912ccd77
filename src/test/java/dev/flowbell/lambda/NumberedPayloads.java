package dev.flowbell.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.generator.StreamPayload;
import dev.flowbell.testing.network.MetricRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes payloads for a stream. Each has minutes and a network interface of its own, so that what
/// was counted of it can be told from the others'.
final class NumberedPayloads {
  private static final int LARGE_MINUTES = 150; // two requests
  private static final int SCANNED_PORTS = 20;

  private int number;

  // CloudWatch takes two weeks.
  private Instant nextMinute =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofDays(13));

  /// What a payload holds.
  enum Kind {
    /// Some accepted records.
    QUIET,
    /// Rejected records of a source inside that is a cause of its own.
    SCAN,
    /// A record in each of so many minutes that they take two requests.
    LARGE,
    /// No records.
    CONTROL_MESSAGE,
    /// Bytes that can't be read.
    POISON,
    /// Another payload, once more.
    REPEAT
  }

  /// One payload.
  ///
  /// @param minutes those of its records, each of which has the same number
  /// @param source the source that scans, `null` without one
  record Payload(
      Kind kind,
      StreamPayload content,
      List<Instant> minutes,
      int recordsOfMinute,
      @Nullable String source) {

    /// Returns the same payload once more.
    Payload repeated() {
      return new Payload(Kind.REPEAT, content, List.of(), 0, null);
    }
  }

  /// What the function did.
  ///
  /// @param requests its accepted `PutMetricData`
  /// @param notifications the texts of all notifications
  /// @param failures the messages in the failure queue
  record Results(List<MetricRequest> requests, List<String> notifications, List<String> failures) {

    long total(String metric) {
      return MetricRequest.total(requests, metric);
    }
  }

  /// Makes a payload that is no repeat.
  Payload next(Kind kind) {
    String interfaceId = "eni-%08d".formatted(number++);
    return switch (kind) {
      case QUIET -> records(kind, interfaceId, newMinutes(1), 1 + number % 4, null);
      case LARGE -> records(kind, interfaceId, newMinutes(LARGE_MINUTES), 1, null);
      case SCAN ->
          records(
              kind,
              interfaceId,
              newMinutes(1),
              SCANNED_PORTS,
              "10.1.%d.%d".formatted(100 + number / 100, 100 + number % 100));
      case CONTROL_MESSAGE -> other(kind, StreamPayload.controlMessage(interfaceId));
      case POISON ->
          other(kind, StreamPayload.poison(interfaceId, ("poison " + number).getBytes(UTF_8)));
      case REPEAT -> throw new IllegalArgumentException("of which?");
    };
  }

  private List<Instant> newMinutes(int count) {
    List<Instant> minutes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      minutes.add(nextMinute);
      nextMinute = nextMinute.plusSeconds(60);
    }
    return minutes;
  }

  private static Payload other(Kind kind, StreamPayload content) {
    return new Payload(kind, content, List.of(), 0, null);
  }

  private static Payload records(
      Kind kind, String interfaceId, List<Instant> minutes, int ofMinute, @Nullable String source) {
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
        kind,
        StreamPayload.of(SubscriptionMessage.ofEvents(interfaceId, events)),
        minutes,
        ofMinute,
        source);
  }

  /// Asserts that each payload is counted, each source told and each payload that can't be read
  /// kept. What comes twice is no more than `PossibleDuplicates` says.
  ///
  /// @param name says which case it is
  /// @param isExact whether nothing may come twice
  static void check(String name, List<Payload> payloads, Results results, boolean isExact) {
    Map<Instant, Double> records = MetricRequest.sums(results.requests(), "Records");
    int toldAgain = 0;
    for (Payload each : payloads) {
      for (Instant minute : each.minutes()) {
        double times = records.getOrDefault(minute, 0.0) / each.recordsOfMinute();
        assertThat(times)
            .as("%s: %s %s", name, each.kind(), minute)
            .isIn(isExact ? List.of(1.0) : List.of(1.0, 2.0, 3.0, 4.0, 5.0));
      }
      String source = each.source();
      if (source != null) {
        long told = results.notifications().stream().filter(text -> text.contains(source)).count();
        assertThat(told).as("%s: %s", name, source).isPositive();
        toldAgain += (int) told - 1;
      }
    }
    long possibleDuplicates = results.total("PossibleDuplicates");
    assertThat((long) countRepeats(results.requests()) + toldAgain)
        .as("%s: requests and notifications that repeat others", name)
        .isBetween(0L, possibleDuplicates);
    if (isExact) {
      assertThat(possibleDuplicates).as(name).isZero();
      assertThat(results.total("ControlMessages"))
          .as(name)
          .isEqualTo(count(Kind.CONTROL_MESSAGE, payloads));
    }
    assertThat(results.total("DuplicateBatches"))
        .as(name)
        .isGreaterThanOrEqualTo(count(Kind.REPEAT, payloads));
    checkFailures(name, payloads, results.failures(), isExact);
  }

  private static long count(Kind kind, List<Payload> payloads) {
    return payloads.stream().filter(each -> each.kind() == kind).count();
  }

  /// Returns how many requests have a minute of flows that was in a request before.
  private static int countRepeats(List<MetricRequest> requests) {
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

  private static void checkFailures(
      String name, List<Payload> payloads, List<String> failures, boolean isExact) {
    List<String> poison =
        payloads.stream()
            .filter(each -> each.kind() == Kind.POISON)
            .map(each -> each.content().toSubscriptionEvent())
            .toList();
    for (String event : poison) {
      assertThat(failures.stream().filter(message -> message.contains(event)))
          .as("%s: in the failure queue", name)
          .hasSizeBetween(1, isExact ? 1 : Integer.MAX_VALUE);
    }
    assertThat(failures)
        .as("%s: in the failure queue", name)
        .allMatch(message -> poison.stream().anyMatch(message::contains));
  }
}
