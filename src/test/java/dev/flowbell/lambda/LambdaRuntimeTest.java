package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.process.LambdaProcess;
import dev.flowbell.testing.process.RuntimeApi;
import dev.flowbell.testing.process.RuntimeApi.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The function under Lambda's own runtime client, which hands the event's JSON on as it comes, and
/// the answer's back.
@EnabledOnOs(value = OS.LINUX, disabledReason = "the runtime client is made for Lambda's Linux")
class LambdaRuntimeTest {
  @TempDir private Path folder;

  @Test
  void runtimeClient_eventAndResult() throws Exception {
    try (RuntimeApi runtime = RuntimeApi.start();
        LoopbackAws aws = LoopbackAws.start();
        LambdaProcess _ = start(runtime, aws.url(), Map.of())) {
      Answer noEvent = runtime.invoke("null");
      assertThat(noEvent.kind()).isEqualTo("error");
      assertThat(Json.parseObject(noEvent.body()))
          .containsEntry(
              "errorMessage",
              "event: expected one of a CloudWatch Logs subscription (awslogs), a Kinesis stream"
                  + " (aws:kinesis) or an SQS queue (aws:sqs), got no JSON object")
          .containsEntry("errorType", "dev.flowbell.input.UndecodableEventException");
      assertThat(runtime.invoke(Files.readString(Path.of("events", "control-message.json"))))
          .isEqualTo(new Answer("response", "{\"ControlMessages\":1}"));
      Answer natGateway = runtime.invoke(Files.readString(Path.of("events", "nat-gateway.json")));
      assertThat(natGateway.kind()).isEqualTo("response");
      assertThat(Json.parseObject(natGateway.body()))
          .containsEntry("Records", 5L)
          .containsEntry("NatMaskedRejects", 1L)
          .containsKey("DeliveryLag");
      assertThat(aws.metricBodies()).hasSize(2);
    }
    assertThat(Files.readString(folder.resolve("log"))).contains("DATA_MESSAGE {Records=5, ");
  }

  /// With nothing there to send metrics to. What the logger says ends no line where there is no
  /// Lambda to take it, and stands before some.
  @Test
  void runtimeClient_metricsInTheLog() throws Exception {
    URI nobody;
    try (LoopbackAws aws = LoopbackAws.start()) {
      nobody = aws.url();
    }
    try (RuntimeApi runtime = RuntimeApi.start();
        LambdaProcess _ = start(runtime, nobody, Map.of("METRIC_SINK", "emf"))) {
      assertThat(runtime.invoke(Files.readString(Path.of("events", "control-message.json"))))
          .isEqualTo(new Answer("response", "{\"ControlMessages\":1}"));
      assertThat(runtime.invoke(Files.readString(Path.of("events", "nat-gateway.json"))).kind())
          .isEqualTo("response");
    }
    List<Map<String, @Nullable Object>> lines =
        Files.readAllLines(folder.resolve("log")).stream()
            .filter(line -> line.contains("{\"_aws\":"))
            .map(line -> Json.parseObject(line.substring(line.indexOf("{\"_aws\":"))))
            .toList();
    assertThat(lines).first().extracting("ControlMessages").isEqualTo(1L);
    assertThat(lines.stream().skip(1).mapToLong(line -> (Long) line.get("Records")).sum())
        .isEqualTo(5);
  }

  /// Lambda logs it, and shows it to whoever deploys a wrong setting.
  @Test
  void runtimeClient_wrongSetting() throws Exception {
    try (RuntimeApi runtime = RuntimeApi.start();
        LoopbackAws aws = LoopbackAws.start();
        LambdaProcess _ = start(runtime, aws.url(), Map.of("ALERT_MAIL_LIMIT", "ten"))) {
      Answer answer = runtime.invoke("null");

      assertThat(answer.kind()).isEqualTo("error");
      assertThat(Json.parseObject(answer.body()))
          .containsEntry(
              "errorMessage",
              "ALERT_MAIL_LIMIT: expected a whole number from 1 to 1000, got \"ten\"")
          .containsEntry("errorType", "dev.flowbell.settings.InvalidSettingsException");
    }
  }

  private LambdaProcess start(RuntimeApi runtime, URI endpoint, Map<String, String> settings)
      throws IOException {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("AWS_REGION", "eu-west-1");
    environment.put("AWS_ACCESS_KEY_ID", "made-up");
    environment.put("AWS_SECRET_ACCESS_KEY", "made-up");
    environment.put("AWS_ENDPOINT_URL", endpoint.toString());
    return LambdaProcess.start(runtime, environment, folder.resolve("log"));
  }
}
