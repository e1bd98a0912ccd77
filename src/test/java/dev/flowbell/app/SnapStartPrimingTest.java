package dev.flowbell.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.flowbell.testing.LoopbackAws;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;

class SnapStartPrimingTest {
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

    SnapStartPriming.run(MetricSink.CLOUDWATCH, warnings::add);

    assertThat(warnings).isEmpty();
    assertThat(aws.metricBodies()).isEmpty();
    assertThat(aws.notifications()).isEmpty();
    assertThat(aws.ec2Requests()).isEmpty();
    assertThat(aws.greetings()).isPositive();
  }

  /// Metrics of the four payloads that can be decoded, and the notification of the one with an
  /// alert.
  @Test
  void run_takesEachPayloadTheWholeWay() {
    try (PrimingHttpClient http = new PrimingHttpClient()) {
      SnapStartPriming.run(MetricSink.CLOUDWATCH, http);

      assertThat(http.answers()).isEqualTo(SnapStartPriming.ROUNDS * 5);
    }
  }

  /// Notifications alone: metrics need no client.
  @Test
  void run_metricsInTheLog() {
    try (PrimingHttpClient http = new PrimingHttpClient()) {
      SnapStartPriming.run(MetricSink.EMF, http);

      assertThat(http.answers()).isEqualTo(SnapStartPriming.ROUNDS);
    }
  }

  @Test
  void run_failureIsAWarning() {
    List<String> warnings = new ArrayList<>();

    assertThatCode(
            () -> SnapStartPriming.run(MetricSink.CLOUDWATCH, BrokenHttpClient::new, warnings::add))
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
      SnapStartPriming.run(MetricSink.CLOUDWATCH, warnings::add);
    } finally {
      List.of("aws.endpointUrl", "aws.region", "aws.accessKeyId", "aws.secretAccessKey")
          .forEach(System::clearProperty);
    }

    assertThat(warnings).isEmpty();
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
