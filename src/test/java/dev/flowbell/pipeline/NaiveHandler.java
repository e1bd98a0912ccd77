package dev.flowbell.pipeline;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.CloudWatchLogsEvent;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.judge.Judge;
import dev.flowbell.lambda.FlowLogsHandler;
import dev.flowbell.ledger.InMemoryLedger;
import dev.flowbell.notify.NotificationContext;
import dev.flowbell.publish.AlertPublisher;
import dev.flowbell.publish.CloudWatchMetricPublisher;
import dev.flowbell.publish.MetricPublisher;
import dev.flowbell.publish.SnsAlertPublisher;
import dev.flowbell.record.TrafficType;
import dev.flowbell.settings.Settings;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sns.SnsClient;

/// The function with the simplest wiring: the SDK's clients from `create()`, with the HTTP client
/// on the class path, and nothing done for start-up. The cold-start benchmark compares
/// [FlowLogsHandler] with it.
public final class NaiveHandler implements RequestHandler<CloudWatchLogsEvent, Map<String, Long>> {
  private final SubscriptionDecoder decoder;
  private final Pipeline pipeline;

  /// Makes the function as Lambda does.
  public NaiveHandler() {
    Settings settings = Settings.fromEnvironment(System.getenv());
    decoder = new SubscriptionDecoder(settings.maxInflatedBytes());
    pipeline = newPipeline(settings);
  }

  static Pipeline newPipeline(Settings settings) {
    InstantSource clock = InstantSource.system();
    MetricPublisher metrics =
        new CloudWatchMetricPublisher(CloudWatchClient.create(), settings.namespace(), clock);
    AlertPublisher alerts =
        new SnsAlertPublisher(
            SnsClient.create(), Objects.requireNonNull(settings.topicArn()), settings.httpsForm());
    return new Pipeline(
        settings,
        LineFormats.fixed(settings.formats()),
        new InMemoryLedger(),
        new Judge(settings.alertPolicy()),
        newDelivery(settings, metrics, alerts),
        clock);
  }

  private static Delivery newDelivery(
      Settings settings, MetricPublisher metrics, AlertPublisher alerts) {
    MetricsStep metricsStep = new MetricsStep(metrics);
    NotificationContext context =
        new NotificationContext(
            settings.stackName(),
            Objects.requireNonNullElse(System.getenv("AWS_REGION"), ""),
            "",
            "",
            settings.alertPolicy().thresholds(),
            TrafficType.ALL);
    AlertsStep alertsStep =
        new AlertsStep(
            alerts, metricsStep, context, settings.alertPolicy().mostNotifications(), null);
    return new Delivery(metricsStep, List.of(alertsStep), _ -> {});
  }

  @Override
  public Map<String, Long> handleRequest(CloudWatchLogsEvent event, Context context) {
    return Totals.nonZero(
        pipeline.process(decoder.decode(event.getAwsLogs().getData()), TimeLimit.NONE).summary());
  }
}
