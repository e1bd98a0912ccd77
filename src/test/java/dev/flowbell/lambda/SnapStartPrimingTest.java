package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.flowbell.aws.HttpClients;
import dev.flowbell.settings.Settings;
import dev.flowbell.testing.network.LoopbackAws;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;

class SnapStartPrimingTest {
  private static final String TOPIC = "arn:aws:sns:eu-west-1:123456789012:flowbell";

  private LoopbackAws aws;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  @Test
  void run_publishesNothing() {
    List<String> warnings = new ArrayList<>();

    List<WarmUpRequest> requests =
        SnapStartPriming.run(settings(Map.of()), HttpClients.open(), warnings::add);

    assertThat(warnings).isEmpty();
    assertThat(aws.metricBodies()).isEmpty();
    assertThat(aws.notifications()).isEmpty();
    assertThat(aws.ec2Requests()).isEmpty();
    assertThat(aws.greetings()).isEqualTo(5);
    assertThat(requests).hasSize(1);
  }

  /// Metrics of the five payloads that can be decoded; the notification of the one with an alert,
  /// and the metric that it was sent.
  @Test
  void run_takesEachPayloadTheWholeWay() throws IOException {
    PrimingHttpClient http = new PrimingHttpClient(HttpClients.open().publishing());

    SnapStartPriming.process(
        settings(Map.of("ALERT_TOPIC_ARN", TOPIC)), new HttpClients(http, new BrokenHttpClient()));

    assertThat(http.answers()).isEqualTo(SnapStartPriming.ROUNDS * 7);
  }

  /// A claim and an end for each of four payloads; evidence of two, of unreadable records, and of
  /// what was sent.
  @Test
  void run_withALedger() throws IOException {
    PrimingHttpClient http = new PrimingHttpClient(HttpClients.open().publishing());
    PrimingHttpClient ledger = new PrimingHttpClient(HttpClients.newLedger());

    SnapStartPriming.process(
        settings(Map.of("ALERT_TOPIC_ARN", TOPIC, "LEDGER_TABLE", "flowbell")),
        new HttpClients(http, ledger));

    assertThat(http.answers()).isEqualTo(SnapStartPriming.ROUNDS * 7);
    assertThat(ledger.answers())
        .isBetween(SnapStartPriming.ROUNDS * 19, SnapStartPriming.ROUNDS * 27);
    assertThat(ledger.warmUpRequests()).hasSize(1);
  }

  /// Notifications alone: metrics need no client.
  @Test
  void run_metricsInTheLog() throws IOException {
    PrimingHttpClient http = new PrimingHttpClient(HttpClients.open().publishing());

    SnapStartPriming.process(
        settings(Map.of("ALERT_TOPIC_ARN", TOPIC, "METRIC_SINK", "emf")),
        new HttpClients(http, new BrokenHttpClient()));

    assertThat(http.answers()).isEqualTo(SnapStartPriming.ROUNDS);
    assertThat(http.warmUpRequests()).hasSize(1);
  }

  /// A function that tells nobody has no use for SNS, and needn't be let to it.
  @Test
  void run_withoutATopic() throws IOException {
    PrimingHttpClient http = new PrimingHttpClient(HttpClients.open().publishing());

    SnapStartPriming.process(settings(Map.of()), new HttpClients(http, new BrokenHttpClient()));

    assertThat(http.answers()).as("metrics alone").isEqualTo(SnapStartPriming.ROUNDS * 5);
  }

  @Test
  void run_failureIsAWarning() {
    List<String> warnings = new ArrayList<>();

    assertThatCode(
            () ->
                SnapStartPriming.run(
                    settings(Map.of()),
                    new HttpClients(new BrokenHttpClient(), new BrokenHttpClient()),
                    warnings::add))
        .doesNotThrowAnyException();

    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("SnapStart: the function was not made ready, and starts slowly: ")
        .contains("made for a test");
  }

  /// Where AWS can't be reached, as from a VPC, the rest of it is done all the same.
  @Test
  void run_nobodyAnswers() {
    aws.close();
    System.setProperty("aws.endpointUrl", aws.url().toString());
    System.setProperty("aws.region", "eu-west-1");
    System.setProperty("aws.accessKeyId", "made-up");
    System.setProperty("aws.secretAccessKey", "made-up");
    List<String> warnings = new ArrayList<>();
    try {
      SnapStartPriming.reconnect(
          SnapStartPriming.run(settings(Map.of()), HttpClients.open(), warnings::add));
    } finally {
      List.of("aws.endpointUrl", "aws.region", "aws.accessKeyId", "aws.secretAccessKey")
          .forEach(System::clearProperty);
    }

    assertThat(warnings).isEmpty();
  }

  /// The first payload's request comes by the connection that was made after the restore.
  @Test
  void reconnect_oneConnectionToEach() throws IOException {
    HttpClients clients = HttpClients.open();
    List<WarmUpRequest> requests = SnapStartPriming.run(settings(Map.of()), clients, _ -> {});
    int before = aws.greetings();
    int connectionsBefore = aws.connections();

    SnapStartPriming.reconnect(requests);
    requests.getFirst().sendAndKeepAlive();

    assertThat(aws.greetings()).isEqualTo(before + 2);
    assertThat(aws.connections()).isEqualTo(connectionsBefore + 1);
  }

  private static Settings settings(Map<String, String> environment) {
    return Settings.fromEnvironment(environment);
  }

  private static final class BrokenHttpClient implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      throw new IllegalStateException("made for a test");
    }

    @Override
    public void close() {}
  }
}
