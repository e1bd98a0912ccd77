package dev.flowbell.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.input.UndecodableEventException;
import dev.flowbell.pipeline.Invocation;
import dev.flowbell.pipeline.TimeLimit;
import dev.flowbell.pipeline.Wiring;
import dev.flowbell.settings.Settings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/// Prepares the function before SnapStart's snapshot, and again after a restore.
///
/// Before the snapshot, sample payloads of each kind go through a second instance of the function.
/// The first real payload then finds loaded classes, compiled code and TLS sessions. Nothing else
/// of the second instance is kept: its ledger, settings and SDK clients are discarded, and its
/// requests go to a [PrimingHttpClient], which does not send them. EC2 is really asked, once, if
/// the settings let it be asked at all: it changes nothing.
///
/// After a restore, connections to the same services are opened in parallel.
///
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">
///   Lambda SnapStart runtime hooks for Java</a>
final class SnapStartPriming {
  /// How often each sample payload is processed. HotSpot compiles a method after about 200 calls,
  /// and optimizes it after about 5,000.
  static final int ROUNDS = 50;

  /// How many records a sample payload has.
  private static final int LINES = 50;

  /// The longest wait for connections after a restore, which delays the invocation. Lambda allows
  /// 10 s for a restore.
  private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(1);

  private static final Map<String, String> SETTINGS =
      Map.of(
          "ALERT_MAIL_LIMIT",
          "1000",
          "ALERT_THRESHOLDS", // each round sends the same: one scan
          "rejects=0,unreadable-records=0",
          "METRIC_DIMENSIONS",
          "InterfaceId,VpcId+FlowDirection");

  private static final LambdaLogger NO_LOG =
      new LambdaLogger() {
        @Override
        public void log(String message) {}

        @Override
        public void log(byte[] message) {}
      };

  private static final String SOURCE = "10.0.9.7";
  private static final String PORT = " 22 ";

  private static final String FLOWBELL_LINE =
      "8 000000000000 vpc-0 subnet-0 i-0 eni-0 10.0.1.5 10.0.2.98 40001 22 6 1 60 1795342446"
          + " 1795342450 REJECT OK 2 IPv4 "
          + SOURCE
          + " 10.0.2.98 us-east-1 use1-az1 ingress - -";

  private static final String DEFAULT_LINE =
      "2 000000000000 eni-0 198.51.100.7 10.0.2.98 40001 22 6 1 60 1795342446 1795342450 ACCEPT OK";

  private static final String JSON_LINE =
      "{\\\"version\\\":2,\\\"srcAddr\\\":\\\"198.51.100.7\\\",\\\"dstAddr\\\":\\\"2001:db8::98\\\","
          + "\\\"dstPort\\\":22,\\\"protocol\\\":6,\\\"action\\\":\\\"REJECT\\\"}";

  private SnapStartPriming() {}

  /// Processes the sample payloads. A failure is a warning: the function then starts slowly.
  ///
  /// @param settings the function's settings
  /// @param clients the function's HTTP clients
  /// @param warnings receives a line where priming failed
  /// @return the requests for [#reconnect]
  static List<WarmUpRequest> run(
      Settings settings, HttpClients clients, Consumer<String> warnings) {
    PrimingHttpClient publishing = new PrimingHttpClient(clients.publishing());
    PrimingHttpClient ledger = new PrimingHttpClient(clients.ledger());
    try {
      process(settings, new HttpClients(publishing, ledger));
      new Wiring(settings, null, clients).primeExplanations();
    } catch (IOException | RuntimeException e) { // a slow start is better than none
      warnings.accept("SnapStart: the function was not made ready, and starts slowly: " + e);
    }
    List<WarmUpRequest> requests = new ArrayList<>(publishing.warmUpRequests());
    requests.addAll(ledger.warmUpRequests());
    return requests;
  }

