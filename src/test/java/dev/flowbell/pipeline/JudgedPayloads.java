package dev.flowbell.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flowbell.judge.Judge;
import dev.flowbell.ledger.Ledger;
import dev.flowbell.notify.NotificationContext;
import dev.flowbell.record.TrafficType;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.doubles.RecordingPublisher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The real pipeline, and the causes that it sends. Its notifications have no limit.
final class JudgedPayloads {
  static final String FORMAT =
      "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action"
          + " tcp-flags flow-direction log-status";

  private final RecordingPublisher publisher = new RecordingPublisher();
  private final Pipeline pipeline;

  /// @param now the time on its clock
  JudgedPayloads(Ledger ledger, Instant now) {
    Settings settings =
        Settings.fromEnvironment(Map.of("ALERT_MAIL_LIMIT", "1000", "LOG_FORMAT", FORMAT));
    MetricsStep metrics = new MetricsStep(publisher);
    pipeline =
        new Pipeline(
            settings,
            LineFormats.fixed(settings.formats()),
            ledger,
            new Judge(settings.alertPolicy()),
            new Delivery(
                metrics,
                List.of(
                    new AlertsStep(
                        publisher,
                        metrics,
                        new NotificationContext(
                            null,
                            null,
                            "",
                            "",
                            settings.alertPolicy().thresholds(),
                            TrafficType.ALL),
                        1_000,
                        null)),
                _ -> {}),
            () -> now);
  }

  /// Processes one payload.
  void process(List<String> lines) {
    PayloadReader reader = pipeline.begin(new LogOrigin("", "", "made"));
    for (String line : lines) {
      byte[] bytes = line.getBytes(US_ASCII);
      reader.addLine(bytes, 0, bytes.length);
    }
    pipeline.process(reader);
  }

  /// Judges what still waits.
  void finish() {
    pipeline.finish();
  }

  /// Returns rule and key of each notification so far.
  List<String> causes() {
    List<String> causes = new ArrayList<>();
    publisher
        .messages()
        .forEach(
            message ->
                message
                    .alerts()
                    .forEach(
                        alert -> {
                          Map<String, ?> json = Json.parseObject(alert);
                          causes.add(json.get("rule") + " " + json.get("key"));
                        }));
    return causes;
  }
}
