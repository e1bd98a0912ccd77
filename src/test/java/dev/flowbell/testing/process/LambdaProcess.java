package dev.flowbell.testing.process;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The function as a process under Lambda's runtime client, as Lambda runs it.
///
/// Each process has its own native library, so that several can run at a time.
///
/// @see <a href="https://github.com/aws/aws-lambda-java-libs">AWS Lambda Java libraries</a>
public final class LambdaProcess implements AutoCloseable {
  private static final String HANDLER = "dev.flowbell.lambda.FlowLogsHandler";

  /// Where the runtime client looks for its native library before it unpacks one to a path in
  /// `/tmp`. All processes share that path: a new file there ends a process that uses the old one.
  private static final String NATIVE_LIBRARY_PROPERTY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  /// The JVM options of Lambda for a start on demand: no C2.
  ///
  /// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/java-customization.html">Customize
  ///   Java runtime startup behavior</a>
  public static final List<String> ON_DEMAND =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /// The JVM options of Lambda for a version with SnapStart: "the default JVM settings".
  public static final List<String> SNAP_START = List.of("-XX:+UseSerialGC");

  /// The package of the runtime client that calls org.crac's hooks. Lambda sets it.
  public static final String HOOKS = "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac";

  /// The runtime client, and the jars that its manifest names. They are Lambda's, not the
  /// function's.
  private static final List<String> RUNTIME_CLIENT =
      List.of(
          "aws-lambda-java-runtime-interface-client-",
          "aws-lambda-java-serialization-",
          "aws-lambda-java-core-",
          "utils-lite-",
          "annotations-2.");

  private final Process process;

  private LambdaProcess(Process process) {
    this.process = process;
  }

  /// Starts the classes under test.
  ///
  /// @param environment the function's variables, and the endpoint's
  /// @param log the file for the function's output
  public static LambdaProcess start(RuntimeApi runtime, Map<String, String> environment, Path log)
      throws IOException {
    return start(
        Path.of(""),
        System.getProperty("java.class.path"),
        HANDLER,
        ON_DEMAND,
        runtime,
        environment,
        log);
  }

  /// Starts the classes and libraries that `sam build` made. The tests add only the runtime client,
  /// which is Lambda's.
  ///
  /// @param artifact the folder that `sam deploy` packs
  public static LambdaProcess startBuilt(
      Path artifact, RuntimeApi runtime, Map<String, String> environment, Path log)
      throws IOException {
    return startBuilt(artifact, HANDLER, ON_DEMAND, runtime, environment, log);
  }

  /// Starts a folder of classes, with libraries in `lib`. As in Lambda, it is the working folder,
  /// and the runtime client loads the function from it with its own class loader.
  ///
  /// @param jvmOptions options that Lambda sets on the command line, or in `JAVA_TOOL_OPTIONS`
  public static LambdaProcess startBuilt(
      Path artifact,
      String handler,
      List<String> jvmOptions,
      RuntimeApi runtime,
      Map<String, String> environment,
      Path log)
      throws IOException {
    String runtimeClient =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(jar -> RUNTIME_CLIENT.stream().anyMatch(fileName(jar)::startsWith))
            .collect(Collectors.joining(File.pathSeparator));
    return start(artifact, runtimeClient, handler, jvmOptions, runtime, environment, log);
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf(File.separatorChar) + 1);
  }

  private static LambdaProcess start(
      Path folder,
      String classPath,
      String handler,
      List<String> jvmOptions,
      RuntimeApi runtime,
      Map<String, String> environment,
      Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-D%s=%s".formatted(NATIVE_LIBRARY_PROPERTY, copyNativeLibrary(log)));
    command.addAll(List.of("-cp", classPath, AWSLambda.class.getName(), handler));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toAbsolutePath().toFile());
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
                "AWS_LAMBDA_LOG_STREAM_NAME", "made"));
    builder.environment().putAll(environment);
    return new LambdaProcess(
        builder.redirectErrorStream(true).redirectOutput(log.toAbsolutePath().toFile()).start());
  }

  private static Path copyNativeLibrary(Path log) throws IOException {
    String architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
    Path copy = log.toAbsolutePath().resolveSibling(log.getFileName() + ".so");
    try (InputStream library =
        AWSLambda.class.getResourceAsStream(
            "/jni/libaws-lambda-jni.linux-%s.so".formatted(architecture))) {
      Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }

  /// Waits until the process has ended.
  ///
  /// @return its exit code
  public int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  /// Returns the processor time that all its threads have used so far.
  public Duration cpuTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /// Returns the most memory that the process has had so far, in MB: Linux's `VmHWM`.
  public long peakMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1_024)
        .findFirst()
        .orElseThrow();
  }

  /// Asks the process to end, and waits. A JVM that writes a file at its end needs this.
  public void end() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /// Kills the process, and waits.
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
