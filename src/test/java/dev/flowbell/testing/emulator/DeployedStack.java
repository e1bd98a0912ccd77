package dev.flowbell.testing.emulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flowbell.testing.process.LambdaProcess;
import dev.flowbell.testing.process.RuntimeApi;
import dev.flowbell.testing.process.ToolRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Assumptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.lambda.LambdaClient;

/// The project, built by `sam build`, or a release, deployed by `sam deploy` to its own MiniStack.
/// That passes invocations to the built function under Lambda's runtime client.
///
/// The template is unchanged. Its own parameters turn off what MiniStack's CloudFormation doesn't
/// know (flow logs, composite and anomaly alarms, saved queries).
///
/// A test is skipped on a machine that can't run SAM CLI or MiniStack; in CI it fails.
public final class DeployedStack implements AutoCloseable {
  public static final String NAME = "flowbell";

  /// The project's files that `sam build` needs.
  private static final List<String> SOURCES = List.of("pom.xml", "template.yaml", "src");

  private static final List<String> PARAMETERS =
      List.of("WatchedResourceId=none", "Features=SnapStart,CustomerKey,Dashboard");

  /// What samconfig.toml says otherwise.
  private static final List<String> RELEASE_DEPLOYMENT =
      List.of(
          "deploy",
          "--template",
          "flowbell.yaml",
          "--stack-name",
          NAME,
          "--resolve-s3",
          "--capabilities",
          "CAPABILITY_IAM");

  private static final Duration LONGEST_BUILD = Duration.ofMinutes(10);
  private static final Duration LONGEST_DEPLOYMENT = Duration.ofMinutes(3);
  private static final Duration LONGEST_COMMAND = Duration.ofMinutes(2);
  private static final String REGION = "us-east-1";
  private static final String CREDENTIAL = "test";

  private final Path folder;
  private final Path artifact;
  private final List<String> deployment;
  private final PythonEnvironment sam;
  private final Emulator emulator;
  private final RuntimeApi runtime;
  private final HttpServer proxy;
  private final Queue<Invocation> invocations;
  private LambdaProcess function;

  /// What the emulator gave the function, and what that answered.
  public record Invocation(String event, RuntimeApi.Answer answer) {}

  private DeployedStack(
      Path folder,
      Path artifact,
      List<String> deployment,
      PythonEnvironment sam,
      Emulator emulator,
      RuntimeApi runtime,
      HttpServer proxy,
      Queue<Invocation> invocations) {
    this.folder = folder;
    this.artifact = artifact;
    this.deployment = deployment;
    this.sam = sam;
    this.emulator = emulator;
    this.runtime = runtime;
    this.proxy = proxy;
    this.invocations = invocations;
  }

  /// Builds and deploys.
  ///
  /// @param folder an empty folder for a copy of the project: `sam build` runs Maven, which must
  ///   not run in the folder that Maven is testing
  /// @param parameters `Name=value`, besides those that the emulator needs
  public static DeployedStack deploy(Path folder, String... parameters) throws IOException {
    for (String source : SOURCES) {
      copy(Path.of(source), folder.resolve(source));
    }
    copy(Path.of("samconfig.example.toml"), folder.resolve("samconfig.toml")); // as in the README
    DeployedStack stack =
        start(folder, folder.resolve(".aws-sam/build/Function"), List.of("deploy"));
    // The unit tests have just run; this only builds.
    stack.sam(LONGEST_BUILD, Map.of("MAVEN_OPTS", "-Dmaven.test.skip=true"), "build").orFail();
    stack.deployAgain(parameters).orFail();
    stack.startFunction();
    return stack;
  }

  /// Deploys a release, with the command that the README has for it.
  ///
  /// @param folder the release's files, and nothing else
  /// @param artifact what is in its package
  /// @param parameters `Name=value`, besides those that the emulator needs
  public static DeployedStack deployRelease(Path folder, Path artifact, String... parameters)
      throws IOException {
    DeployedStack stack = start(folder, artifact, RELEASE_DEPLOYMENT);
    stack.deployAgain(parameters).orFail();
    stack.startFunction();
    return stack;
  }

