package dev.flowbell.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.emulator.DeployedStack;
import dev.flowbell.testing.generator.PayloadGenerator;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// Brings flow logs to a deployed stack, and reads what it counted of them.
abstract class StackScenario {
  /// The records of one payload.
  static final int RECORDS = 7;

  /// What the keys of flow log files begin with.
  static final String FOLDER = "AWSLogs/000000000000/vpcflowlogs/us-east-1/";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NAMESPACE = "Flowbell/flowbell";

  /// When flows ended, unless a test says otherwise.
  final Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(6));

  /// How many payloads were made.
  int payloads;

  private final HttpClient http = HttpClient.newHttpClient();

  abstract DeployedStack stack();

  /// Makes the lines of a payload, in the default format.
  List<String> lines() {
    return lines(minute);
  }

  /// Makes the lines of a payload whose flows ended at another time.
  List<String> lines(Instant endTime) {
    payloads++;
    List<String> lines = new ArrayList<>();
    long end = endTime.getEpochSecond();
    for (int i = 0; i < RECORDS; i++) {
      lines.add(
          "2 123456789010 eni-%d 10.0.1.5 10.0.2.%d 40001 443 6 9 840 %d %d ACCEPT OK"
              .formatted(payloads, i, end - 50, end));
    }
    return lines;
  }

  /// Makes a payload as a file, as flow logs write it into a bucket.
  byte[] file() {
    return file(lines());
  }

  /// Makes a file of these lines.
  static byte[] file(List<String> lines) {
    String header =
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes"
            + " start end action log-status\n";
    return PayloadGenerator.gzip((header + String.join("\n", lines) + "\n").getBytes(UTF_8));
  }

  /// Writes an object.
  void put(String bucket, String key, byte[] body) throws IOException, InterruptedException {
    String path = URLEncoder.encode(key, UTF_8).replace("+", "%20").replace("%2F", "/");
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(stack().uri().resolve("/" + bucket + "/" + path))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
  }

  /// Waits until a metric has a sum. More is a failure.
  void awaitMetric(String name, double sum) {
    await(() -> sum(name) >= sum, () -> name + " is " + sum(name) + ", expected " + sum);
    assertThat(sum(name)).as(name).isEqualTo(sum);
  }

  /// Returns the sum of a metric, of all flows so far.
  double sum(String metric) {
    try (CloudWatchClient cloudWatch = stack().client(CloudWatchClient.builder())) {
      return cloudWatch
          .getMetricStatistics(
              request ->
                  request
                      .namespace(NAMESPACE)
                      .metricName(metric)
                      .startTime(minute.minus(Duration.ofMinutes(30)))
                      .endTime(minute.plus(Duration.ofMinutes(60)))
                      .period(7_200)
                      .statisticsWithStrings("Sum"))
          .datapoints()
          .stream()
          .mapToDouble(point -> point.sum())
          .sum();
    }
  }

  /// Returns how many messages a queue has, the hidden ones too.
  int waiting(String queueUrl) {
    List<QueueAttributeName> counts =
        List.of(
            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE);
    try (SqsClient sqs = stack().client(SqsClient.builder())) {
      return sqs
          .getQueueAttributes(request -> request.queueUrl(queueUrl).attributeNames(counts))
          .attributes()
          .values()
          .stream()
          .mapToInt(Integer::parseInt)
          .sum();
    }
  }

  /// Waits until something is so.
  ///
  /// @param failure says what is instead, if it takes too long
  static void await(BooleanSupplier isDone, Supplier<String> failure) {
    Instant end = Instant.now().plus(PATIENCE);
    while (!isDone.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(failure.get());
      }
      try {
        Thread.sleep(300);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }
}
