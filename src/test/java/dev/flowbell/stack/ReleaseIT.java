package dev.flowbell.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.emulator.DeployedStack;
import dev.flowbell.testing.emulator.PythonEnvironment;
import dev.flowbell.testing.network.TlsFront;
import dev.flowbell.testing.process.ToolRun;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Capability;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.Datapoint;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.lambda.LambdaClient;

/// Makes a release with `.ci/dist`, and uses its files as people do who have only them.
class ReleaseIT {
  /// The files of the release, and nothing else.
  private static final Path DIST = Path.of("target", "dist");

  private static final Path PACKAGE = DIST.resolve("flowbell-function.zip");
  private static final Path PROCESSED = DIST.resolve("flowbell-processed.yaml");

  private static final Duration LONGEST_PACKING = Duration.ofMinutes(5);
  private static final Duration LONGEST_RUN = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// The project's own limit, far below Lambda's: a start on demand begins with fetching the
  /// package.
  private static final long MOST_ZIPPED_BYTES = 10_000_000;

  /// The most that CloudFormation takes from S3. In a request it takes 51,200, which is too little.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html">CloudFormation
  ///   quotas</a>
  private static final long MOST_TEMPLATE_BYTES = 1_000_000;

  @TempDir private static Path folder;
  private static @Nullable DeployedStack stack;
  private static Path commandLine;

  @BeforeAll
  static void makeAndDeploy() throws Exception {
    dist();
    commandLine = unpackCommandLine();
    stack = DeployedStack.deployRelease(DIST, unpackFunction(), "Email=on-call@example.com");
  }

  @AfterAll
  static void close() {
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void digests_areThoseOfAllFiles() throws Exception {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.list(DIST)) {
      for (Path file : files.toList()) {
        digests.put(file.getFileName().toString(), digest(file));
      }
    }
    digests.remove("SHA256SUMS");

    assertThat(digests.keySet())
        .contains("flowbell-function.zip", "flowbell.yaml", "flowbell-processed.yaml")
        .contains("flowbell-member.yaml", "flowbell-bom.json")
        .hasSize(6);
    assertThat(Files.readAllLines(DIST.resolve("SHA256SUMS")))
        .containsExactlyElementsOf(
            digests.entrySet().stream()
                .map(each -> each.getValue() + "  " + each.getKey())
                .toList());
  }

  @Test
  void package_isSmallAndTheSameAgain() throws Exception {
    String first = digest(PACKAGE);

    dist("function");

    assertThat(digest(PACKAGE)).isEqualTo(first);
    assertThat(Files.size(PACKAGE)).isBetween(1_000_000L, MOST_ZIPPED_BYTES);
  }

