package dev.flowbell.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.input.LambdaEvent;
import dev.flowbell.input.LambdaEventReader;
import dev.flowbell.input.LogBatch;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.metric.Metric;
import dev.flowbell.pipeline.Invocation;
import dev.flowbell.pipeline.Outcome;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.TimeLimit;
import dev.flowbell.pipeline.Totals;
import dev.flowbell.pipeline.Wiring;
import dev.flowbell.record.FlowField;
import dev.flowbell.s3.S3Client;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

/// The Lambda function. It handles the events of a CloudWatch Logs subscription, batches of a
/// Kinesis data stream, and messages of a queue that name files in a bucket. It returns the counts
/// to callers that wait for them, and to a queue the messages that are to be repeated.
///
/// Settings are environment variables, see `docs/settings.md`. The AWS clients use the environment
/// too: Region, credentials and `AWS_ENDPOINT_URL`. Log lines go to Lambda's own logger, which
/// writes JSON where the function's log format is JSON; metrics in the embedded metric format go to
/// standard output directly. No log line holds an address or a record.
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
  private final LambdaEventReader events = new LambdaEventReader();
  private final SubscriptionDecoder decoder;
  private final Wiring wiring;
  private final Pipeline pipeline;

  /// Logged with the current payload, or with the next one: at start-up there is no invocation to
  /// log with.
  private final List<String> warnings = new ArrayList<>();

  /// Sent after a restore.
  private List<WarmUpRequest> warmUpRequests = List.of();

  private @Nullable BucketEvents bucketEvents;
  private boolean hasLoggedMissingFlags;

  /// Creates the function. Lambda does so once for each execution environment.
  ///
  /// @throws RuntimeException where settings are wrong; the message names each of them
  public FlowLogsHandler() {
    this(System.getenv());
    if (SNAP_START.equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
      Core.getGlobalContext().register(this); // without SnapStart it only costs time
    }
  }

  FlowLogsHandler(Map<String, String> environment) {
    this(Settings.fromEnvironment(environment), environment.get("AWS_REGION"));
  }

  private FlowLogsHandler(Settings settings, @Nullable String region) {
    this(settings, region, HttpClients.open(), System.out);
  }

  /// Creates the function with other HTTP clients.
  ///
  /// @param clients the caller closes them
  /// @param out receives metrics in the embedded metric format
  FlowLogsHandler(
      Settings settings, @Nullable String region, HttpClients clients, PrintStream out) {
    this.settings = settings;
    this.clients = clients;
    decoder = new SubscriptionDecoder(settings.maxInflatedBytes());
    wiring = new Wiring(settings, region, clients);
    pipeline = wiring.newFunction(out, warnings::add);
  }

  /// Handles one event.
  ///
  /// @param event the event of a subscription, `{"awslogs":{"data":"…"}}`, or a batch of a stream,
  ///   `{"Records":[{"eventSource":"aws:kinesis",…}]}`, or messages of a queue,
  ///   `{"Records":[{"eventSource":"aws:sqs",…}]}`
  /// @param answer receives the totals that are not 0, by metric name, `{"Records":470,…}`; for
  ///   messages of a queue `{"batchItemFailures":[{"itemIdentifier":…}]}`
  /// @throws dev.flowbell.input.UndecodableEventException where the payload of a subscription can't
  ///   be unwrapped; Lambda tries again, then sends it to the failure queue
  /// @throws dev.flowbell.ledger.BatchClaimedException where another invocation handles the same
  ///   payload, or the same shard; Lambda tries again later
  /// @throws RuntimeException where something could not be published; the message names what was
  ///   published and what was not
  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    handle(
        event,
        answer,
        context.getLogger(),
        new Invocation(
            context.getAwsRequestId(), context.getInvokedFunctionArn(), toLimit(context)));
  }

  void handle(InputStream event, OutputStream answer, LambdaLogger log, Invocation invocation)
      throws IOException {
    Map<String, Long> counts = new LinkedHashMap<>();
    try {
      switch (events.read(event)) {
        case LambdaEvent.Subscription subscription -> {
          LogBatch batch = decoder.decode(subscription.data());
          report(batch.type().toString(), pipeline.process(batch, invocation.limit()), log, counts);
        }
        case LambdaEvent.Stream stream -> {
          for (Outcome outcome : pipeline.process(stream.records(), decoder, invocation)) {
            report(stream.records().size() + " stream records", outcome, log, counts);
          }
        }
        case LambdaEvent.Queue queue -> {
          List<String> returned =
              bucketEvents()
                  .handle(
                      queue.messages(),
                      invocation,
                      log,
                      outcome -> report(outcome.summary().origin().name(), outcome, log, counts));
          BucketEvents.write(returned, answer);
          return;
        }
      }
    } finally {
      logWarnings(log);
    }
    Totals.write(counts, answer);
  }

  /// Returns what handles messages. A function that gets none loads no class of it.
  private BucketEvents bucketEvents() {
    if (bucketEvents == null) {
      bucketEvents = new BucketEvents(pipeline, S3Client.create(), wiring.newFailureQueue());
    }
    return bucketEvents;
  }

  /// Logs what came of a payload or a batch, and adds its totals.
  private void report(String what, Outcome outcome, LambdaLogger log, Map<String, Long> totals) {
    logWarnings(log);
    FlowSummary summary = outcome.summary();
    Map<String, Long> counts = Totals.nonZero(summary);
    log.log("%s %s".formatted(what, counts), LogLevel.INFO);
    if (!summary.faults().isEmpty()) {
      log.log("unreadable records: " + summary.faults(), LogLevel.WARN);
    }
    logMissingFlagsOnce(summary, log);
    counts.forEach((name, count) -> totals.merge(name, count, Long::sum));
  }

  private void logWarnings(LambdaLogger log) {
    warnings.forEach(warning -> log.log(warning, LogLevel.WARN));
    warnings.clear();
  }

  private static TimeLimit toLimit(Context context) {
    return () -> Duration.ofMillis(context.getRemainingTimeInMillis());
  }

  @Override
  public void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
    warmUpRequests = SnapStartPriming.run(settings, clients, warnings::add);
  }

  @Override
  public void afterRestore(org.crac.Context<? extends Resource> context) {
    SnapStartPriming.reconnect(warmUpRequests);
  }

  private void logMissingFlagsOnce(FlowSummary summary, LambdaLogger log) {
    if (!hasLoggedMissingFlags
        && summary.total(Metric.RECORDS) > 0
        && !summary.fields().contains(FlowField.TCP_FLAGS)) {
      hasLoggedMissingFlags = true;
      log.log(
          "these records have no tcp-flags: no handshakes are counted (said once; the default"
              + " format has none, see docs/settings.md)",
          LogLevel.WARN);
    }
  }
}
