package dev.flowbell.testing;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The function as a process of its own under Lambda's runtime client, as Lambda runs it.
///
/// One at a time: the client unpacks its native library to the same file in `/tmp` each time, and a
/// process that has it mapped doesn't survive that.
///
/// @see <a href="https://github.com/aws/aws-lambda-java-libs">AWS Lambda Java libraries</a>
public final class LambdaProcess implements AutoCloseable {
  private static final String HANDLER = "dev.flowbell.app.FlowLogsHandler";

  /// Where the runtime client looks for its native part before it unpacks its own, to a path in
  /// `/tmp` that all processes share: writing it anew under another process ends that one.
  private static final String NATIVE_LIBRARY_PROPERTY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  private final Process process;

  private LambdaProcess(Process process) {
    this.process = process;
  }

  /// Starts the classes under test.
  ///
  /// @param environment the function's own, and where AWS is
  /// @param log gets what the function says
  public static LambdaProcess start(RuntimeApi runtime, Map<String, String> environment, Path log)
      throws IOException {
    return start(System.getProperty("java.class.path"), runtime, environment, log);
  }

  /// Starts what `sam build` made: its classes and libraries, and nothing else of the tests' than
  /// the runtime client, which is Lambda's own.
  ///
  /// @param artifact the folder that `sam deploy` packs
  public static LambdaProcess startBuilt(
      Path artifact, RuntimeApi runtime, Map<String, String> environment, Path log)
      throws IOException {
    String runtimeClient =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(
                jar ->
                    jar.contains("aws-lambda-java-runtime-interface-client")
                        || jar.contains("aws-lambda-java-serialization"))
            .collect(Collectors.joining(File.pathSeparator));
    String classPath =
        String.join(
            File.pathSeparator,
            artifact.toString(),
            artifact.resolve("lib").resolve("*").toString(),
            runtimeClient);
    return start(classPath, runtime, environment, log);
  }

  private static LambdaProcess start(
      String classPath, RuntimeApi runtime, Map<String, String> environment, Path log)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1", // as Lambda's own start of the JVM
            "--enable-native-access=ALL-UNNAMED",
            "-D%s=%s".formatted(NATIVE_LIBRARY_PROPERTY, copyNativeLibrary(log)),
            "-cp",
            classPath,
            AWSLambda.class.getName(),
            HANDLER);
    ProcessBuilder builder = new ProcessBuilder(command);
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
        builder.redirectErrorStream(true).redirectOutput(log.toFile()).start());
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

  /// Waits until it ends by itself, or is ended.
  ///
  /// @return its exit code
  public int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  /// Ends it at once, as nothing is to be saved, and waits for it.
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
