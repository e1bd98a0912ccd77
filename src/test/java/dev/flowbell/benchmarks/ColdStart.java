package dev.flowbell.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.lambda.FlowLogsHandler;
import dev.flowbell.pipeline.NaiveHandler;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.network.TlsFront;
import dev.flowbell.testing.process.LambdaProcess;
import dev.flowbell.testing.process.RuntimeApi;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// Measures the function's start under Lambda's runtime client: from the start of its process, or
/// from its restore, to the first response, with metrics published and one notification sent.
///
/// Variants take turns, so that a busy machine slows all of them equally; compare the ratios of
/// their medians. The endpoint is MiniStack behind TLS, because AWS's endpoints use TLS.
public final class ColdStart {
  private static final int WARM_INVOCATIONS = 60;

  /// The first of these invocations, which don't count as warm.
  private static final int WARMING = 20;

  private static final Path FOLDER = Path.of("target", "cold-start");

  private static final String NAIVE = NaiveHandler.class.getName();
  private static final String SHIPPED = FlowLogsHandler.class.getName();
  private static final List<String> ON_DEMAND = LambdaProcess.ON_DEMAND;

  private final Path shipped = artifact("shipped", ColdStart::isShipped);
  private final Path urlConnection = artifact("url-connection", ColdStart::isUrlConnection);
  private final Path apache = artifact("apache", ColdStart::isApache);
  private final Path apache5 = artifact("apache5", ColdStart::isApache5);
  private final Path crt = artifact("crt", ColdStart::isCrt);
  private final AwsEndpoint aws;
  private final TlsFront front;
  private final String topicArn;
  private final List<String> scan;
  private final PrintStream out = new PrintStream(System.out, true, UTF_8);
  private int invocations;

  private ColdStart(AwsEndpoint aws, TlsFront front) throws IOException {
    this.aws = aws;
    this.front = front;
    topicArn = aws.sns().createTopic(topic -> topic.name(aws.uniqueName("cold-start"))).topicArn();
    scan = Files.readAllLines(Path.of("events", "src", "port-scan.log"));
  }

