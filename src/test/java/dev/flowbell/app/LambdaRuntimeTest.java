package dev.flowbell.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.LambdaProcess;
import dev.flowbell.testing.LoopbackAws;
import dev.flowbell.testing.RuntimeApi;
import dev.flowbell.testing.RuntimeApi.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The function under Lambda's own runtime client: the event's JSON becomes a `CloudWatchLogsEvent`
/// there, and the map that is returned becomes JSON.
@EnabledOnOs(value = OS.LINUX, disabledReason = "the runtime client is made for Lambda's Linux")
class LambdaRuntimeTest {
  @TempDir private Path folder;

  @Test
  void runtimeClient_eventAndResult() throws Exception {
    try (RuntimeApi runtime = RuntimeApi.start();
        LoopbackAws aws = LoopbackAws.start();
        LambdaProcess _ = start(runtime, aws, Map.of())) {
      Answer noEvent = runtime.invoke("null");
      assertThat(noEvent.kind()).isEqualTo("error");
      assertThat(Json.parseObject(noEvent.body()))
          .containsEntry("errorMessage", "awslogs.data: expected base64 of gzipped JSON, got none")
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

  /// Lambda logs it, and shows it to whoever deploys a wrong setting.
  @Test
  void runtimeClient_wrongSetting() throws Exception {
    try (RuntimeApi runtime = RuntimeApi.start();
        LoopbackAws aws = LoopbackAws.start();
        LambdaProcess _ = start(runtime, aws, Map.of("ALERT_REJECTS", "ten"))) {
      Answer answer = runtime.invoke("null");

      assertThat(answer.kind()).isEqualTo("error");
      assertThat(Json.parseObject(answer.body()))
          .containsEntry(
              "errorMessage",
              "ALERT_REJECTS: expected a positive integer, or 0 for never, got \"ten\"")
          .containsEntry("errorType", "dev.flowbell.app.InvalidSettingsException");
    }
  }

  private LambdaProcess start(RuntimeApi runtime, LoopbackAws aws, Map<String, String> settings)
      throws IOException {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("AWS_REGION", "eu-west-1");
    environment.put("AWS_ACCESS_KEY_ID", "made-up");
    environment.put("AWS_SECRET_ACCESS_KEY", "made-up");
    environment.put("AWS_ENDPOINT_URL", aws.url().toString());
    return LambdaProcess.start(runtime, environment, folder.resolve("log"));
  }
}
