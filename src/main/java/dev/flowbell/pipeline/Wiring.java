package dev.flowbell.pipeline;

import dev.flowbell.aws.HttpClients;
import dev.flowbell.ec2.BlockFinder;
import dev.flowbell.ec2.Ec2Client;
import dev.flowbell.ec2.RuleSource;
import dev.flowbell.judge.Judge;
import dev.flowbell.judge.Quiet;
import dev.flowbell.ledger.DynamoDbLedger;
import dev.flowbell.ledger.FallbackLedger;
import dev.flowbell.ledger.InMemoryLedger;
import dev.flowbell.ledger.Ledger;
import dev.flowbell.notify.NotificationContext;
import dev.flowbell.publish.AlertPublisher;
import dev.flowbell.publish.CloudWatchMetricPublisher;
import dev.flowbell.publish.ConsolePublisher;
import dev.flowbell.publish.EmbeddedMetricPublisher;
import dev.flowbell.publish.FailureQueue;
import dev.flowbell.publish.MetricPublisher;
import dev.flowbell.publish.SnsAlertPublisher;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.settings.MetricSink;
import dev.flowbell.settings.Settings;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Creates pipelines as the settings ask for: which ledger, which formats, which publishers.
public final class Wiring {
  /// The longest time by which what explains its alerts may delay a payload.
  private static final Duration LONGEST_EXPLANATION = Duration.ofSeconds(2);

  private static final Duration LONGEST_EXPLANATION_OF_REPLAY = Duration.ofSeconds(20);

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
    RuleSource rules = newRules();
    FailureQueue failures = newFailureQueue();
    return new Pipeline(
        settings,
        rules != null && settings.isInsideAuto()
            ? new InsideNetworks(settings.insideNetworks(), rules, clock, warnings)
            : settings::insideNetworks,
        newLineFormats(warnings),
        settings.ledgerTable() == null
            ? InMemoryLedger.ofFunction()
            : new FallbackLedger(newDynamoDbLedger(settings.ledgerTable()), warnings),
        settings.topicArn() == null ? null : newJudge(rules, warnings),
        newDelivery(
            List.of(newMetricPublisher(log)),
            newAlertPublishers(),
            newExplanations(rules, LONGEST_EXPLANATION, warnings),
            failures == null ? List.of() : List.of(new FailuresStep(failures, warnings)),
            warnings),
        clock,
        PayloadReader.EVERY_RECORD);
  }

  /// Creates what sends to the failure queue, `null` where the settings name none.
  public @Nullable FailureQueue newFailureQueue() {
    return settings.failureQueueUrl() == null
        ? null
        : new FailureQueue(settings.failureQueueUrl(), clients.publishing(), clock);
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
    RuleSource rules = newRules();
    return new Pipeline(
        settings,
        settings::insideNetworks,
        LineFormats.fixed(settings.formats()),
        ledger,
        newJudge(rules, warnings),
        newDelivery(
            metrics,
            alerts,
            newExplanations(rules, LONGEST_EXPLANATION_OF_REPLAY, warnings),
            List.of(),
            warnings),
        clock,
        selection);
  }

  /// Creates what asks EC2, `null` where nothing is to be asked: without it, no class of it is
  /// loaded.
  private @Nullable RuleSource newRules() {
    return settings.explainsBlocks()
            || settings.isInsideAuto()
            || settings.alertPolicy().quiet().hasPrefixLists()
        ? Ec2Client.createQuick()
        : null;
  }

  private Judge newJudge(@Nullable RuleSource rules, Consumer<String> warnings) {
    Quiet quiet = settings.alertPolicy().quiet();
    return rules != null && quiet.hasPrefixLists()
        ? new Judge(settings.alertPolicy(), new QuietLists(quiet, rules, clock, warnings))
        : new Judge(settings.alertPolicy());
  }

  /// Asks EC2 once, about an interface that there is not, if the settings let EC2 be asked what
  /// blocks. What signs, sends and reads is then loaded. What EC2 answers doesn't matter.
  public void primeExplanations() {
    if (settings.explainsBlocks()) {
      try (Ec2Client ec2 = Ec2Client.createQuick()) {
        new BlockFinder(ec2, clock, BlockFinder.USUAL_CACHE_AGE).find(Rejections.PRIMING);
      }
    }
  }

  private @Nullable Explanations newExplanations(
      @Nullable RuleSource rules, Duration longest, Consumer<String> warnings) {
    return rules != null && settings.explainsBlocks()
        ? new Explanations(
            new BlockFinder(rules, clock, BlockFinder.USUAL_CACHE_AGE), clock, longest, warnings)
        : null;
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
      List<MetricPublisher> metrics,
      List<AlertPublisher> alerts,
      @Nullable Explanations explanations,
      List<FailuresStep> failures,
      Consumer<String> warnings) {
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
            settings.alertPolicy().mostNotifications(),
            explanations);
    List<DeliveryStep> others = new ArrayList<>(List.of(alertsStep));
    others.addAll(failures);
    return new Delivery(metricsStep, others, warnings);
  }
}
