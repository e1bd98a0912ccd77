package dev.flowbell.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.input.LogBatch;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.judge.Judge;
import dev.flowbell.ledger.BatchClaimedException;
import dev.flowbell.ledger.InMemoryLedger;
import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.notify.NotificationContext;
import dev.flowbell.publish.PublishFailedException;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.TrafficType;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.testing.doubles.RecordingFlowLogSource;
import dev.flowbell.testing.doubles.RecordingPublisher;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PipelineTest {
  private static final Instant START = Instant.parse("2026-11-22T10:19:13Z");

  private final RecordingPublisher publisher = new RecordingPublisher();
  private final InMemoryLedger ledger = new InMemoryLedger();
  private final List<String> warnings = new ArrayList<>();
  private Instant now = START;

  @Test
  void process_countsAndTells() {
    Outcome outcome = pipeline().process(scan("a", 12), TimeLimit.NONE);

    assertThat(outcome.summary().total(Metric.REJECTED_FLOWS)).isEqualTo(12);
    assertThat(outcome.summary().total(Metric.ALERTS_SENT)).isEqualTo(1);
    assertThat(outcome.sent()).isEqualTo(publisher.messages());
    assertThat(publisher.reports()).hasSize(2);
    assertThat(publisher.messages()).hasSize(1);
    assertThat(publisher.messages().getFirst().subject())
        .isEqualTo(
            "[Flowbell HIGH] prod eu-west-1: INSIDE 10.0.3.17 tries 12+ ports of 10.0.2.98,"
                + " rejected");
    assertThat(publisher.messages().getFirst().text())
        .contains(
            "\nWHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs\n",
            "\nIts records: https://eu-west-1.console.aws.amazon.com/");
  }

  @Test
  void process_nothingToTell() {
    Outcome outcome = pipeline().process(scan("a", 9), TimeLimit.NONE);

    assertThat(outcome.sent()).isEmpty();
    assertThat(publisher.reports()).containsExactly(outcome.summary().toReport());
    assertThat(publisher.messages()).isEmpty();
    assertThat(outcome.summary().points())
        .noneMatch(point -> point.values().containsKey(Metric.ALERTS_SENT));
  }

  @Test
  void process_controlMessage() {
    LogBatch probe =
        batch(
            new SubscriptionMessage(
                "CONTROL_MESSAGE",
                "CloudwatchLogs",
                "",
                "",
                List.of(),
                List.of(new LogEvent("", 0, "CWL CONTROL MESSAGE: Checking health"))));

    Outcome outcome = pipeline().process(probe, TimeLimit.NONE);

    assertThat(outcome.sent()).isEmpty();
    assertThat(publisher.reports()).containsExactly(outcome.summary().toReport());
    assertThat(outcome.summary().points())
        .containsExactly(
            new MetricPoint(
                MetricSeries.TOTAL,
                Instant.parse("2026-11-22T10:19:00Z"),
                Map.of(Metric.CONTROL_MESSAGES, 1L)));
    assertThat(publisher.messages()).isEmpty();

    pipeline().process(probe, TimeLimit.NONE);

    assertThat(publisher.reports()).hasSize(2);
    assertThat(publisher.reports().getLast()).isEqualTo(outcome.summary().toReport());
  }

  @Test
  void process_duplicateBatch() {
    Pipeline pipeline = pipeline();
    pipeline.process(scan("a", 12), TimeLimit.NONE);

    Outcome outcome = pipeline.process(scan("a", 12), TimeLimit.NONE);

    assertThat(outcome.sent()).isEmpty();
    assertThat(outcome.summary().total(Metric.RECORDS)).isZero();
    assertThat(outcome.summary().points())
        .containsExactly(
            new MetricPoint(
                MetricSeries.TOTAL,
                Instant.parse("2026-11-22T10:19:00Z"),
                Map.of(Metric.DUPLICATE_BATCHES, 1L)));
    assertThat(publisher.reports()).hasSize(3);
    assertThat(publisher.messages()).hasSize(1);
  }

  /// A message made by hand can't be known again: it is counted each time.
  @Test
  void process_batchWithoutIds() {
    LogBatch batch =
        batch(
            new SubscriptionMessage(
                "DATA_MESSAGE",
                "123456789010",
                "/vpc/flow-logs",
                "eni-a-all",
                List.of(),
                List.of(new LogEvent("", 0, reject("a", 22)))));
    Pipeline pipeline = pipeline();

    assertThat(pipeline.process(batch, TimeLimit.NONE).summary().total(Metric.RECORDS))
        .isEqualTo(1);
    assertThat(pipeline.process(batch, TimeLimit.NONE).summary().total(Metric.RECORDS))
        .isEqualTo(1);
  }

  @Test
  void process_emptyBatch() {
    Outcome outcome =
        pipeline()
            .process(
                batch(
                    new SubscriptionMessage(
                        "DATA_MESSAGE", "", "group", "stream", List.of(), List.of())),
                TimeLimit.NONE);

    assertThat(outcome.summary().points()).isEmpty();
    assertThat(outcome.sent()).isEmpty();
  }

  @Test
  void process_sameCauseIsSentOnce() {
    Pipeline pipeline = pipeline();
    pipeline.process(scan("a", 12), TimeLimit.NONE);
    now = START.plusSeconds(61);
    Outcome again = pipeline.process(scan("a", 13), TimeLimit.NONE);
    Outcome elsewhere = pipeline.process(scan("b", 14), TimeLimit.NONE);

    assertThat(again.sent()).isEmpty();
    assertThat(again.summary().total(Metric.ALERTS_SENT)).isZero();
    assertThat(again.summary().total(Metric.ALERTS_SUPPRESSED)).isEqualTo(1);
    assertThat(elsewhere.sent()).isEmpty();
    assertThat(publisher.messages()).hasSize(1);
  }

  @Test
  void process_metricsFailAndAlertsAreDone() {
    Pipeline pipeline = pipeline();
    publisher.failMetrics(1);

    assertThatThrownBy(() -> pipeline.process(scan("a", 12), TimeLimit.NONE))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessage("metrics: NOT done, metrics refused; alerts: done")
        .hasCauseInstanceOf(PublishFailedException.class)
        .hasNoSuppressedExceptions();
    assertThat(publisher.messages()).hasSize(1);

    now = START.plusSeconds(60);
    Outcome outcome = pipeline.process(scan("a", 12), TimeLimit.NONE);

    assertThat(publisher.messages()).hasSize(1);
    assertThat(publisher.reports()).hasSize(2);
    assertThat(publisher.reports().getFirst()).isEqualTo(alertsSent(START, 1));
    assertThat(outcome.summary().total(Metric.REJECTED_FLOWS)).isEqualTo(12);
    assertThat(outcome.summary().total(Metric.ALERTS_SENT)).isZero();
    assertThat(
            pipeline
                .process(scan("a", 12), TimeLimit.NONE)
                .summary()
                .total(Metric.DUPLICATE_BATCHES))
        .isEqualTo(1);
  }

  @Test
  void process_alertsFailAndMetricsAreDone() {
    Pipeline pipeline = pipeline();
    publisher.failAlerts(1);

    assertThatThrownBy(() -> pipeline.process(scan("a", 12), TimeLimit.NONE))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessage("metrics: done; alerts: NOT done, alerts refused");
    assertThat(publisher.reports()).hasSize(1);
    assertThat(publisher.messages()).isEmpty();

    now = START.plusSeconds(60);
    Outcome outcome = pipeline.process(scan("a", 12), TimeLimit.NONE);

    assertThat(publisher.reports()).hasSize(2);
    assertThat(publisher.reports().getLast()).isEqualTo(alertsSent(START, 1));
    assertThat(outcome.sent()).hasSize(1);
    assertThat(publisher.messages()).hasSize(1);
    assertThat(
            pipeline
                .process(scan("a", 12), TimeLimit.NONE)
                .summary()
                .total(Metric.DUPLICATE_BATCHES))
        .isEqualTo(1);
  }

  @Test
  void process_bothFail() {
    publisher.failMetrics(1);
    publisher.failAlerts(1);

    assertThatThrownBy(() -> pipeline().process(scan("a", 12), TimeLimit.NONE))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessage("metrics: NOT done, metrics refused; alerts: NOT done, alerts refused")
        .satisfies(
            e -> {
              assertThat(e.getCause()).hasMessage("metrics refused");
              assertThat(e.getSuppressed()).hasSize(1);
              assertThat(e.getSuppressed()[0]).hasMessage("alerts refused");
            });
  }

  /// The first one may have been told: who sees two of them sees why.
  @Test
  void process_alertsInDoubt() {
    Pipeline pipeline = pipeline();
    publisher.leaveInDoubt();
    publisher.failAlerts(1);
    assertThatThrownBy(() -> pipeline.process(scan("a", 12), TimeLimit.NONE))
        .hasMessage("metrics: done; alerts: NOT done, alerts refused");

    pipeline.process(scan("a", 12), TimeLimit.NONE);

    assertThat(publisher.messages()).hasSize(1);
    assertThat(publisher.reports()).hasSize(3);
    assertThat(publisher.reports().get(1)).isEqualTo(MetricReport.ofPossibleDuplicates(START, 1));
  }

  @Test
  void process_bothInDoubt() {
    Pipeline pipeline = pipeline();
    publisher.leaveInDoubt();
    publisher.failMetrics(1);
    publisher.failAlerts(1);
    assertThatThrownBy(() -> pipeline.process(scan("a", 12), TimeLimit.NONE))
        .isInstanceOf(PayloadFailedException.class);

    Outcome outcome = pipeline.process(scan("a", 12), TimeLimit.NONE);

    assertThat(outcome.summary().total(Metric.POSSIBLE_DUPLICATES)).isEqualTo(2);
    assertThat(publisher.reports()).hasSize(2);
    assertThat(publisher.reports().getLast()).isEqualTo(alertsSent(START, 1));
    assertThat(publisher.messages()).hasSize(1);
  }

  /// What a later run publishes is what the first one would have, down to the lag.
  @Test
  void process_retryCountsAsOfTheFirstArrival() {
    Pipeline pipeline = pipeline();
    publisher.failMetrics(1);
    assertThatThrownBy(() -> pipeline.process(scan("a", 9), TimeLimit.NONE))
        .isInstanceOf(PayloadFailedException.class);
    now = START.plusSeconds(61);

    Outcome outcome = pipeline.process(scan("a", 9), TimeLimit.NONE);

    assertThat(outcome.summary().arrival()).isEqualTo(START);
    assertThat(outcome.summary().total(Metric.POSSIBLE_DUPLICATES)).isZero();
  }

  @Test
  void process_runThatWasCutOff() {
    LogBatch batch = scan("a", 12);
    ledger.claim(String.valueOf(batch.id()), START, Duration.ofSeconds(62));
    Pipeline pipeline = pipeline();

    assertThatThrownBy(() -> pipeline.process(batch, TimeLimit.NONE))
        .isInstanceOf(BatchClaimedException.class);
    assertThat(publisher.reports()).isEmpty();

    now = START.plusSeconds(62);
    Outcome outcome = pipeline.process(batch, TimeLimit.NONE);

    assertThat(outcome.summary().total(Metric.POSSIBLE_DUPLICATES)).isEqualTo(1);
    assertThat(publisher.messages()).hasSize(1);
    assertThat(pipeline.process(batch, TimeLimit.NONE).summary().total(Metric.DUPLICATE_BATCHES))
        .isEqualTo(1);
  }

  @Test
  void process_noTimeLeft() {
    assertThatThrownBy(() -> pipeline().process(scan("a", 9), () -> Duration.ofMillis(12_999)))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessage(
            "metrics: NOT done, not begun: it may take 13000 ms, and the invocation ends in 12999"
                + " ms (give the function a longer timeout)");
    assertThat(publisher.reports()).isEmpty();

    assertThat(
            pipeline()
                .process(scan("a", 9), () -> Duration.ofSeconds(13))
                .summary()
                .total(Metric.POSSIBLE_DUPLICATES))
        .isZero();
    assertThat(publisher.reports()).hasSize(1);
  }

  @Test
  void process_beyondTheLimitOneDigest() {
    Pipeline pipeline = pipeline();

    Outcome outcome = pipeline.process(scansOf(13), TimeLimit.NONE);
    assertThat(outcome.sent()).hasSize(10);
    assertThat(outcome.summary().total(Metric.ALERTS_SENT)).isEqualTo(10);

    Outcome end = pipeline.finish();

    assertThat(end.sent()).hasSize(1);
    assertThat(end.sent().getFirst().subject())
        .isEqualTo(
            "[Flowbell HIGH] prod eu-west-1: 3 more alerts, held back in the hour from 10:00 UTC");
    assertThat(end.sent().getFirst().alerts()).hasSize(3);
  }

  /// What is quiet is named in a digest, and is no reason for one.
  @Test
  void process_digestNamesWhatIsQuiet() {
    Pipeline pipeline =
        pipeline(
            LineFormats.fixed(List.of(RecordFormat.DEFAULT)),
            Map.of("ALERT_THRESHOLDS", "scan-ports=10", "QUIET", "10.0.4.0/31 scan"));

    Outcome quiet = pipeline.process(scansOf(2), TimeLimit.NONE);
    assertThat(quiet.sent()).isEmpty();
    assertThat(quiet.summary().total(Metric.ALERTS_QUIETED)).isEqualTo(2);
    assertThat(pipeline.finish().sent()).isEmpty();

    Outcome outcome = pipeline.process(scansOf(13), TimeLimit.NONE);
    assertThat(outcome.sent()).hasSize(10);
    assertThat(pipeline.finish().sent())
        .extracting(AlertMessage::text)
        .containsExactly(
            """
            1 more alert of the hour from 2026-11-22 10:00 UTC: more than ALERT_MAIL_LIMIT lets\
             through one by one.
            The most severe come first. The JSON form has all that each of them says.

            [Flowbell HIGH] prod eu-west-1: INSIDE 10.0.4.12 tries 10+ ports of 10.0.2.98, rejected

            Not sent because of QUIET, since the last digest:
            [Flowbell HIGH] prod eu-west-1: INSIDE 10.0.4.0 tries 10+ ports of 10.0.2.98, rejected
            [Flowbell HIGH] prod eu-west-1: INSIDE 10.0.4.1 tries 10+ ports of 10.0.2.98, rejected
            """);
  }

  @Test
  void process_repeatedAfterMetricsFailedDoesNotCountItsOwnAlert() {
    Pipeline pipeline = pipeline();
    publisher.failMetrics(1);
    assertThatThrownBy(() -> pipeline.process(scan("a", 12), TimeLimit.NONE))
        .isInstanceOf(PayloadFailedException.class);

    Outcome again = pipeline.process(scan("a", 12), TimeLimit.NONE);

    assertThat(again.summary().total(Metric.ALERTS_SUPPRESSED)).isZero();
    assertThat(publisher.messages()).hasSize(1);
  }

  /// A finished payload must not end in the failure queue.
  @Test
  void process_repeatThatCannotBeCounted() {
    Pipeline pipeline = pipeline();
    pipeline.process(scan("a", 1), TimeLimit.NONE);
    publisher.failMetrics(1);

    Outcome outcome = pipeline.process(scan("a", 1), TimeLimit.NONE);

    assertThat(outcome.summary().total(Metric.DUPLICATE_BATCHES)).isEqualTo(1);
    assertThat(publisher.reports()).hasSize(1);
    assertThat(warnings).containsExactly("not counted: metrics refused");
  }

  @Test
  void process_fileOfLines() {
    Pipeline pipeline = pipeline();

    for (int i = 0; i < 2; i++) {
      PayloadReader reader = pipeline.begin(new LogOrigin("", "", "file"));
      byte[] line = reject("a", 22).getBytes(StandardCharsets.US_ASCII);
      reader.addLine(line, 0, line.length);
      reader.addOverlongLine();

      Outcome outcome = pipeline.process(reader);

      assertThat(outcome.summary().total(Metric.RECORDS)).isEqualTo(1);
      assertThat(outcome.summary().total(Metric.UNREADABLE_RECORDS)).isEqualTo(1);
    }
    assertThat(publisher.reports()).hasSize(2);
  }

  /// A flow log made while the function runs: its first payload is read as a whole, and counted
  /// once.
  @Test
  void process_linesStopFitting() {
    RecordingFlowLogSource ec2 = new RecordingFlowLogSource();
    ec2.add("fl-1", RecordFormat.DEFAULT.toString());
    Pipeline pipeline =
        pipeline(new FlowLogFormats(ec2, List.of(RecordFormat.DEFAULT), () -> now, warnings::add));
    pipeline.process(scan("a", 1), TimeLimit.NONE);
    ec2.add("fl-2", "${action} ${dstport} ${interface-id}");
    now = START.plusSeconds(60);

    Outcome outcome =
        pipeline.process(
            lines(reject("a", 22), "REJECT 23 eni-b", "not a record", "REJECT 24 eni-b"),
            TimeLimit.NONE);

    assertThat(outcome.summary().total(Metric.RECORDS)).isEqualTo(3);
    assertThat(outcome.summary().total(Metric.REJECTED_FLOWS)).isEqualTo(3);
    assertThat(outcome.summary().total(Metric.UNREADABLE_RECORDS)).isEqualTo(1);
    assertThat(publisher.reports()).hasSize(2).last().isEqualTo(outcome.summary().toReport());
    assertThat(ec2.asked()).containsExactly("/vpc/flow-logs", "/vpc/flow-logs");
    assertThat(warnings).isEmpty();
  }

  @Test
  void process_linesThatNoFormatFits() {
    RecordingFlowLogSource ec2 = new RecordingFlowLogSource();
    ec2.add("fl-1", RecordFormat.DEFAULT.toString());
    Pipeline pipeline =
        pipeline(new FlowLogFormats(ec2, List.of(RecordFormat.FLOWBELL), () -> now, _ -> {}));

    for (int i = 0; i < 3; i++) {
      Outcome outcome =
          pipeline.process(lines(reject("a", 22), "not a record " + i), TimeLimit.NONE);

      assertThat(outcome.summary().total(Metric.RECORDS)).isEqualTo(1);
      assertThat(outcome.summary().total(Metric.UNREADABLE_RECORDS)).isEqualTo(1);
    }
    assertThat(ec2.asked()).hasSize(1);
  }

  /// No format makes JSON of what isn't.
  @Test
  void process_brokenJsonIsNoMisfit() {
    RecordingFlowLogSource ec2 = new RecordingFlowLogSource();
    ec2.add("fl-1", RecordFormat.DEFAULT.toString());
    Pipeline pipeline =
        pipeline(new FlowLogFormats(ec2, List.of(RecordFormat.FLOWBELL), () -> now, _ -> {}));
    pipeline.process(scan("a", 1), TimeLimit.NONE);
    now = START.plusSeconds(60);

    Outcome outcome = pipeline.process(lines("{\"srcaddr\":"), TimeLimit.NONE);

    assertThat(outcome.summary().faults()).isEqualTo(Map.of(ParseFault.BROKEN_JSON, 1L));
    assertThat(ec2.asked()).hasSize(1);
  }

  private static MetricReport alertsSent(Instant arrival, long count) {
    return MetricReport.of(
        arrival,
        List.of(
            new MetricPoint(
                MetricSeries.TOTAL,
                arrival.truncatedTo(ChronoUnit.MINUTES),
                Map.of(Metric.ALERTS_SENT, count))));
  }

  private Pipeline pipeline() {
    return pipeline(LineFormats.fixed(List.of(RecordFormat.DEFAULT)));
  }

  /// Ten ports are a scan here.
  private Pipeline pipeline(LineFormats formats) {
    return pipeline(formats, Map.of("ALERT_THRESHOLDS", "scan-ports=10"));
  }

  private Pipeline pipeline(LineFormats formats, Map<String, String> environment) {
    Settings settings = Settings.fromEnvironment(environment);
    MetricsStep metrics = new MetricsStep(publisher);
    return new Pipeline(
        settings,
        formats,
        ledger,
        new Judge(settings.alertPolicy()),
        new Delivery(
            metrics,
            List.of(
                new AlertsStep(
                    publisher,
                    metrics,
                    new NotificationContext(
                        "prod",
                        "eu-west-1",
                        "",
                        "",
                        settings.alertPolicy().thresholds(),
                        TrafficType.ALL),
                    settings.alertPolicy().mostNotifications(),
                    null)),
            warnings::add),
        () -> now);
  }

  /// So many sources, each of which tries ten ports.
  private static LogBatch scansOf(int sources) {
    List<LogEvent> events = new ArrayList<>();
    for (int source = 0; source < sources; source++) {
      for (int port = 1; port <= 10; port++) {
        events.add(
            new LogEvent(
                source + "-" + port,
                0,
                reject("a", port).replace("10.0.3.17", "10.0.4." + source)));
      }
    }
    return batch(new SubscriptionMessage("DATA_MESSAGE", "", "group", "stream", List.of(), events));
  }

  private static LogBatch lines(String... lines) {
    return batch(SubscriptionMessage.of(List.of(lines)));
  }

  /// A payload of one interface: one source, as many ports as records.
  private static LogBatch scan(String name, int ports) {
    List<LogEvent> events = new ArrayList<>();
    for (int port = 1; port <= ports; port++) {
      events.add(new LogEvent(name + ports + "-" + port, 0, reject(name, port)));
    }
    return batch(
        new SubscriptionMessage(
            "DATA_MESSAGE",
            "123456789010",
            "/vpc/flow-logs",
            "eni-" + name + "-all",
            List.of("Flowbell"),
            events));
  }

  private static String reject(String name, int port) {
    return "2 123456789010 eni-%s 10.0.3.17 10.0.2.98 40001 %d 6 1 60 1795342446 1795342450 REJECT OK"
        .formatted(name, port);
  }

  private static LogBatch batch(SubscriptionMessage message) {
    return new SubscriptionDecoder(1 << 20).decode(message.toData());
  }
}