  @Test
  void template_differsOnlyInThePackage() throws Exception {
    List<String> released = new ArrayList<>(Files.readAllLines(DIST.resolve("flowbell.yaml")));
    List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("template.yaml")));
    List<String> both = List.copyOf(lines);

    lines.removeAll(released);
    released.removeAll(both);

    assertThat(released)
        .containsExactly(
            "  Flowbell %s reports from VPC flow logs what was blocked, who sent it, and whether it is worth waking"
                .formatted(version()),
            "      CodeUri: flowbell-function.zip",
            "      AutoPublishCodeSha256: " + digest(PACKAGE));
    assertThat(lines)
        .containsExactly(
            "  Flowbell reports from VPC flow logs what was blocked, who sent it, and whether it is"
                + " worth waking",
            "      # Packs class files and run-time libraries, without tests.",
            "      BuildMethod: java25",
            "      CodeUri: .");
  }

  @Test
  void notes_areTheVersionsSectionOfTheChangelog() throws Exception {
    run(".ci/dist", "--tag", "v" + version(), "notes").orFail();

    assertThat(Files.readString(Path.of("CHANGELOG.md")))
        .contains(
            "\n## " + version() + " - ", Files.readString(Path.of("target/release-notes.md")));
    assertThat(Path.of("target/release-notes.md")).isNotEmptyFile();
  }

  @Test
  void dist_refusesAnotherTag() throws Exception {
    assertThat(run(".ci/dist", "--tag", "v0.0.9", "notes").errors())
        .isEqualTo(
            ".ci/dist: --tag: expected v%s, as in pom.xml, got \"v0.0.9\"\n".formatted(version()));
  }

  @Test
  void deployed_countsLogEvents() {
    putRejectedFlows(3);

    assertThat(await(ReleaseIT::rejectedFlows)).isEqualTo(3);
  }

  @Test
  void processedTemplate_isPlainCloudFormation() throws Exception {
    PythonEnvironment sam = PythonEnvironment.findOrMake(PythonEnvironment.SAM_CLI);

    ToolRun lint =
        run(sam.program("cfn-lint").toString(), PROCESSED.toString(), "--regions", "eu-west-1");

    assertThat(lint.output() + lint.errors()).isEmpty();
    assertThat(lint.exitCode()).isZero();
    assertThat(Files.readAllLines(PROCESSED)).noneMatch(line -> line.startsWith("Transform"));
    assertThat(Files.size(PROCESSED)).isLessThan(MOST_TEMPLATE_BYTES);
  }

  /// The template of one release with the packages of two.
  @Test
  void processedTemplate_publishesAVersionForEachPackage() throws Exception {
    put("/releases", HttpRequest.BodyPublishers.noBody());
    put("/releases/template", HttpRequest.BodyPublishers.ofFile(PROCESSED));
    for (String key : List.of("1/flowbell-function.zip", "2/flowbell-function.zip")) {
      put("/releases/" + key, HttpRequest.BodyPublishers.ofFile(PACKAGE));
    }
    try (CloudFormationClient cloudFormation = stack.client(CloudFormationClient.builder());
        LambdaClient lambda = stack.client(LambdaClient.builder())) {
      cloudFormation.createStack(
          request ->
              request
                  .stackName("processed")
                  .templateURL(stack.uri().resolve("/releases/template").toString())
                  .capabilities(Capability.CAPABILITY_IAM)
                  .parameters(parametersOf("1/flowbell-function.zip")));
      Stack created = await(() -> finished(cloudFormation, "CREATE_IN_PROGRESS"));
      assertThat(created.stackStatusAsString())
          .as(created.stackStatusReason())
          .isEqualTo("CREATE_COMPLETE");
      assertThat(liveVersion(lambda, created)).isEqualTo("1");
      assertThat(resources(cloudFormation, "processed"))
          .isEqualTo(resources(cloudFormation, DeployedStack.NAME));

      cloudFormation.updateStack(
          request ->
              request
                  .stackName("processed")
                  .usePreviousTemplate(true)
                  .capabilities(Capability.CAPABILITY_IAM)
                  .parameters(parametersOf("2/flowbell-function.zip")));
      Stack updated = await(() -> finished(cloudFormation, "UPDATE_IN_PROGRESS"));
      assertThat(updated.stackStatusAsString())
          .as(updated.stackStatusReason())
          .isEqualTo("UPDATE_COMPLETE");
      assertThat(liveVersion(lambda, updated)).isEqualTo("2");
      assertThat(
              lambda
                  .listVersionsByFunction(request -> request.functionName(functionName(updated)))
                  .versions())
          .extracting(version -> version.version())
          .as("the version before stays, to go back to")
          .containsExactlyInAnyOrder("$LATEST", "1", "2");
    }
  }

  @Test
  void commandLine_tellsItsVersion() throws Exception {
    assertThat(flowbell(Map.of(), "--version").orFail().output())
        .isEqualTo("flowbell " + version() + "\n");
  }

  /// `AOTMode=on` fails where the cache can't be used.
  @Test
  void commandLine_usesItsCache() throws Exception {
    ToolRun run = flowbell(Map.of("JDK_JAVA_OPTIONS", "-XX:AOTMode=on"), "--version").orFail();

    assertThat(run.output()).isEqualTo("flowbell " + version() + "\n");
  }

  /// As after `cp -r`: the cache doesn't fit.
  @Test
  void commandLine_withOtherTimes_printsOnlyItsResults() throws Exception {
    Path copy = folder.resolve("copy");
    run("cp", "-r", commandLine.toString(), copy.toString()).orFail();
    Files.setLastModifiedTime(
        copy.resolve("app/flowbell.jar"), FileTime.from(Instant.parse("2026-11-27T12:00:00Z")));

    ToolRun run = flowbell(copy.resolve("bin/flowbell"), Map.of(), "--version").orFail();

    assertThat(run.output()).isEqualTo("flowbell " + version() + "\n");
    assertThat(run.errors()).isEmpty();
  }

  @Test
  void commandLine_replays() throws Exception {
    Path link = folder.resolve("flowbell");
    Files.createSymbolicLink(link, folder.relativize(commandLine.resolve("bin/flowbell")));

    ToolRun run =
        flowbell(link, Map.of(), "replay", "--output", "json", "events/port-scan.json").orFail();

    assertThat(run.output())
        .startsWith("{\"payloads\":1,\"first\":\"2026-11-22T10:14:05Z\",")
        .contains("\"BlockedHandshakes\":412,");
    assertThat(run.errors()).isEmpty();
  }

  /// Over TLS, which the packed Java must know too.
  @Test
  void commandLine_examinesTheStack() throws Exception {
    try (TlsFront front = TlsFront.of(stack.uri(), folder)) {
      Map<String, String> environment = new TreeMap<>(stack.environment());
      environment.put("AWS_ENDPOINT_URL", front.uri().toString());
      environment.put("JDK_JAVA_OPTIONS", String.join(" ", front.jvmOptions()));

      ToolRun run = flowbell(environment, "doctor", DeployedStack.NAME, "--output", "json");

      Map<String, String> verdicts = new TreeMap<>();
      for (Map<String, @Nullable Object> finding :
          Json.objectsAt(Json.parseObject(run.output()), "findings")) {
        verdicts.putIfAbsent((String) finding.get("check"), (String) finding.get("verdict"));
      }
      assertThat(verdicts)
          .as("the emulator can't make a flow log")
          .containsEntry("flow log", "PROBLEM")
          .containsEntry("stack", "OK")
          .containsEntry("function", "OK")
          .containsEntry("alias", "OK")
          .containsEntry("subscription", "OK")
          .containsEntry("topic", "OK");
    }
  }

  @Test
  void commandLine_hasCompletions() throws Exception {
    assertThat(commandLine.resolve("completions/flowbell.sh"))
        .hasContent(flowbell(Map.of(), "completion").orFail().output());
    assertThat(commandLine.resolve("LICENSE")).hasSameTextualContentAs(Path.of("LICENSE"));
  }

  private static void dist(String... parts) throws IOException {
    List<String> command = new ArrayList<>(List.of(".ci/dist", "--built"));
    command.addAll(List.of(parts));
    ToolRun.of(Path.of("."), Map.of(), LONGEST_PACKING, command).orFail();
  }

  private static Path unpackFunction() throws IOException {
    Path unpacked = folder.resolve("function");
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(PACKAGE))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = unpacked.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
    return unpacked;
  }

  private static Path unpackCommandLine() throws IOException {
    Path packed;
    try (Stream<Path> files = Files.list(DIST)) {
      packed =
          files
              .filter(file -> file.getFileName().toString().endsWith(".tar.gz"))
              .findFirst()
              .orElseThrow();
    }
    String name = packed.getFileName().toString().replace(".tar.gz", "");
    assertThat(name).startsWith("flowbell-cli-" + version() + "-");
    run("tar", "-xzf", packed.toString(), "-C", folder.toString()).orFail();
    return folder.resolve(name);
  }

  /// Runs the unpacked command line on a machine with no Java and hardly anything else.
  private static ToolRun flowbell(Map<String, String> environment, String... arguments)
      throws IOException {
    return flowbell(commandLine.resolve("bin/flowbell"), environment, arguments);
  }

  private static ToolRun flowbell(
      Path program, Map<String, String> environment, String... arguments) throws IOException {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    if (!Files.exists(tools.resolve("readlink"))) {
      Files.createSymbolicLink(tools.resolve("readlink"), Path.of("/usr/bin/readlink"));
    }
    List<String> command = new ArrayList<>(List.of("env", "-i", "PATH=" + tools));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.add(program.toString());
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private static ToolRun run(String... command) throws IOException {
    return ToolRun.of(Path.of("."), Map.of(), LONGEST_RUN, List.of(command));
  }

  private static String digest(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  /// Returns the version in `pom.xml`.
  private static String version() throws IOException {
    Matcher matcher =
        Pattern.compile("^  <version>(.*)</version>$", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static void putRejectedFlows(int count) {
    String logGroup = stack.output("LogGroupName");
    Instant now = Instant.now();
    String line =
        "5 123456789012 vpc-abcd1234 subnet-1234abcd i-0987654321 eni-1 203.0.113.9 10.0.2.98 443"
            + " 22"
            + " 6 1 60 %1$d %1$d REJECT OK 2 IPv4 203.0.113.9 10.0.2.98 us-east-1 use1-az1 ingress"
                .formatted(now.minusSeconds(360).getEpochSecond())
            + " - -";
    try (CloudWatchLogsClient logs = stack.client(CloudWatchLogsClient.builder())) {
      logs.createLogStream(request -> request.logGroupName(logGroup).logStreamName("eni-1-all"));
      logs.putLogEvents(
          request ->
              request
                  .logGroupName(logGroup)
                  .logStreamName("eni-1-all")
                  .logEvents(
                      Stream.generate(
                              () ->
                                  InputLogEvent.builder()
                                      .timestamp(now.toEpochMilli())
                                      .message(line)
                                      .build())
                          .limit(count)
                          .toList()));
    }
  }

  private static @Nullable Double rejectedFlows() {
    Instant now = Instant.now();
    try (CloudWatchClient cloudWatch = stack.client(CloudWatchClient.builder())) {
      return cloudWatch
          .getMetricStatistics(
              request ->
                  request
                      .namespace("Flowbell/flowbell")
                      .metricName("RejectedFlows")
                      .startTime(now.minus(Duration.ofMinutes(30)))
                      .endTime(now)
                      .period(3600)
                      .statisticsWithStrings("Sum"))
          .datapoints()
          .stream()
          .map(Datapoint::sum)
          .reduce(Double::sum)
          .orElse(null);
    }
  }

  /// Writes into S3, as far as the emulator wants it.
  private static void put(String path, HttpRequest.BodyPublisher contents) throws Exception {
    URI uri = stack.uri().resolve(path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(uri).PUT(contents).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(uri + " " + response.body()).isEqualTo(200);
    }
  }

  /// Returns the package's place, and what the emulator doesn't know switched off.
  private static List<Parameter> parametersOf(String key) {
    Map<String, String> values =
        Map.of(
            "CodeBucket", "releases",
            "CodeKey", key,
            "WatchedResourceId", "none",
            "Email", "on-call@example.com",
            // what MiniStack's CloudFormation knows
            "Features", "SnapStart,CustomerKey,Dashboard");
    return values.entrySet().stream()
        .map(
            each ->
                Parameter.builder()
                    .parameterKey(each.getKey())
                    .parameterValue(each.getValue())
                    .build())
        .toList();
  }

  private static @Nullable Stack finished(CloudFormationClient cloudFormation, String running) {
    Stack found =
        cloudFormation
            .describeStacks(request -> request.stackName("processed"))
            .stacks()
            .getFirst();
    return found.stackStatusAsString().startsWith(running) ? null : found;
  }

  private static String liveVersion(LambdaClient lambda, Stack processed) {
    return lambda
        .getAlias(request -> request.functionName(functionName(processed)).name("live"))
        .functionVersion();
  }

  private static String functionName(Stack processed) {
    return processed.outputs().stream()
        .filter(output -> output.outputKey().equals("FunctionName"))
        .findFirst()
        .orElseThrow()
        .outputValue();
  }

  /// Returns the types of a stack's resources, by logical id. SAM adds a digest to the version's.
  private static Map<String, String> resources(CloudFormationClient cloudFormation, String name) {
    Map<String, String> types = new TreeMap<>();
    cloudFormation
        .listStackResourcesPaginator(request -> request.stackName(name))
        .stackResourceSummaries()
        .forEach(
            resource ->
                types.put(
                    resource.logicalResourceId().replaceFirst("^FunctionVersion.*", "Version"),
                    resource.resourceType()));
    return types;
  }

  private static <T> T await(Supplier<@Nullable T> attempt) {
    Instant end = Instant.now().plus(PATIENCE);
    while (true) {
      T found = attempt.get();
      if (found != null) {
        return found;
      }
      assertThat(Instant.now()).as("nothing within " + PATIENCE).isBefore(end);
      try {
        Thread.sleep(300);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting", e);
      }
    }
  }
}
