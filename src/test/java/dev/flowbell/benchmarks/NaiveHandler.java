package dev.flowbell.benchmarks;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.CloudWatchLogsEvent;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.lambda.FlowLogsHandler;
import dev.flowbell.ledger.InMemoryLedger;
import dev.flowbell.pipeline.LineFormats;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.TimeLimit;
import dev.flowbell.pipeline.Totals;
import dev.flowbell.publish.CloudWatchMetricPublisher;
import dev.flowbell.publish.SnsAlertPublisher;
import dev.flowbell.settings.Settings;
import java.time.InstantSource;
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
    return new Pipeline(
        settings,
        LineFormats.fixed(settings.formats()),
        System.getenv("AWS_REGION"),
        new InMemoryLedger(),
        new CloudWatchMetricPublisher(CloudWatchClient.create(), settings.namespace(), clock),
        new SnsAlertPublisher(
            SnsClient.create(), Objects.requireNonNull(settings.topicArn()), settings.httpsForm()),
        clock);
  }

  @Override
  public Map<String, Long> handleRequest(CloudWatchLogsEvent event, Context context) {
    return Totals.nonZero(
        pipeline.process(decoder.decode(event.getAwsLogs().getData()), TimeLimit.NONE).summary());
  }
}
