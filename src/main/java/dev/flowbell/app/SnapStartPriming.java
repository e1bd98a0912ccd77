package dev.flowbell.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.input.UndecodableEventException;
import dev.flowbell.ledger.InMemoryLedger;
import dev.flowbell.publish.AwsClients;
import dev.flowbell.publish.CloudWatchMetricPublisher;
import dev.flowbell.publish.EmbeddedMetricPublisher;
import dev.flowbell.publish.MetricPublisher;
import dev.flowbell.publish.SnsAlertPublisher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sns.SnsClient;

/// What is done before SnapStart makes a snapshot of the function: payloads of each kind go through
/// a pipeline of their own, so that after a restore the first real one finds classes loaded and
/// code compiled.
///
/// Nothing of it lasts: ledger, settings, SDK clients and connections are made for it and thrown
/// away; what [PrimingHttpClient] gets is not sent.
///
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">
///   Lambda SnapStart runtime hooks for Java</a>
final class SnapStartPriming {
  /// HotSpot compiles a method after some 200 calls, and again, better, after some 5,000.
  static final int ROUNDS = 50;

  /// How many records a payload has, about.
  private static final int LINES = 50;

  private static final String TOPIC_ARN = "arn:aws:sns:us-east-1:000000000000:priming";

  private static final InstantSource CLOCK = InstantSource.system();

  private static final Settings SETTINGS =
      Settings.fromEnvironment(
          Map.of(
              "ALERT_TOPIC_ARN",
              TOPIC_ARN,
              "ALERT_BLOCKED_HANDSHAKES",
              "1",
              "METRIC_DIMENSIONS",
              "InterfaceId,VpcId+FlowDirection"));

  private static final String FLOWBELL_LINE =
      "8 000000000000 vpc-0 subnet-0 i-0 eni-0 10.0.1.5 10.0.2.98 40001 22 6 1 60 1795342446"
          + " 1795342450 REJECT OK 2 IPv4 198.51.100.7 10.0.2.98 us-east-1 use1-az1 ingress - -";

  private static final String DEFAULT_LINE =
      "2 000000000000 eni-0 198.51.100.7 10.0.2.98 40001 22 6 1 60 1795342446 1795342450 ACCEPT OK";

  private static final String JSON_LINE =
      "{\\\"version\\\":2,\\\"srcAddr\\\":\\\"198.51.100.7\\\",\\\"dstAddr\\\":\\\"2001:db8::98\\\","
          + "\\\"dstPort\\\":22,\\\"protocol\\\":6,\\\"action\\\":\\\"REJECT\\\"}";

  private static final List<String> PAYLOADS =
      List.of(
          payload("DATA_MESSAGE", lines(FLOWBELL_LINE, "unreadable")),
          payload("DATA_MESSAGE", lines(DEFAULT_LINE)),
          payload("DATA_MESSAGE", lines(JSON_LINE)),
          payload("CONTROL_MESSAGE", List.of("CWL CONTROL MESSAGE: priming")),
          "undecodable");

  private SnapStartPriming() {}

  /// Sends the payloads through, and lets nothing that goes wrong with it keep the function from
  /// starting: it would start slowly.
  ///
  /// @param sink the function's
  /// @param warnings gets a line where something went wrong
  static void run(MetricSink sink, Consumer<String> warnings) {
    run(sink, PrimingHttpClient::new, warnings);
  }

  static void run(
      MetricSink sink, Supplier<SdkHttpClient> newHttpClient, Consumer<String> warnings) {
    try (SdkHttpClient http = newHttpClient.get()) {
      run(sink, http);
    } catch (RuntimeException e) { // whatever it is, being slow is better than not to start
      warnings.accept("SnapStart: the function was not made ready, and starts slowly: " + e);
    }
  }

  static void run(MetricSink sink, SdkHttpClient http) {
    switch (sink) {
      case CLOUDWATCH -> {
        try (CloudWatchClient cloudWatch = AwsClients.newCloudWatch(http)) {
          run(new CloudWatchMetricPublisher(cloudWatch, SETTINGS.namespace(), CLOCK), http);
        }
      }
      case EMF -> {
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)) {
          run(new EmbeddedMetricPublisher(nowhere, SETTINGS.namespace(), CLOCK), http);
        }
      }
    }
  }

  private static void run(MetricPublisher metricPublisher, SdkHttpClient http) {
    SubscriptionDecoder decoder = new SubscriptionDecoder(SETTINGS.maxInflatedBytes());
    try (SnsClient sns = AwsClients.newSns(http)) {
      for (int i = 0; i < ROUNDS; i++) {
        Pipeline pipeline =
            new Pipeline(
                SETTINGS,
                LineFormats.fixed(SETTINGS.formats()),
                "us-east-1",
                new InMemoryLedger(), // that knows none of the payloads
                metricPublisher,
                new SnsAlertPublisher(
                    sns, Objects.requireNonNull(SETTINGS.topicArn()), SETTINGS.httpsForm()),
                CLOCK);
        for (String data : PAYLOADS) {
          try {
            Totals.nonZero(pipeline.process(decoder.decode(data), TimeLimit.NONE).summary());
          } catch (UndecodableEventException _) {
            // the last one
          }
        }
      }
    }
  }

  private static List<String> lines(String line, String... more) {
    List<String> lines = new ArrayList<>(Collections.nCopies(LINES, line));
    lines.addAll(Arrays.asList(more));
    return lines;
  }

  private static String payload(String type, List<String> messages) {
    StringBuilder json = new StringBuilder(1_024);
    json.append("{\"messageType\":\"")
        .append(type)
        .append(
            "\",\"owner\":\"000000000000\",\"logGroup\":\"priming\",\"logStream\":\"eni-0-all\","
                + "\"subscriptionFilters\":[\"priming\"],\"logEvents\":[");
    for (int i = 0; i < messages.size(); i++) {
      json.append(i == 0 ? "" : ",")
          .append("{\"id\":\"")
          .append(i)
          .append("\",\"timestamp\":1795342450000,\"message\":\"")
          .append(messages.get(i))
          .append("\"}");
    }
    json.append("]}");
    ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(gzipped)) {
      gzip.write(json.toString().getBytes(UTF_8));
    } catch (IOException e) {
      throw new AssertionError("an array takes it all", e);
    }
    return Base64.getEncoder().encodeToString(gzipped.toByteArray());
  }
}
