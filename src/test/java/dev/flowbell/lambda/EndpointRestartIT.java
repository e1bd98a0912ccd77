package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ledger.BatchClaimedException;
import dev.flowbell.pipeline.PayloadFailedException;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.emulator.PublishedMetrics;
import dev.flowbell.testing.emulator.RestartableAws;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.process.Invocation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of payloads while CloudWatch and the ledger go down, stay away and come back, when
/// each is brought again as Lambda would bring it.
@ExtendWith(AwsEndpointExtension.class)
final class EndpointRestartIT {
  private static final int PAYLOADS = 30;
  private static final int STOPPED_AT = 10;
  private static final int STARTED_AT = 16;

  /// How often a payload may be brought again; a claim left open ends within them.
  private static final int MOST_ATTEMPTS = 60;

  private final AwsEndpoint shared;
  private final Instant first =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(50));

  EndpointRestartIT(AwsEndpoint shared) {
    this.shared = shared;
  }

  @Test
  void stoppedAndStartedAgain_nothingIsLost(@TempDir Path state) throws Exception {
    try (RestartableAws aws = RestartableAws.start(state)) {
      LedgerTable table = LedgerTable.make(aws.endpoint());
      Map<String, String> environment = new HashMap<>(aws.endpoint().environment());
      environment.put("METRIC_NAMESPACE", "flowbell-restart");
      environment.put("LEDGER_TABLE", table.name());
      FlowLogsHandler handler =
          shared.through(aws.endpoint().uri(), () -> new FlowLogsHandler(environment));
      Queue<Integer> failed = new ArrayDeque<>();
      Thread stopping = new Thread(aws::stop);

      for (int i = 0; i < PAYLOADS; i++) {
        if (i == STOPPED_AT) {
          stopping.start(); // and payloads keep coming
        }
        if (i == STARTED_AT) {
          stopping.join();
          aws.startAgain();
        }
        if (!isHandled(handler, i)) {
          failed.add(i);
        }
      }
      assertThat(failed).isNotEmpty();
      for (int attempt = 0; attempt < MOST_ATTEMPTS && !failed.isEmpty(); attempt++) {
        int payload = failed.remove();
        if (!isHandled(handler, payload)) {
          failed.add(payload);
          Thread.sleep(1_000);
        }
      }
      assertThat(failed).isEmpty();

      PublishedMetrics metrics = new PublishedMetrics(aws.endpoint(), "flowbell-restart");
      Map<Instant, Double> sums = metrics.sums("Records", first);
      for (int i = 0; i < PAYLOADS; i++) {
        assertThat(sums.get(minute(i))).as("payload %d", i).isGreaterThanOrEqualTo(1);
      }
      assertThat(
              Math.round(sums.values().stream().mapToDouble(Double::doubleValue).sum()) - PAYLOADS)
          .isLessThanOrEqualTo(metrics.total("PossibleDuplicates"));
      for (int i = 0; i < PAYLOADS; i++) {
        assertThat(Invocation.of(handler, event(i), new RecordingContext()))
            .isEqualTo(Map.of("DuplicateBatches", 1L));
      }
    }
  }

  private boolean isHandled(FlowLogsHandler handler, int payload) {
    RecordingContext context = new RecordingContext();
    context.setRemaining(Duration.ofSeconds(20));
    try {
      Invocation.of(handler, event(payload), context);
      return true;
    } catch (PayloadFailedException | BatchClaimedException _) {
      return false;
    }
  }

  private Instant minute(int payload) {
    return first.plus(Duration.ofMinutes(payload));
  }

  private String event(int payload) {
    String record =
        "2 123456789010 eni-0a1b2c3d 198.51.100.7 10.0.2.98 40001 22 6 1 60 %d %d REJECT OK"
            .formatted(minute(payload).getEpochSecond(), minute(payload).getEpochSecond());
    return SubscriptionMessage.ofEvents(
            "eni-0a1b2c3d",
            List.of(new LogEvent("event-" + payload, minute(payload).toEpochMilli(), record)))
        .toEvent();
  }
}
