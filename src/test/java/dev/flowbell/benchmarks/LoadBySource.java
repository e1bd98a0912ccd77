package dev.flowbell.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Call;
import dev.flowbell.testing.process.LambdaProcess;
import dev.flowbell.testing.process.RuntimeApi;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// Measures one function process with the heap of a 512 MB function, under the records of many
/// network interfaces: as a subscription, as a stream and as a bucket.
///
/// Each interface logs twenty records a minute, a tenth of them rejected, both directions of each
/// connection. One host inside scans, and one server is blocked for many.
public final class LoadBySource {
  /// 512 MB less what the JVM takes beside its heap.
  private static final String HEAP = "-Xmx400m";

  private static final int CONNECTIONS = 9;
  private static final Path LOG = Path.of("target", "load.log");

  private static final String HEADER =
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start"
          + " end action log-status";

  private final int interfaces;
  private final int minutes;
  private final Instant first;
  private final AwsEndpoint aws;
  private final PrintStream out = new PrintStream(System.out, true, UTF_8);

  private LoadBySource(int interfaces, int minutes, AwsEndpoint aws) {
    this.interfaces = interfaces;
    this.minutes = minutes;
    this.aws = aws;
    first = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(minutes + 10L));
  }

  /// Measures.
  ///
  /// @param arguments network interfaces, minutes, and the share of interfaces that a subscription
  ///   is measured with: `1000 60 20` for a twentieth
  public static void main(String[] arguments) throws Exception {
    int interfaces = Integer.parseInt(arguments[0]);
    int minutes = Integer.parseInt(arguments[1]);
    int share = Integer.parseInt(arguments[2]);
    try (AwsEndpoint aws = AwsEndpoint.start()) {
      LoadBySource load = new LoadBySource(interfaces, minutes, aws);
      load.out.println(
          "| source | records | seconds | records/s | processor s | peak MB | calls |"
              + "\n|---|---|---|---|---|---|---|");
      load.measure("stream", load.streamEvents());
      load.measure("bucket", load.bucketEvents());
      LoadBySource some = new LoadBySource(interfaces / share, minutes, aws);
      some.measure(
          "subscription, %d interfaces".formatted(interfaces / share), some.subscriptionEvents());
    }
  }

  private void measure(String source, List<String> events) throws Exception {
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("METRIC_NAMESPACE", aws.uniqueName("load"));
    environment.put("LEDGER_TABLE", LedgerTable.make(aws).name());
    environment.put(
        "ALERT_TOPIC_ARN", aws.sns().createTopic(t -> t.name(aws.uniqueName("load"))).topicArn());
    environment.put("JAVA_TOOL_OPTIONS", HEAP);
    try (FaultProxy proxy = FaultProxy.start(aws.uri());
        RuntimeApi runtime = RuntimeApi.start()) {
      environment.put("AWS_ENDPOINT_URL", proxy.uri().toString());
      try (LambdaProcess function = LambdaProcess.start(runtime, environment, LOG)) {
        long begin = System.nanoTime();
        for (String event : events) {
          RuntimeApi.Answer answer = runtime.invoke(event);
          if (!answer.kind().equals("response") || answer.body().contains("itemIdentifier")) {
            throw new IllegalStateException(answer.toString());
          }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        long records = (long) interfaces * minutes * (2 * CONNECTIONS + 2);
        Map<String, Long> calls =
            new TreeMap<>(proxy.calls().stream().collect(groupingBy(Call::operation, counting())));
        out.printf(
            Locale.ROOT,
            "| %s | %,d | %.1f | %,.0f | %.1f | %d | %s |%n",
            source,
            records,
            seconds,
            records / seconds,
            function.cpuTime().toMillis() / 1e3,
            function.peakMegabytes(),
            calls);
      }
    }
  }

  private List<String> subscriptionEvents() {
    List<String> events = new ArrayList<>();
    for (int minute = 0; minute < minutes; minute++) {
      for (int i = 0; i < interfaces; i++) {
        events.add(message(i, minute).toEvent());
      }
    }
    return events;
  }

  /// Returns a batch for each minute.
  private List<String> streamEvents() {
    List<String> events = new ArrayList<>();
    int number = 0;
    for (int minute = 0; minute < minutes; minute++) {
      List<String> records = new ArrayList<>();
      for (int i = 0; i < interfaces; i++) {
        records.add(
            ("{\"eventSource\":\"aws:kinesis\",\"eventSourceARN\":\"arn:aws:kinesis:x:1:stream/x\","
                    + "\"eventID\":\"shardId-0:%1$d\","
                    + "\"kinesis\":{\"sequenceNumber\":\"%1$d\",\"data\":\"%2$s\"}}")
                .formatted(++number, message(i, minute).toData()));
      }
      events.add("{\"Records\":[" + String.join(",", records) + "]}");
    }
    return events;
  }

  /// Puts a file for each five minutes into a bucket.
  private List<String> bucketEvents() throws IOException, InterruptedException {
    List<String> events = new ArrayList<>();
    try (HttpClient s3 = HttpClient.newHttpClient()) {
      String bucket = aws.uniqueName("load");
      put(s3, bucket, new byte[0]);
      for (int minute = 0; minute < minutes; minute += 5) {
        StringBuilder lines = new StringBuilder(HEADER).append('\n');
        for (int each = minute; each < Math.min(minutes, minute + 5); each++) {
          for (int i = 0; i < interfaces; i++) {
            message(i, each).logEvents().forEach(event -> lines.append(event.message() + "\n"));
          }
        }
        String key = "AWSLogs/1/vpcflowlogs/us-east-1/" + minute + ".log.gz";
        byte[] file = PayloadGenerator.gzip(lines.toString().getBytes(UTF_8));
        String tag = put(s3, bucket + "/" + key, file).headers().firstValue("ETag").orElse("");
        String body =
            ("{\"detail-type\":\"Object Created\",\"source\":\"aws.s3\",\"detail\":{\"bucket\":"
                    + "{\"name\":\"%s\"},\"object\":{\"key\":\"%s\",\"size\":%d,\"etag\":\"%s\"}}}")
                .formatted(bucket, key, file.length, tag.replace("\"", ""));
        events.add(
            ("{\"Records\":[{\"messageId\":\"%d\",\"eventSource\":\"aws:sqs\","
                    + "\"eventSourceARN\":\"arn:aws:sqs:x:1:x\",\"body\":%s}]}")
                .formatted(minute, PayloadGenerator.quote(body)));
      }
    }
    return events;
  }

  /// Puts without a signature: the emulator asks for none.
  private HttpResponse<Void> put(HttpClient s3, String path, byte[] body)
      throws IOException, InterruptedException {
    return s3.send(
        HttpRequest.newBuilder(aws.uri().resolve("/" + path))
            .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.discarding());
  }

  private SubscriptionMessage message(int number, int minute) {
    Random random = new Random(31L * number + minute);
    String name = "eni-%017x".formatted(number);
    String own = "10.%d.%d.9".formatted(number / 250, number % 250);
    long end = first.plus(Duration.ofMinutes(minute)).getEpochSecond();
    List<LogEvent> events = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      String other = "10.0.%d.%d".formatted(random.nextInt(200), 10 + random.nextInt(200));
      int port = 32_768 + random.nextInt(20_000);
      add(
          events,
          name,
          minute,
          "%s %s %d 443 6 12 4321".formatted(own, other, port),
          end,
          "ACCEPT");
      add(
          events,
          name,
          minute,
          "%s %s 443 %d 6 12 9321".formatted(other, own, port),
          end,
          "ACCEPT");
    }
    String blocked =
        number % 50 == 0
            ? "%s 10.200.0.11 %d 5432 6 1 60".formatted(own, 40_000 + minute)
            : "203.0.113.%d %s 51000 23 6 1 40".formatted(random.nextInt(250), own);
    add(events, name, minute, blocked, end, "REJECT");
    String scan =
        minute % 10 == 0
            ? "10.200.0.66 %s 50123 445 6 1 60".formatted(own)
            : "198.51.100.%d %s 51001 22 6 1 40".formatted(random.nextInt(250), own);
    add(events, name, minute, scan, end, "REJECT");
    return SubscriptionMessage.ofEvents(name, events);
  }

  private static void add(
      List<LogEvent> events, String name, int minute, String flow, long end, String action) {
    events.add(
        new LogEvent(
            name + minute + "-" + events.size(),
            end * 1_000,
            "2 123456789010 %s %s %d %d %s OK".formatted(name, flow, end - 50, end, action)));
  }
}
