package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What needs no AWS; `DeployedStackIT` has the rest.
class RedriveCommandTest {
  @TempDir private Path folder;

  @Test
  void run_neitherQueueNorFile() {
    CommandRun expected =
        new CommandRun(2, "", "flowbell: expected either --queue-url or --from\n");

    assertThat(CommandRun.of("redrive")).isEqualTo(expected);
    assertThat(CommandRun.of("redrive", "--queue-url", "http://q", "--from", "f"))
        .isEqualTo(expected);
  }

  @Test
  void run_fileThatIsNoPayload() throws Exception {
    Path file = folder.resolve("payload.json");
    Files.writeString(file, "{\"Records\": []}");

    assertThat(CommandRun.of("redrive", "--region", "eu-west-1", "--from", file.toString()))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: "
                    + file
                    + ": expected requestPayload with awslogs, or awslogs itself, got an object"
                    + " without\n"));
  }

  @Test
  void run_dryRunOfAFile() throws Exception {
    Path file = folder.resolve("payloads.json");
    Files.writeString(
        file,
        """
        {"awslogs": {"data": "x"}}
        {"requestContext": {"approximateInvokeCount": 3}, "requestPayload": {"awslogs": {}},
         "responsePayload": {"errorMessage": "ledger\\n\\u001b[31mdown"}}
        """);

    assertThat(
            CommandRun.of(
                "redrive", "--region", "eu-west-1", "--dry-run", "--from", file.toString()))
        .isEqualTo(
            new CommandRun(
                0,
                "%1$s #1  26 bytes, tries unknown, last error: unknown\n%1$s #2  15 bytes, 3 tries, last error: ledger  [31mdown\n2 waiting.\n"
                    .formatted(file),
                ""));
  }

  @Test
  void run_bareEventWithoutAFunction() throws Exception {
    Path file = folder.resolve("event.json");
    Files.writeString(file, "{\"awslogs\": {\"data\": \"x\"}}");

    assertThat(CommandRun.of("redrive", "--region", "eu-west-1", "--from", file.toString()))
        .isEqualTo(
            new CommandRun(
                1,
                file
                    + "  LEFT: it doesn't say which function it is for: give --function\n"
                    + "0 went through, 1 left.\n",
                ""));
  }
}