  /// Measures. The first argument is the number of rounds, the second `on-demand` or `snap-start`
  /// for only one of them.
  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[0]);
    String part = arguments.length == 1 ? "" : arguments[1];
    Files.createDirectories(FOLDER);
    try (AwsEndpoint aws = AwsEndpoint.start();
        TlsFront front = TlsFront.of(aws.uri(), FOLDER)) {
      ColdStart benchmark = new ColdStart(aws, front);
      if (!part.equals("snap-start")) {
        benchmark.measureOnDemand(rounds);
      }
      if (!part.equals("on-demand")) {
        benchmark.measureSnapStart(rounds);
      }
    }
  }

  /// One way to start the function.
  ///
  /// @param artifact classes, and libraries in `lib`
  /// @param handler the function's handler class
  /// @param jvmOptions the JVM's options besides its class path
  /// @param isBehindTls whether the endpoint is
  /// @param explainsBlocks whether EC2 is asked which rule blocks
  private record Variant(
      String name,
      Path artifact,
      String handler,
      List<String> jvmOptions,
      boolean isBehindTls,
      boolean explainsBlocks) {
    Variant(
        String name, Path artifact, String handler, List<String> jvmOptions, boolean isBehindTls) {
      this(name, artifact, handler, jvmOptions, isBehindTls, false);
    }
  }

  private void measureOnDemand(int rounds) throws IOException, InterruptedException {
    List<Variant> variants =
        List.of(
            new Variant("naive: apache-client", apache, NAIVE, ON_DEMAND, true),
            new Variant("naive, apache5-client", apache5, NAIVE, ON_DEMAND, true),
            new Variant("naive, url-connection-client", urlConnection, NAIVE, ON_DEMAND, true),
            new Variant("as shipped", shipped, SHIPPED, ON_DEMAND, true),
            new Variant("as shipped, EXPLAIN_BLOCKS", shipped, SHIPPED, ON_DEMAND, true, true),
            new Variant("as shipped, with an AOT cache", shipped, SHIPPED, withAotCache(), true),
            new Variant("as shipped, no TLS", shipped, SHIPPED, ON_DEMAND, false),
            new Variant("naive, aws-crt-client, no TLS", crt, NAIVE, ON_DEMAND, false));
    Map<Variant, List<Start>> starts = new LinkedHashMap<>();
    for (int round = -1; round < rounds; round++) { // round -1 fills the disk's cache
      for (Variant variant : variants) {
        Start start = onDemand(variant);
        if (round >= 0) {
          starts.computeIfAbsent(variant, _ -> new ArrayList<>()).add(start);
        }
      }
    }
    out.println(
        "\n| on demand | start to first answer, ms | to naive | processor time, ms | to naive |"
            + "\n|---|---|---|---|---|");
    List<Start> naive = starts.get(variants.getFirst());
    starts.forEach(
        (variant, runs) ->
            out.printf(
                Locale.ROOT,
                "| %s | %.0f | %.2f | %.0f | %.2f |%n",
                variant.name,
                median(runs, Start::millis),
                median(runs, Start::millis) / median(naive, Start::millis),
                median(runs, Start::cpuMillis),
                median(runs, Start::cpuMillis) / median(naive, Start::cpuMillis)));
  }

  /// Makes the JVM write an AOT cache at the end of one run.
  private List<String> withAotCache() throws IOException, InterruptedException {
    Path cache = FOLDER.resolve("function.aot").toAbsolutePath();
    List<String> training = new ArrayList<>(ON_DEMAND);
    training.add("-XX:AOTCacheOutput=" + cache);
    try (RuntimeApi runtime = RuntimeApi.start();
        LambdaProcess function =
            start(new Variant("", shipped, SHIPPED, training, true), runtime, Map.of())) {
      invoke(runtime, nextEvent());
      function.end();
    }
    List<String> trained = new ArrayList<>(ON_DEMAND);
    trained.add("-XX:AOTCache=" + cache);
    return trained;
  }

  private void measureSnapStart(int rounds) throws IOException, InterruptedException {
    List<String> hooks = new ArrayList<>(LambdaProcess.SNAP_START);
    hooks.add(LambdaProcess.HOOKS);
    List<Variant> variants =
        List.of(
            new Variant("not primed", shipped, SHIPPED, LambdaProcess.SNAP_START, true),
            new Variant("primed", shipped, SHIPPED, hooks, true),
            new Variant("primed, EXPLAIN_BLOCKS", shipped, SHIPPED, hooks, true, true),
            new Variant("primed, no TLS", shipped, SHIPPED, hooks, false));

    Map<Variant, List<Restore>> restores = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Variant variant : variants) {
        restores.computeIfAbsent(variant, _ -> new ArrayList<>()).add(restore(variant));
      }
    }
    out.println(
        "\n| SnapStart | start to checkpoint, ms | restore, ms | first answer, ms | warm, ms |"
            + " first to warm | both to warm | processor time, both | warm |"
            + "\n|---|---|---|---|---|---|---|---|---|");
    restores.forEach(
        (variant, runs) -> {
          double hook = median(runs, Restore::hookMillis);
          double first = median(runs, Restore::firstMillis);
          double warm = median(runs, Restore::warmMillis);
          out.printf(
              Locale.ROOT,
              "| %s | %.0f | %.0f | %.0f | %.1f | %.1f | %.1f | %.0f | %.1f |%n",
              variant.name,
              median(runs, Restore::checkpointMillis),
              hook,
              first,
              warm,
              first / warm,
              median(runs, run -> run.hookMillis + run.firstMillis) / warm,
              median(runs, Restore::firstCpuMillis),
              median(runs, Restore::warmCpuMillis));
        });
  }

  /// The times of a start on demand.
  ///
  /// @param cpuMillis of all processors, all threads of the JVM; a busy machine affects it least
  private record Start(double millis, double cpuMillis) {}

  private Start onDemand(Variant variant) throws IOException {
    try (RuntimeApi runtime = RuntimeApi.start()) {
      String event = nextEvent();
      long start = System.nanoTime();
      try (LambdaProcess function = start(variant, runtime, Map.of())) {
        invoke(runtime, event);
        return new Start(millisSince(start), function.cpuTime().toMillis());
      }
    }
  }

  /// The times of a start with SnapStart: to the checkpoint; from there to the end of the hooks; to
  /// the first response; and the median of much later invocations. Processor time is that of one
  /// invocation.
  private record Restore(
      double checkpointMillis,
      double hookMillis,
      double firstMillis,
      double warmMillis,
      double firstCpuMillis,
      double warmCpuMillis) {}

  private Restore restore(Variant variant) throws IOException, InterruptedException {
    try (RuntimeApi runtime = RuntimeApi.start()) {
      long start = System.nanoTime();
      try (LambdaProcess function =
          start(variant, runtime, Map.of("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start"))) {
        runtime.awaitCheckpoint();
        double checkpoint = millisSince(start);
        Thread.sleep(500); // lets the compilers finish; a snapshot takes minutes
        String event = nextEvent();
        Duration cpuBefore = function.cpuTime();
        start = System.nanoTime();
        runtime.restore();
        runtime.awaitReady();
        double hook = millisSince(start);
        start = System.nanoTime();
        invoke(runtime, event);
        double first = millisSince(start);
        Duration cpuAfter = function.cpuTime();
        Duration cpuWarm = cpuAfter;
        List<Double> warm = new ArrayList<>();
        for (int i = 0; i < WARM_INVOCATIONS; i++) {
          event = nextEvent();
          start = System.nanoTime();
          invoke(runtime, event);
          if (i >= WARMING) {
            warm.add(millisSince(start));
          } else {
            cpuWarm = function.cpuTime();
          }
        }
        return new Restore(
            checkpoint,
            hook,
            first,
            median(warm),
            cpuAfter.minus(cpuBefore).toMillis(),
            (double) function.cpuTime().minus(cpuWarm).toMillis() / warm.size());
      }
    }
  }

  private LambdaProcess start(Variant variant, RuntimeApi runtime, Map<String, String> more)
      throws IOException {
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("ALERT_TOPIC_ARN", topicArn);
    environment.put("ALERT_THRESHOLDS", "outside-scan-ports=15"); // the sample scans 16
    environment.put("ALERT_MAIL_LIMIT", "1000"); // each invocation sends one
    environment.put("EXPLAIN_BLOCKS", String.valueOf(variant.explainsBlocks));
    environment.putAll(more);
    List<String> jvmOptions = new ArrayList<>(variant.jvmOptions);
    if (variant.isBehindTls) {
      environment.put("AWS_ENDPOINT_URL", front.uri().toString());
      environment.put("AWS_ENDPOINT_URL_SNS", front.otherUri().toString());
      jvmOptions.addAll(front.jvmOptions());
    }
    return LambdaProcess.startBuilt(
        variant.artifact,
        variant.handler,
        jvmOptions,
        runtime,
        environment,
        FOLDER.resolve("function.log"));
  }

  /// Makes a payload with one alert: the sample port scan, from its own source.
  private String nextEvent() {
    invocations++;
    String source = "198.51.%d.%d".formatted(100 + invocations / 250, 1 + invocations % 250);
    return SubscriptionMessage.of(
            scan.stream().map(line -> line.replace("198.51.100.7", source)).toList())
        .toEvent();
  }

  private static void invoke(RuntimeApi runtime, String event) {
    RuntimeApi.Answer answer = runtime.invoke(event);
    if (!answer.body().contains("\"AlertsSent\":1")) {
      throw new IllegalStateException("expected one notification, got " + answer);
    }
  }

  /// Makes a folder as `sam build` does: classes, and libraries in `lib`.
  private static Path artifact(String name, Predicate<String> isWanted) throws IOException {
    Path folder = FOLDER.resolve(name);
    copyTree(Path.of("target", "classes"), folder);
    Path naive = Path.of(NAIVE.replace('.', '/') + ".class");
    Files.copy(Path.of("target", "test-classes").resolve(naive), folder.resolve(naive));
    Path libraries = Files.createDirectories(folder.resolve("lib"));
    for (String jar : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(jar);
      if (jar.endsWith(".jar") && isWanted.test(path.getFileName().toString())) {
        Files.copy(path, libraries.resolve(path.getFileName()));
      }
    }
    return folder;
  }

  private static void copyTree(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      try (Stream<Path> old = Files.walk(to)) {
        for (Path each : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : files.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  private static boolean isShipped(String library) {
    return Files.exists(FOLDER.resolve("lib").resolve(library));
  }

  private static boolean isUrlConnection(String library) {
    return isShipped(library) || isOfEvents(library);
  }

  /// The SDK modules' default HTTP clients.
  private static boolean isApache(String library) {
    return isWithClient(
        library,
        "apache-client-",
        "httpclient-4",
        "httpcore-4",
        "commons-codec-",
        "commons-logging-",
        "netty-");
  }

  private static boolean isApache5(String library) {
    return isWithClient(library, "apache5-client-", "httpclient5-", "httpcore5-");
  }

  private static boolean isCrt(String library) {
    return isWithClient(library, "aws-crt-", "crt-core-");
  }

  private static boolean isWithClient(String library, String... client) {
    return isShipped(library)
        ? !library.startsWith("url-connection-client-")
        : isOfEvents(library) || Stream.of(client).anyMatch(library::startsWith);
  }

  /// The libraries of the naive build's event.
  private static boolean isOfEvents(String library) {
    return library.startsWith("aws-lambda-java-events-") || library.startsWith("joda-time-");
  }

  private static double millisSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e6;
  }

  private static <T> double median(List<T> runs, ToDoubleFunction<T> figure) {
    return median(runs.stream().map(figure::applyAsDouble).toList());
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
