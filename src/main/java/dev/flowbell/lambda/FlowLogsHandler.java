package dev.flowbell.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.flowbell.aws.AwsClients;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.ec2.DescribeFlowLogsClient;
import dev.flowbell.input.LogBatch;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.ledger.DynamoDbLedger;
import dev.flowbell.ledger.FallbackLedger;
import dev.flowbell.ledger.InMemoryLedger;
import dev.flowbell.ledger.Ledger;
import dev.flowbell.metric.Metric;
import dev.flowbell.pipeline.FlowLogFormats;
import dev.flowbell.pipeline.LineFormats;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.TimeLimit;
import dev.flowbell.pipeline.Totals;
import dev.flowbell.publish.AlertPublisher;
import dev.flowbell.publish.CloudWatchMetricPublisher;
import dev.flowbell.publish.EmbeddedMetricPublisher;
import dev.flowbell.publish.MetricPublisher;
import dev.flowbell.publish.SnsAlertPublisher;
import dev.flowbell.record.FlowField;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

/// The Lambda function: takes what a CloudWatch Logs subscription sends, and returns a count of
/// what it found, for whoever invokes it by hand.
///
/// Settings come from the environment, `docs/settings.md`; the AWS clients take region, credentials
/// and `AWS_ENDPOINT_URL` from there too. Log lines go through Lambda's own logger, which makes
/// JSON of them where the function's log format is JSON; metrics for the log go past it. No line
/// holds an address or a record.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample">Subscription
///   filters with AWS Lambda</a>
public final class FlowLogsHandler implements RequestStreamHandler, Resource {
  /// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html">Defined
  ///   runtime environment variables</a>
  private static final String SNAP_START = "snap-start";

  private final Settings settings;
  private final HttpClients clients;
  private final SubscriptionDecoder decoder;
  private final Pipeline pipeline;

  /// Logged with the payload under way, or the next one: at start-up there is no invocation yet to
  /// log with.
  private final List<String> warnings = new ArrayList<>();

  /// Of the services that a restored function connects to at once.
  private List<Greeting> greetings = List.of();

  private boolean hasSaidFlagsAreMissing;

  /// Makes the function as Lambda does, once for each execution environment.
  ///
  /// @throws RuntimeException where a setting is wrong; the message names every wrong one
  public FlowLogsHandler() {
    this(System.getenv());
    if (SNAP_START.equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
      Core.getGlobalContext().register(this); // elsewhere it would only cost time
    }
  }

  FlowLogsHandler(Map<String, String> environment) {
    this(Settings.fromEnvironment(environment), environment.get("AWS_REGION"));
  }

  private FlowLogsHandler(Settings settings, @Nullable String region) {
    this(settings, region, HttpClients.open(), System.out);
  }

  /// @param clients stay the caller's to close
  /// @param out where metrics go that go to the log
  FlowLogsHandler(
      Settings settings, @Nullable String region, HttpClients clients, PrintStream out) {
    InstantSource clock = InstantSource.system();
    this.settings = settings;
    this.clients = clients;
    decoder = new SubscriptionDecoder(settings.maxInflatedBytes());
    pipeline =
        new Pipeline(
            settings.topicArn() == null ? settings.withoutAlerts() : settings,
            newLineFormats(settings, clock),
            region,
            newLedger(settings, clients),
            newMetricPublisher(settings, clients, out, clock),
            newAlertPublisher(settings, clients),
            clock);
  }

  private LineFormats newLineFormats(Settings settings, InstantSource clock) {
    if (!settings.isLogFormatAuto()) {
      return LineFormats.fixed(settings.formats());
    }
    FlowLogFormats formats =
        new FlowLogFormats(
            DescribeFlowLogsClient.create(), settings.formats(), clock, warnings::add);
    if (settings.logGroup() != null) {
      formats.prepare(settings.logGroup());
    }
    return formats;
  }

  private static MetricPublisher newMetricPublisher(
      Settings settings, HttpClients clients, PrintStream out, InstantSource clock) {
    return switch (settings.metricSink()) {
      case CLOUDWATCH ->
          new CloudWatchMetricPublisher(
              AwsClients.newCloudWatch(clients.publishing()), settings.namespace(), clock);
      case EMF -> new EmbeddedMetricPublisher(out, settings.namespace(), clock);
    };
  }

  private static AlertPublisher newAlertPublisher(Settings settings, HttpClients clients) {
    return settings.topicArn() == null
        ? _ -> {}
        : new SnsAlertPublisher(
            AwsClients.newSns(clients.publishing()), settings.topicArn(), settings.httpsForm());
  }

  private Ledger newLedger(Settings settings, HttpClients clients) {
    return settings.ledgerTable() == null
        ? new InMemoryLedger()
        : new FallbackLedger(
            new DynamoDbLedger(settings.ledgerTable(), clients.ledger()), warnings::add);
  }

  /// Handles one payload.
  ///
  /// @param event as CloudWatch Logs sends it, `{"awslogs":{"data":"…"}}`, or anything, where
  ///   somebody invokes the function by hand
  /// @param totals gets those of the payload that aren't 0 by metric name, `{"Records":470,…}`
  /// @throws dev.flowbell.input.UndecodableEventException where the payload can't be unwrapped;
  ///   Lambda then tries again, and puts it into the failure queue
  /// @throws dev.flowbell.ledger.BatchClaimedException where the same payload is being handled
  ///   elsewhere; Lambda tries again when that is over
  /// @throws RuntimeException where something could not be published, naming what was and what
  ///   wasn't
  @Override
  public void handleRequest(InputStream event, OutputStream totals, Context context)
      throws IOException {
    handle(event, totals, context.getLogger(), toLimit(context));
  }

  void handle(InputStream event, OutputStream totals, LambdaLogger log, TimeLimit limit)
      throws IOException {
    LogBatch batch = decoder.decodeEvent(event);
    FlowSummary summary;
    try {
      summary = pipeline.process(batch, limit).summary();
    } finally {
      warnings.forEach(warning -> log.log(warning, LogLevel.WARN));
      warnings.clear();
    }
    Map<String, Long> counts = Totals.nonZero(summary);
    log.log("%s %s".formatted(batch.type(), counts), LogLevel.INFO);
    if (!summary.faults().isEmpty()) {
      log.log("unreadable records: " + summary.faults(), LogLevel.WARN);
    }
    sayOnceThatFlagsAreMissing(summary, log);
    Totals.write(counts, totals);
  }

  private static TimeLimit toLimit(Context context) {
    return () -> Duration.ofMillis(context.getRemainingTimeInMillis());
  }

  @Override
  public void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
    greetings = SnapStartPriming.run(settings, clients, warnings::add);
  }

  @Override
  public void afterRestore(org.crac.Context<? extends Resource> context) {
    SnapStartPriming.reconnect(greetings);
  }

  private void sayOnceThatFlagsAreMissing(FlowSummary summary, LambdaLogger log) {
    if (!hasSaidFlagsAreMissing
        && summary.total(Metric.RECORDS) > 0
        && !summary.fields().contains(FlowField.TCP_FLAGS)) {
      hasSaidFlagsAreMissing = true;
      log.log(
          "these records have no tcp-flags: no handshakes are counted (said once; the default"
              + " format has none, see docs/settings.md)",
          LogLevel.WARN);
    }
  }
}
