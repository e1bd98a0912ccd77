package dev.flowbell.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flowbell.input.LambdaEvent.StreamRecord;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.judge.Judge;
import dev.flowbell.ledger.Ledger;
import dev.flowbell.notify.NotificationContext;
import dev.flowbell.record.TrafficType;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.doubles.RecordingPublisher;
import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

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

  /// Processes payloads as records of a stream's only shard, in batches.
  ///
  /// @param payloads the lines of each
  /// @param size returns how many payloads the next batch has
  void processBatches(List<List<String>> payloads, IntSupplier size) {
    List<StreamRecord> waiting = new ArrayList<>();
    int left = size.getAsInt();
    for (int i = 0; i < payloads.size(); i++) {
      waiting.add(
          new StreamRecord(
              "stream",
              "shard",
              String.valueOf(i + 1),
              Base64.getEncoder().encodeToString(toMessage(i, payloads.get(i)))));
      left--;
      if (left <= 0 || i == payloads.size() - 1) {
        pipeline.process(
            waiting, new SubscriptionDecoder(1 << 25), new Invocation("", "", TimeLimit.NONE));
        waiting.clear();
        left = size.getAsInt();
      }
    }
  }

  private static byte[] toMessage(int payload, List<String> lines) {
    List<LogEvent> events = new ArrayList<>();
    for (String line : lines) {
      events.add(new LogEvent(payload + "-" + events.size(), 0, line));
    }
    return PayloadGenerator.gzip(
        SubscriptionMessage.ofEvents("eni-" + payload, events).toJson().getBytes(US_ASCII));
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
