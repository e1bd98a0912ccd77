package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.JsonSchema;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares what commands print with the schemas in `docs`. A key that a schema doesn't name is an
/// error here: every new key must be described.
class OutputSchemaTest {
  private static final Path DOCS = Path.of("docs");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "events/port-scan.json",
        "events/inside-scan.json",
        "events/nat-gateway.json",
        "events/json-records.json",
        "events/rejects-default-format.json",
        "events/control-message.json"
      })
  void json_fitsTheSchema(String events) throws IOException {
    for (String command : new String[] {"replay", "report"}) {
      CommandRun run = CommandRun.of(command, "--output", "json", events);

      assertThat(run.exitCode()).isZero();
      assertThat(JsonSchema.read(DOCS.resolve(command + ".schema.json")).errorsIn(run.json()))
          .as(command)
          .isEmpty();
    }
  }
}
