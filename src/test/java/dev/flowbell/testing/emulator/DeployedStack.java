package dev.flowbell.testing.emulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flowbell.testing.process.LambdaProcess;
import dev.flowbell.testing.process.RuntimeApi;
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
import java.util.concurrent.Executors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;

/// The project built by `sam build` and deployed by `sam deploy`, to a MiniStack of its own, which
/// hands what it would run in Lambda to the built function under Lambda's runtime client.
///
/// Nothing of the template is changed. What MiniStack's CloudFormation doesn't know (flow logs,
/// composite and anomaly alarms, saved queries) is switched off by the template's own parameters.
public final class DeployedStack implements AutoCloseable {
  public static final String NAME = "flowbell";

  /// What `sam build` needs of the project.
  private static final List<String> SOURCES =
      List.of("pom.xml", "template.yaml", "samconfig.toml", "src");

  private static final List<String> PARAMETERS =
      List.of("CompositeAlarms=false", "AnomalyAlarm=false", "InsightsQueries=false");

  private static final Duration LONGEST_BUILD = Duration.ofMinutes(10);
  private static final Duration LONGEST_DEPLOYMENT = Duration.ofMinutes(3);
  private static final String REGION = "us-east-1";
  private static final String CREDENTIAL = "test";

  private final Path project;
  private final PythonEnvironment sam;
  private final Emulator emulator;
  private final RuntimeApi runtime;
  private final HttpServer invocations;
  private LambdaProcess function;

  private DeployedStack(
      Path project,
      PythonEnvironment sam,
      Emulator emulator,
      RuntimeApi runtime,
      HttpServer invocations) {
    this.project = project;
    this.sam = sam;
    this.emulator = emulator;
    this.runtime = runtime;
    this.invocations = invocations;
  }

  /// Builds and deploys.
  ///
  /// @param folder an empty one, for a copy of the project: `sam build` runs Maven, and must not do
  ///   so in the folder that Maven tests right now
  /// @param parameters `Name=value`, on top of what the emulator demands
  public static DeployedStack deploy(Path folder, String... parameters)
      throws ToolUnavailableException, EmulatorUnavailableException, IOException {
    PythonEnvironment sam = PythonEnvironment.findOrMake(PythonEnvironment.SAM_CLI);
    for (String source : SOURCES) {
      copy(Path.of(source), folder.resolve(source));
    }
    RuntimeApi runtime = RuntimeApi.start();
    HttpServer invocations =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    invocations.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    invocations.createContext("/", exchange -> invoke(runtime, exchange));
    invocations.start();
    Emulator emulator =
        MiniStack.start(
            "ministack-stack",
            Map.of(
                "MINISTACK_LAMBDA_PROXY_" + NAME,
                "http://127.0.0.1:%d/".formatted(invocations.getAddress().getPort()),
                "LAMBDA_ASYNC_RETRY_BASE_SECONDS",
                "0.2"));
    DeployedStack stack = new DeployedStack(folder, sam, emulator, runtime, invocations);
    // The tests have just run; building is what is tried here.
    stack.sam(LONGEST_BUILD, Map.of("MAVEN_OPTS", "-Dmaven.test.skip=true"), "build").orFail();
    stack.deployAgain(parameters).orFail();
    stack.startFunction();
    return stack;
  }

  /// Runs `sam deploy`, as the README has it but for the emulator's parameters.
  public ToolRun deployAgain(String... parameters) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "deploy", "--no-confirm-changeset", "--no-progressbar", "--parameter-overrides"));
    arguments.addAll(PARAMETERS);
    arguments.addAll(List.of(parameters));
    return sam(LONGEST_DEPLOYMENT, Map.of(), arguments.toArray(String[]::new));
  }

  /// Runs `sam delete`.
  public ToolRun delete() throws IOException {
    return sam(LONGEST_DEPLOYMENT, Map.of(), "delete", "--no-prompts");
  }

  /// Returns the folder that `sam deploy` packed: classes, and in `lib` the libraries, with their
  /// groups in front of their names.
  public Path artifact() {
    return project.resolve(".aws-sam/build/Function");
  }

  /// What a process needs in its environment to find this AWS.
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL", emulator.uri().toString(),
        "AWS_REGION", REGION,
        "AWS_DEFAULT_REGION", REGION,
        "AWS_ACCESS_KEY_ID", CREDENTIAL,
        "AWS_SECRET_ACCESS_KEY", CREDENTIAL);
  }

  /// Where this AWS is.
  public URI uri() {
    return emulator.uri();
  }

  /// Makes a client that talks to this AWS.
  public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C client(B builder) {
    return builder
        .httpClient(UrlConnectionHttpClient.create())
        .endpointOverride(emulator.uri())
        .region(Region.of(REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(CREDENTIAL, CREDENTIAL)))
        .build();
  }

  /// Starts the built function with the environment that the stack gives it; ends the one before.
  public void startFunction() throws IOException {
    if (function != null) {
      function.close();
    }
    Map<String, String> environment = new HashMap<>();
    try (LambdaClient lambda = client(LambdaClient.builder())) {
      environment.putAll(
          lambda
              .getFunctionConfiguration(request -> request.functionName(NAME).qualifier("live"))
              .environment()
              .variables());
    }
    environment.putAll(environment());
    function =
        LambdaProcess.startBuilt(
            artifact(), runtime, environment, Path.of("target", "function.log"));
  }

  @Override
  public void close() {
    if (function != null) {
      function.close();
    }
    emulator.close();
    invocations.stop(0);
    runtime.close();
  }

  private ToolRun sam(Duration longest, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(sam.program("sam").toString()));
    command.addAll(List.of(arguments));
    Map<String, String> all = new HashMap<>(environment());
    all.put("SAM_CLI_TELEMETRY", "0");
    all.putAll(environment);
    return ToolRun.of(project, all, longest, command);
  }

  /// MiniStack takes a status other than 2xx for a function that failed.
  private static void invoke(RuntimeApi runtime, HttpExchange exchange) throws IOException {
    try (exchange) {
      String event = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      RuntimeApi.Answer answer = runtime.invoke(event);
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