  /// Processes the sample payloads with a second instance of the function.
  ///
  /// @param like the settings of a function that calls the same services
  static void process(Settings like, HttpClients clients) throws IOException {
    Map<String, String> settings = new HashMap<>(SETTINGS);
    settings.put("METRIC_SINK", like.metricSink().name().toLowerCase(Locale.ROOT));
    if (like.topicArn() != null) {
      settings.put("ALERT_TOPIC_ARN", "arn:aws:sns:us-east-1:000000000000:priming");
    }
    if (like.ledgerTable() != null) {
      settings.put("LEDGER_TABLE", "priming");
    }
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)) {
      FlowLogsHandler function =
          new FlowLogsHandler(Settings.fromEnvironment(settings), "us-east-1", clients, nowhere);
      for (int round = 0; round < ROUNDS; round++) {
        for (String event : events(round)) {
          try {
            function.handle(
                new ByteArrayInputStream(event.getBytes(UTF_8)),
                OutputStream.nullOutputStream(),
                NO_LOG,
                new Invocation("priming", "priming", TimeLimit.NONE));
          } catch (UndecodableEventException _) {
            // the last sample
          }
        }
      }
    }
  }

  /// Opens connections. The first payload opens those that are not ready in time.
  static void reconnect(List<WarmUpRequest> requests) {
    List<Thread> threads = new ArrayList<>();
    for (WarmUpRequest request : requests) {
      threads.add(Thread.startVirtualThread(() -> connect(request)));
    }
    long end = System.nanoTime() + LONGEST_RECONNECT.toNanos();
    try {
      for (Thread thread : threads) {
        thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void connect(WarmUpRequest request) {
    try {
      request.sendAndKeepAlive();
    } catch (IOException | RuntimeException _) {
      // The first payload opens its own connection, and reports what is wrong.
    }
  }

  /// Returns an event of each kind. Ids and source differ from round to round, so that each batch
  /// is new and each alert is sent.
  private static List<String> events(int round) {
    return List.of(
        event(
            round,
            "DATA_MESSAGE",
            scan(FLOWBELL_LINE.replace(SOURCE, "10.0.9." + round), "unreadable")),
        event(round, "DATA_MESSAGE", lines(DEFAULT_LINE)),
        event(round, "DATA_MESSAGE", lines(JSON_LINE)),
        event(round, "CONTROL_MESSAGE", List.of("CWL CONTROL MESSAGE: priming")),
        streamEvent(round),
        "{\"awslogs\":{\"data\":\"undecodable\"}}");
  }

  /// Returns lines with a port each, so that the source scans.
  private static List<String> scan(String line, String more) {
    List<String> lines = new ArrayList<>();
    for (int port = 1; port <= LINES; port++) {
      lines.add(line.replace(PORT, " " + port + " "));
    }
    lines.add(more);
    return lines;
  }

  private static List<String> lines(String line) {
    return Collections.nCopies(LINES, line);
  }

  private static String event(int round, String type, List<String> messages) {
    return "{\"awslogs\":{\"data\":\"%s\"}}".formatted(data(round, type, messages));
  }

  private static String streamEvent(int round) {
    return """
    {"Records":[{"eventSource":"aws:kinesis","eventSourceARN":"priming",
    "eventID":"shardId-0:%1$d","kinesis":{"sequenceNumber":"%1$d","data":"%2$s"}}]}
    """
        .formatted(round + 1, data(round, "DATA_MESSAGE", lines(DEFAULT_LINE)));
  }

  private static String data(int round, String type, List<String> messages) {
    StringBuilder json = new StringBuilder(1_024);
    json.append("{\"messageType\":\"")
        .append(type)
        .append(
            "\",\"owner\":\"000000000000\",\"logGroup\":\"priming\",\"logStream\":\"eni-0-all\","
                + "\"subscriptionFilters\":[\"priming\"],\"logEvents\":[");
    for (int i = 0; i < messages.size(); i++) {
      json.append(i == 0 ? "" : ",")
          .append("{\"id\":\"")
          .append(round)
          .append('-')
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
