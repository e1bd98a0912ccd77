package dev.flowbell.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.process.LambdaProcess;
import dev.flowbell.testing.process.RuntimeApi;
import dev.flowbell.testing.process.RuntimeApi.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What somebody with a grudge might send, to the function as a process with the heap that a 256 MB
/// function has, one payload after the other. Each ends, in an answer that says what it was, and
/// the next one is handled: an `OutOfMemoryError` would end the process.
@EnabledOnOs(value = OS.LINUX, disabledReason = "the runtime client is made for Lambda's Linux")
class HostilePayloadTest {
  /// 256 MB less what the JVM takes beside its heap.
  private static final String HEAP = "-Xmx168m";

  private static final String FLOW = " 10.0.2.98 40001 22 6 1 60 1795342446 1795342450 REJECT OK";

  @TempDir private Path folder;
  private LoopbackAws aws;
  private RuntimeApi runtime;
  private LambdaProcess function;

  /// One payload.
  ///
  /// @param error how the error's message begins, empty where there is none
  /// @param counts what the response has among its counts
  private record Row(String name, PayloadWriter payload, String error, Map<String, Long> counts) {}

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
    runtime = RuntimeApi.start();
    Map<String, String> environment = new HashMap<>();
    environment.put("AWS_REGION", "eu-west-1");
    environment.put("AWS_ACCESS_KEY_ID", "made-up");
    environment.put("AWS_SECRET_ACCESS_KEY", "made-up");
    environment.put("AWS_ENDPOINT_URL", aws.url().toString());
    environment.put("JAVA_TOOL_OPTIONS", HEAP);
    environment.put("METRIC_DIMENSIONS", "InterfaceId");
    environment.put("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:flowbell");
    function = LambdaProcess.start(runtime, environment, folder.resolve("log"));
  }

  @AfterEach
  void stop() {
    function.close();
    runtime.close();
    aws.close();
  }

  @TestFactory
  Stream<DynamicTest> handleRequest_endsAndTheNextOneIsHandled() {
    return Stream.concat(small(), large()).map(row -> dynamicTest(row.name, () -> handle(row)));
  }

  private static Stream<Row> small() {
    return Stream.of(
        new Row(
            "a bomb of 4 GB",
            out -> fill(out, "{\"logGroup\":\"", 4L << 30),
            "awslogs.data: JSON past a bound (String value length ",
            Map.of()),
        new Row(
            "a bomb of 4 GB that nobody looks at",
            out -> fill(out, "{\"unknown\":\"", 4L << 30),
            "awslogs.data: gzip inflates past the bound of 33554432 bytes",
            Map.of()),
        new Row(
            "one line of 30 MB",
            out -> {
              out.write(head("line"));
              fill(out, "{\"id\":\"1\",\"timestamp\":1,\"message\":\"", 30L << 20);
              out.write("\"}]}");
            },
            "awslogs.data: JSON past a bound (String value length ",
            Map.of()),
        new Row(
            "twenty lines of a megabyte each",
            events("lines", 20, _ -> "a".repeat(1 << 20)),
            "",
            Map.of("UnreadableRecords", 20L)),
        new Row(
            "lists a million deep",
            out -> out.write("[".repeat(1_000_000)),
            "awslogs.data: expected a JSON object, got another value",
            Map.of()),
        new Row(
            "objects a million deep in a log event",
            out -> out.write(head("deep") + "{\"id\":" + "{\"a\":".repeat(1_000_000)),
            "awslogs.data: JSON past a bound (Document nesting depth ",
            Map.of()),
        new Row(
            "a key that is new with each event",
            events("keys", 10_000, i -> "2 1 eni-1 192.0.2.1" + FLOW + "\",\"k" + i + "\":\"v"),
            "",
            Map.of("Records", 10_000L)),
        new Row(
            "100,000 events of one id",
            events("ids", 100_000, _ -> "2 1 eni-1 192.0.2.1" + FLOW),
            "",
            Map.of("Records", 100_000L)));
  }

  /// Payloads that fill buffers and tables.
  private static Stream<Row> large() {
    return Stream.of(
        new Row(
            "an ordinary payload of 16 MB",
            events("ordinary", 88_000, HostilePayloadTest::ordinary),
            "",
            Map.of("Records", 88_000L)),
        new Row(
            "270,000 different sources, hosts and minutes",
            events(
                "sources",
                270_000,
                i ->
                    "2 1 eni-1 11.%s 12.%s 40001 %d 6 1 60 %d %d REJECT OK"
                        .formatted(address(i), address(i), i & 0xffff, i * 60L, i * 60L)),
            "",
            Map.of("Records", 270_000L, "RejectedFlows", 270_000L, "OverBounds", 490_000L)),
        new Row(
            "270,000 different dimension values",
            events("dimensions", 270_000, i -> "2 1 eni-" + i + " 192.0.2.1" + FLOW),
            "",
            Map.of("Records", 270_000L, "RejectedFlows", 270_000L)),
        new Row(
            "150,000 open handshakes",
            events(
                "handshakes",
                150_000,
                i ->
                    "5 123456789012 - - - eni-1 11.%s 10.0.2.98 40001 22 6 1 60 1795342446 1795342450 ACCEPT OK 2 IPv4 - - - - - - -"
                        .formatted(address(i))),
            "",
            Map.of(
                "Records", 150_000L,
                "UnansweredHandshakes", 100_000L,
                "OverBounds", 50_000L)));
  }

  /// A process keeps its buffers and tables for the next payload. So a payload that a fresh process
  /// survives may end a warm one.
  @Test
  void handleRequest_giantsBehindLargeOnes() throws IOException {
    for (Row large : large().toList()) {
      handle(large);
      for (Row giant : giants(large.name)) {
        handle(giant);
      }
    }
  }

  /// @param stream makes batches that the ledger does not know
  private static List<Row> giants(String stream) {
    String giant = "a".repeat(1_900_000);
    return List.of(
        new Row(
            "sixteen event ids of 1.9 MB",
            out -> {
              out.write(head("ids"));
              for (int i = 0; i < 16; i++) {
                out.write((i == 0 ? "" : ",") + "{\"id\":\"" + giant + "\",\"message\":\"\"}");
              }
              out.write("]}");
            },
            "awslogs.data: logEvents.id: expected at most 1024 characters, got 1900000",
            Map.of()),
        new Row(
            "a log group's name of 1.9 MB",
            out -> {
              out.write(head("group").replace("/vpc", giant));
              out.write("{\"id\":\"1\",\"message\":\"\"}]}");
            },
            "awslogs.data: logGroup: expected at most 1024 characters, got 1900000",
            Map.of()),
        new Row(
            "thirty interface ids of 0.9 MB",
            events(
                "interfaces " + stream,
                30,
                i -> "2 1 eni-" + i + "a".repeat(900_000) + " 192.0.2." + i + FLOW),
            "",
            Map.of("Records", 30L)),
        new Row(
            "30,000 interface ids of a kilobyte",
            events(
                "many interfaces " + stream,
                30_000,
                i -> "2 1 eni-" + i + "a".repeat(900) + " 192.0.2.1" + FLOW),
            "",
            Map.of("Records", 30_000L)));
  }

  /// Returns one of the two records of a connection that was answered.
  private static String ordinary(int i) {
    int connection = i / 2;
    String client = "10.1." + (connection >> 8 & 0xff) + "." + (connection & 0xff);
    String addresses = i % 2 == 0 ? client + " 10.0.2.98 " : "10.0.2.98 " + client + " ";
    String ports = i % 2 == 0 ? 1024 + connection + " 443" : "443 " + (1024 + connection);
    return "2 123456789012 eni-0123456789abcdef0 "
        + addresses
        + ports
        + " 6 12 4096 1795342446 1795342450 ACCEPT OK";
  }

  private void handle(Row row) throws IOException {
    Answer answer = runtime.invoke(event(row.payload));

    Map<String, @Nullable Object> body = Json.parseObject(answer.body());
    assertThat(answer.kind())
        .as(answer.body())
        .isEqualTo(row.error.isEmpty() ? "response" : "error");
    if (row.error.isEmpty()) {
      assertThat(body).containsAllEntriesOf(row.counts);
    } else {
      assertThat((String) body.get("errorMessage")).startsWith(row.error);
      assertThat(body).containsEntry("errorType", "dev.flowbell.input.UndecodableEventException");
    }
  }

  /// Writes what a payload inflates to.
  private interface PayloadWriter {
    void write(Writer out) throws IOException;
  }

  private static String head(String stream) {
    return "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logGroup\":\"/vpc\",\"logStream\":\""
        + stream
        + "\",\"subscriptionFilters\":[],\"logEvents\":[";
  }

  private static PayloadWriter events(String stream, int count, IntFunction<String> message) {
    return out -> {
      out.write(head(stream));
      for (int i = 0; i < count; i++) {
        out.write(i == 0 ? "" : ",");
        out.write("{\"id\":\"1\",\"message\":\"" + message.apply(i) + "\"}");
      }
      out.write("]}");
    };
  }

  private static String address(int number) {
    return (number >> 16) + "." + (number >> 8 & 0xff) + "." + (number & 0xff);
  }

  private static void fill(Writer out, String start, long characters) throws IOException {
    out.write(start);
    char[] block = "a".repeat(1 << 16).toCharArray();
    for (long written = 0; written < characters; written += block.length) {
      out.write(block);
    }
  }

  private static String event(PayloadWriter payload) throws IOException {
    ByteArrayOutputStream base64 = new ByteArrayOutputStream();
    try (OutputStream encoded = Base64.getEncoder().wrap(base64);
        Writer out = new OutputStreamWriter(new GZIPOutputStream(encoded, 1 << 16), UTF_8)) {
      payload.write(out);
    }
    return "{\"awslogs\":{\"data\":\"" + base64.toString(UTF_8) + "\"}}";
  }
}
