package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.process.ToolRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionCommandTest {
  @TempDir private Path folder;

  /// Asks the script as bash does when somebody presses the tabulator key.
  @ParameterizedTest
  @CsvSource({
    "re, redrive replay report",
    "comp, completion",
    "replay --topic, --topic-arn",
    "doctor --re, --region",
    "redrive --drop, --drop-unreadable",
  })
  void run_scriptCompletes(String typed, String expected) throws Exception {
    CommandRun run = CommandRun.of("completion");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Path script = Files.writeString(folder.resolve("flowbell.sh"), run.out());

    ToolRun completed =
        ToolRun.of(
                folder,
                Map.of(),
                Duration.ofSeconds(30),
                List.of(
                    "bash",
                    "-c",
                    """
                    . "$0"
                    complete -p flowbell >/dev/null
                    COMP_WORDS=(flowbell $1)
                    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                    compopt() { :; } # bash has it only while somebody types
                    _complete_flowbell
                    echo "${COMPREPLY[*]}"
                    """,
                    script.toString(),
                    typed))
            .orFail();

    assertThat(completed.errors()).isEmpty();
    assertThat(completed.output()).isEqualTo(expected + "\n");
  }
}
