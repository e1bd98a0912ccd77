package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.SampleEvents;
import dev.flowbell.testing.process.ToolRun;
import java.io.IOException;
import java.io.OutputStream;
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

  /// Writing to `/dev/full` fails, as to a full disk.
  @Test
  void output_thatIsLostIsNoSuccess() throws Exception {
    for (String command :
        List.of("replay events/port-scan.json", "filter --log-format default", "completion")) {
      ToolRun run =
          ToolRun.of(
              Path.of("."),
              Map.of(),
              Duration.ofMinutes(1),
              List.of(
                  "sh",
                  "-c",
                  "exec %s/bin/java -jar target/flowbell.jar %s > /dev/full"
                      .formatted(System.getProperty("java.home"), command)));

      assertThat(run.exitCode()).as(command).isEqualTo(2);
      assertThat(run.errors())
          .as(command)
          .endsWith("flowbell: standard output: could not be written to the end\n");
    }
  }

  /// Python gives the signal its usual meaning again, which whoever runs the tests may have taken.
  @Test
  void interrupt_printsWhatWasRead() throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    String line =
        "2 123456789010 eni-0a1b2c3d 198.51.100.7 10.0.2.98 40001 22 6 1 60 1795342446 1795342450"
            + " REJECT OK\n";
    Process process =
        new ProcessBuilder(
                "python3",
                "-c",
                "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
                    + " os.execv(sys.argv[1], sys.argv[1:])",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                "target/flowbell.jar",
                "replay",
                "-")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      byte[] lines = line.repeat(1_000).getBytes(StandardCharsets.US_ASCII);
      Thread.ofVirtual().start(() -> writeUntilClosed(lines, process.getOutputStream()));
      Thread.sleep(Duration.ofSeconds(3)); // it reads by then; earlier, it would end at once
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();

      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(130);
    assertThat(err)
        .hasContent("flowbell: INCOMPLETE: interrupted; this is what was read until then");
    assertThat(Files.readString(out)).contains("REJECTED, BY ORIGINAL SOURCE", "198.51.100.7");
  }

  private static void writeUntilClosed(byte[] lines, OutputStream target) {
    try (target) {
      for (int i = 0; i < 100_000; i++) {
        target.write(lines);
      }
    } catch (IOException _) {
      // the process has ended
    }
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
