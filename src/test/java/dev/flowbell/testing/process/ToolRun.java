package dev.flowbell.testing.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A completed run of a program.
///
/// @param command the command line, for failures
/// @param output standard output
/// @param errors standard error
public record ToolRun(String command, int exitCode, String output, String errors) {

  /// Runs a program.
  ///
  /// @param environment variables besides those of this process
  /// @throws AssertionError if it takes longer; the program is then ended
  public static ToolRun of(
      Path directory, Map<String, String> environment, Duration longest, List<String> command)
      throws IOException {
    Path output = Files.createTempFile("flowbell-run", ".out");
    Path errors = Files.createTempFile("flowbell-run", ".err");
    String words = String.join(" ", command);
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(longest.toSeconds(), TimeUnit.SECONDS)) {
          throw new AssertionError("`%s` took more than %s".formatted(words, longest));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("`%s` was interrupted".formatted(words), e);
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      return new ToolRun(
          words, process.exitValue(), Files.readString(output), Files.readString(errors));
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }

  /// Returns this run if its exit code is 0.
  ///
  /// @throws AssertionError with its output if not
  public ToolRun orFail() {
    if (exitCode != 0) {
      throw new AssertionError(
          "`%s` ended with %d:%n%s%n%s".formatted(command, exitCode, output, errors));
    }
    return this;
  }
}
