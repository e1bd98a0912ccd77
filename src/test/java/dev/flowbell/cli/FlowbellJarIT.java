package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.SampleEvents;
import dev.flowbell.testing.process.ToolRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the jar that `mvn package` leaves as users do, with its dependencies beside it.
final class FlowbellJarIT {
  @TempDir private Path folder;

  @Test
  void replay_readsStandardInputAndPrintsOneObject() throws Exception {
    Path event = Path.of("events/port-scan.json");

    Run run = run(event, "replay", "--output", "json", "-");

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .startsWith("{\"payloads\":1,\"first\":\"2026-11-22T10:14:05Z\",")
        .contains("\"metrics\":{\"Records\":470,\"AcceptedFlows\":50,")
        .contains("\"BlockedHandshakes\":412,", "\"source\":\"198.51.100.7\"")
        .endsWith("}}\n");
    assertThat(SampleEvents.expected(Path.of("events")).get("port-scan.json").metrics())
        .containsEntry("Records", 470L)
        .containsEntry("BlockedHandshakes", 412L);
  }

  @Test
  void replay_saysInOneLineWhatCouldNotBeRead() throws Exception {
    Run run = run(Path.of("events/port-scan.json"), "replay", "no-such-file");

    assertThat(run).isEqualTo(new Run(2, "", "flowbell: no-such-file: no such file\n"));
  }

  /// In a folder of its own, with the JDK that this test runs on.
  @Test
  void launcher_runsTheJar() throws Exception {
    ToolRun run =
        ToolRun.of(
            Path.of("events"),
            Map.of("JAVA_HOME", System.getProperty("java.home")),
            Duration.ofMinutes(1),
            List.of("../bin/flowbell", "replay", "--output", "json", "port-scan.json"));

    assertThat(run.errors()).isEmpty();
    assertThat(run.output()).startsWith("{\"payloads\":1,\"first\":\"2026-11-22T10:14:05Z\",");
    assertThat(run.exitCode()).isZero();
  }

  private Run run(Path in, String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                "target/flowbell.jar"));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended within a minute").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private record Run(int exitCode, String out, String err) {}
}
