package dev.flowbell.pipeline;

import dev.flowbell.aws.HttpClients;
import dev.flowbell.ec2.Ec2Client;
import dev.flowbell.judge.Judge;
import dev.flowbell.ledger.DynamoDbLedger;
import dev.flowbell.ledger.FallbackLedger;
import dev.flowbell.ledger.InMemoryLedger;
import dev.flowbell.ledger.Ledger;
import dev.flowbell.notify.NotificationContext;
import dev.flowbell.publish.AlertPublisher;
import dev.flowbell.publish.CloudWatchMetricPublisher;
import dev.flowbell.publish.ConsolePublisher;
import dev.flowbell.publish.EmbeddedMetricPublisher;
import dev.flowbell.publish.MetricPublisher;
import dev.flowbell.publish.SnsAlertPublisher;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.settings.MetricSink;
import dev.flowbell.settings.Settings;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Creates pipelines as the settings ask for: which ledger, which formats, which publishers.
public final class Wiring {
  private final Settings settings;
  private final @Nullable String region;
  private final HttpClients clients;
  private final InstantSource clock = InstantSource.system();

  /// Creates a wiring.
  ///
  /// @param region the Region whose console notifications link to, `null` for no links
  /// @param clients stay the caller's to close
  public Wiring(Settings settings, @Nullable String region, HttpClients clients) {
    this.settings = settings;
    this.region = region;
    this.clients = clients;
  }

  /// Creates the function's pipeline.
  ///
  /// @param log receives metrics in the embedded metric format, where the settings choose it
  /// @param warnings receives what the function's log should say, a line each
  public Pipeline newFunction(PrintStream log, Consumer<String> warnings) {
    return new Pipeline(
        settings,
        newLineFormats(warnings),
        settings.ledgerTable() == null
            ? InMemoryLedger.ofFunction()
            : new FallbackLedger(newDynamoDbLedger(settings.ledgerTable()), warnings),
        settings.topicArn() == null ? null : new Judge(settings.alertPolicy()),
        newDelivery(List.of(newMetricPublisher(log)), newAlertPublishers(), warnings),
        clock);
  }

  /// Creates the pipeline of a replay that publishes nothing.
  ///
  /// @param console shows what would be published
  /// @param selection tells of each record whether it is read
  public Pipeline newReplay(ConsolePublisher console, Predicate<FlowRecord> selection) {
    return newReplay(new InMemoryLedger(), List.of(console), List.of(console), _ -> {}, selection);
  }

  /// Creates a pipeline that publishes nothing. Its outcomes have the notifications.
  ///
  /// @param selection tells of each record whether it is read
  public Pipeline newTrial(Predicate<FlowRecord> selection) {
    return newReplay(new InMemoryLedger(), List.of(), List.of(), _ -> {}, selection);
  }

  /// Creates the pipeline of a replay that publishes to AWS as well. Where the ledger does not
  /// answer, the replay fails.
  ///
  /// @param console shows what is published
  /// @param warnings receives what could not be counted, a line each
  /// @param selection tells of each record whether it is read
  public Pipeline newPublishingReplay(
      ConsolePublisher console, Consumer<String> warnings, Predicate<FlowRecord> selection) {
    List<AlertPublisher> alertPublishers = new ArrayList<>();
    alertPublishers.add(console);
    alertPublishers.addAll(newAlertPublishers());
    return newReplay(
        settings.ledgerTable() == null
            ? new InMemoryLedger()
            : newDynamoDbLedger(settings.ledgerTable()),
        List.of(console, newCloudWatchPublisher()),
        alertPublishers,
        warnings,
        selection);
  }

  private Pipeline newReplay(
      Ledger ledger,
      List<MetricPublisher> metrics,
      List<AlertPublisher> alerts,
      Consumer<String> warnings,
      Predicate<FlowRecord> selection) {
    return new Pipeline(
        settings,
        LineFormats.fixed(settings.formats()),
        ledger,
        new Judge(settings.alertPolicy()),
        newDelivery(metrics, alerts, warnings),
        clock,
        selection);
  }

  private LineFormats newLineFormats(Consumer<String> warnings) {
    if (!settings.isLogFormatAuto()) {
      return LineFormats.fixed(settings.formats());
    }
    FlowLogFormats formats =
        new FlowLogFormats(Ec2Client.create(), settings.formats(), clock, warnings);
    if (settings.logGroup() != null) {
      formats.prepare(settings.logGroup());
    }
    return formats;
  }

  private Ledger newDynamoDbLedger(String table) {
    return new DynamoDbLedger(table, clients);
  }

  private MetricPublisher newMetricPublisher(PrintStream log) {
    return settings.metricSink() == MetricSink.EMF
        ? new EmbeddedMetricPublisher(log, settings.namespace(), clock)
        : newCloudWatchPublisher();
  }

  private MetricPublisher newCloudWatchPublisher() {
    return CloudWatchMetricPublisher.create(clients, settings.namespace(), clock);
  }

  private List<AlertPublisher> newAlertPublishers() {
    return settings.topicArn() == null
        ? List.of()
        : List.of(SnsAlertPublisher.create(clients, settings.topicArn(), settings.httpsForm()));
  }

  private Delivery newDelivery(
      List<MetricPublisher> metrics, List<AlertPublisher> alerts, Consumer<String> warnings) {
    MetricsStep metricsStep =
        new MetricsStep(
            (report, progress) -> metrics.forEach(each -> each.publish(report, progress)));
    AlertsStep alertsStep =
        new AlertsStep(
            message -> alerts.forEach(each -> each.publish(message)),
            metricsStep,
            new NotificationContext(
                settings.stackName(),
                region,
                "",
                "",
                settings.alertPolicy().thresholds(),
                settings.trafficType()),
            settings.alertPolicy().mostNotifications());
    return new Delivery(metricsStep, List.of(alertsStep), warnings);
  }
}