  /// Starts all but the function.
  private static DeployedStack start(Path folder, Path artifact, List<String> deployment)
      throws IOException {
    try {
      return startWithTools(folder, artifact, deployment);
    } catch (ToolUnavailableException | EmulatorUnavailableException e) {
      String failure = "no stack to test: " + e.getMessage();
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(failure, e);
      }
      // Failsafe counts skipped tests, and doesn't print the cause.
      System.err.println(failure);
      return Assumptions.abort(failure);
    }
  }

  private static DeployedStack startWithTools(Path folder, Path artifact, List<String> deployment)
      throws ToolUnavailableException, EmulatorUnavailableException, IOException {
    PythonEnvironment sam = PythonEnvironment.findOrMake(PythonEnvironment.SAM_CLI);
    RuntimeApi runtime = RuntimeApi.start();
    Queue<Invocation> invocations = new ConcurrentLinkedQueue<>();
    HttpServer proxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    proxy.createContext("/", exchange -> invoke(runtime, exchange, invocations));
    proxy.start();
    Emulator emulator =
        MiniStack.start(
            "ministack-stack",
            Map.of(
                "FLOWBELL_LAMBDA_PROXY",
                "http://127.0.0.1:%d/".formatted(proxy.getAddress().getPort()),
                "LAMBDA_ASYNC_RETRY_BASE_SECONDS",
                "0.2"));
    return new DeployedStack(
        folder, artifact, deployment, sam, emulator, runtime, proxy, invocations);
  }

  /// Runs `sam deploy` as the README does, with the emulator's parameters.
  public ToolRun deployAgain(String... parameters) throws IOException {
    List<String> arguments = new ArrayList<>(deployment);
    arguments.addAll(
        List.of("--no-confirm-changeset", "--no-progressbar", "--parameter-overrides"));
    arguments.addAll(PARAMETERS);
    arguments.addAll(List.of(parameters));
    return sam(LONGEST_DEPLOYMENT, Map.of(), arguments.toArray(String[]::new));
  }

  /// Runs a command of Flowbell, such as `doctor`, with this stack's environment.
  public ToolRun flowbell(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", "target/flowbell.jar"));
    command.addAll(List.of(arguments));
    return ToolRun.of(Path.of("."), environment(), LONGEST_COMMAND, command);
  }

  /// Runs `sam delete`.
  public ToolRun delete() throws IOException {
    return sam(LONGEST_DEPLOYMENT, Map.of(), "delete", "--no-prompts");
  }

  /// Returns the folder with what `sam deploy` uploaded: classes, and in `lib` the libraries, with
  /// their group ids before their names.
  public Path artifact() {
    return artifact;
  }

  /// Returns the environment variables with which another process finds this endpoint.
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL", emulator.uri().toString(),
        "AWS_REGION", REGION,
        "AWS_DEFAULT_REGION", REGION,
        "AWS_ACCESS_KEY_ID", CREDENTIAL,
        "AWS_SECRET_ACCESS_KEY", CREDENTIAL);
  }

  /// Returns the address of this endpoint.
  public URI uri() {
    return emulator.uri();
  }

  /// Returns an output of the stack.
  public String output(String key) {
    try (CloudFormationClient cloudFormation = client(CloudFormationClient.builder())) {
      return cloudFormation
          .describeStacks(request -> request.stackName(NAME))
          .stacks()
          .getFirst()
          .outputs()
          .stream()
          .filter(output -> output.outputKey().equals(key))
          .findFirst()
          .orElseThrow()
          .outputValue();
    }
  }

  /// Returns the function's name, which CloudFormation makes.
  public String functionName() {
    return output("FunctionName");
  }

  /// Returns the invocations that the function has answered so far, in order.
  public List<Invocation> invocations() {
    return List.copyOf(invocations);
  }

  /// Makes a client for this endpoint.
  public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C client(B builder) {
    return builder
        .httpClient(UrlConnectionHttpClient.create())
        .endpointOverride(emulator.uri())
        .region(Region.of(REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(CREDENTIAL, CREDENTIAL)))
        .build();
  }

  /// Starts the built function with the stack's environment, and ends the one before.
  public void startFunction() throws IOException {
    startFunction(Map.of());
  }

  /// Starts the function with the configuration of its alias, in place of one that runs.
  ///
  /// @param more environment variables besides, such as other endpoints
  public void startFunction(Map<String, String> more) throws IOException {
    if (function != null) {
      function.close();
      runtime.forgetProcess();
    }
    Map<String, String> environment = new HashMap<>();
    try (LambdaClient lambda = client(LambdaClient.builder())) {
      environment.putAll(
          lambda
              .getFunctionConfiguration(
                  request -> request.functionName(functionName()).qualifier("live"))
              .environment()
              .variables());
    }
    environment.putAll(environment());
    environment.putAll(more);
    function =
        LambdaProcess.startBuilt(artifact, runtime, environment, Path.of("target", "function.log"));
  }

  @Override
  public void close() {
    if (function != null) {
      function.close();
    }
    emulator.close();
    proxy.stop(0);
    runtime.close();
  }

  private ToolRun sam(Duration longest, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(sam.program("sam").toString()));
    command.addAll(List.of(arguments));
    Map<String, String> all = new HashMap<>(environment());
    all.put("SAM_CLI_TELEMETRY", "0");
    all.putAll(environment);
    return ToolRun.of(folder, all, longest, command);
  }

  /// For MiniStack, a status other than 2xx is a failed function.
  private static void invoke(
      RuntimeApi runtime, HttpExchange exchange, Queue<Invocation> invocations) throws IOException {
    try (exchange) {
      String event = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      RuntimeApi.Answer answer = runtime.invoke(event);
      invocations.add(new Invocation(event, answer));
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.kind().equals("response") ? 200 : 500, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(directory).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file).toString()));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
