package dev.flowbell.cli;

import dev.flowbell.testing.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one run of the command line came to.
record CommandRun(int exitCode, String out, String err) {
  static CommandRun of(String... arguments) {
    return ofInput(new byte[0], arguments);
  }

  static CommandRun ofInput(byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream printedOut = new PrintStream(out, false, StandardCharsets.UTF_8);
    PrintStream printedErr = new PrintStream(err, false, StandardCharsets.UTF_8);
    int exitCode = Flowbell.run(new ByteArrayInputStream(input), printedOut, printedErr, arguments);
    printedOut.flush();
    printedErr.flush();
    return new CommandRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /// Returns the one object on standard output; there is nothing else there.
  Map<String, @Nullable Object> json() {
    return Json.parseObject(out);
  }

  /// Returns the metrics of the object that aren't 0, and that the fields can show.
  Map<String, @Nullable Object> nonZeroMetrics() {
    Map<String, @Nullable Object> metrics = Json.objectAt(json(), "metrics");
    metrics.remove("DeliveryLag"); // of a file it only says when the test ran
    metrics.values().removeIf(value -> value == null || value.equals(0L));
    return metrics;
  }
}
