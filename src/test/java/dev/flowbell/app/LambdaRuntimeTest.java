package dev.flowbell.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.LoopbackAws;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The function under Lambda's own runtime client: the event's JSON becomes a `CloudWatchLogsEvent`
/// there, and the map that is returned becomes JSON.
///
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Lambda runtime
///   API</a>
@EnabledOnOs(value = OS.LINUX, disabledReason = "the runtime client is made for Lambda's Linux")
class LambdaRuntimeTest {
  @TempDir private Path folder;

  @Test
  void runtimeClient_eventAndResult() throws Exception {
    try (RuntimeApi runtime = RuntimeApi.start();
        LoopbackAws aws = LoopbackAws.start()) {
      runtime.add("null");
      runtime.add(Files.readString(Path.of("events", "control-message.json")));
      runtime.add(Files.readString(Path.of("events", "nat-gateway.json")));
      Process function = function(runtime, aws);
      try {
        Answer noEvent = runtime.answer();
        assertThat(noEvent.kind).isEqualTo("error");
        assertThat(Json.parseObject(noEvent.body))
            .containsEntry(
                "errorMessage", "awslogs.data: expected base64 of gzipped JSON, got none")
            .containsEntry("errorType", "dev.flowbell.input.UndecodableEventException");
        assertThat(runtime.answer()).isEqualTo(new Answer("response", "{\"ControlMessages\":1}"));
        Answer natGateway = runtime.answer();
        assertThat(natGateway.kind).isEqualTo("response");
        assertThat(Json.parseObject(natGateway.body))
            .containsEntry("Records", 5L)
            .containsEntry("NatMaskedRejects", 1L)
            .containsKey("DeliveryLag");
        assertThat(aws.metricBodies()).hasSize(2);
      } finally {
        function.destroyForcibly().waitFor();
      }
      assertThat(Files.readString(folder.resolve("log"))).contains("DATA_MESSAGE {Records=5, ");
    }
  }

  /// Lambda logs it, and shows it to whoever deploys a wrong setting.
  @Test
  void runtimeClient_wrongSetting() throws Exception {
    try (RuntimeApi runtime = RuntimeApi.start();
        LoopbackAws aws = LoopbackAws.start()) {
      Process function = function(runtime, aws, "ALERT_REJECTS", "ten");
      try {
        assertThat(Json.parseObject(runtime.answer().body))
            .containsEntry(
                "errorMessage",
                "ALERT_REJECTS: expected a positive integer, or 0 for never, got \"ten\"")
            .containsEntry("errorType", "dev.flowbell.app.InvalidSettingsException");
      } finally {
        function.destroyForcibly().waitFor();
      }
    }
  }

  private Process function(RuntimeApi runtime, LoopbackAws aws, String... environment)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            AWSLambda.class.getName(),
            FlowLogsHandler.class.getName());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_LAMBDA_RUNTIME_API", runtime.address(),
                "AWS_LAMBDA_FUNCTION_NAME", "flowbell",
                "AWS_LAMBDA_FUNCTION_VERSION", "1",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512",
                "AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/flowbell",
                "AWS_LAMBDA_LOG_STREAM_NAME", "made",
                "AWS_REGION", "eu-west-1",
                "AWS_ACCESS_KEY_ID", "made-up",
                "AWS_SECRET_ACCESS_KEY", "made-up",
                "AWS_ENDPOINT_URL", aws.url().toString()));
    for (int i = 0; i < environment.length; i += 2) {
      builder.environment().put(environment[i], environment[i + 1]);
    }
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
  }

  private record Answer(String kind, String body) {}

  /// Hands out events one by one, and keeps the answers.
  private static final class RuntimeApi implements AutoCloseable {
    private static final String PREFIX = "/2018-06-01/runtime/";

    private final HttpServer server;
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    private RuntimeApi(HttpServer server) {
      this.server = server;
    }

    static RuntimeApi start() throws IOException {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      RuntimeApi runtime = new RuntimeApi(server);
      server.createContext(PREFIX, runtime::handle);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      return runtime;
    }

    String address() {
      return "127.0.0.1:" + server.getAddress().getPort();
    }

    void add(String event) {
      events.add(event);
    }

    Answer answer() throws InterruptedException {
      Answer answer = answers.poll(60, TimeUnit.SECONDS);
      assertThat(answer).as("an answer within a minute").isNotNull();
      return answer;
    }

    @Override
    public void close() {
      closed.countDown();
      server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
      try (exchange) {
        String path = exchange.getRequestURI().getPath().substring(PREFIX.length());
        if (path.equals("invocation/next")) {
          handNext(exchange);
          return;
        }
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        String kind = path.substring(path.lastIndexOf('/') + 1);
        answers.add(new Answer(kind, body));
        byte[] accepted = "{\"status\":\"OK\"}".getBytes(UTF_8);
        exchange.sendResponseHeaders(202, accepted.length);
        exchange.getResponseBody().write(accepted);
      }
    }

    private void handNext(HttpExchange exchange) throws IOException {
      String event = events.poll();
      if (event == null) {
        try {
          closed.await(); // as Lambda freezes a function that has nothing to do
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return;
      }
      byte[] body = event.getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange
          .getResponseHeaders()
          .add("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
      exchange
          .getResponseHeaders()
          .add("Lambda-Runtime-Deadline-Ms", String.valueOf(System.currentTimeMillis() + 60_000));
      exchange
          .getResponseHeaders()
          .add(
              "Lambda-Runtime-Invoked-Function-Arn",
              "arn:aws:lambda:eu-west-1:123456789012:function:flowbell");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
