package dev.flowbell.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.generator.PayloadGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  private static final String HEADER =
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes"
          + " start end action log-status\n";

  @TempDir private Path folder;

  private static String record(String source, int port, String action) {
    return "2 123456789010 eni-1235b8ca123456789 %s 10.0.0.5 49761 %d 6 20 4249 1795342440 1795342499 %s OK%n"
        .formatted(source, port, action);
  }

  /// Files of several threads, folders in folders, gzip and a batch that is there twice.
  @Test
  void run_folder() throws IOException {
    for (int i = 0; i < 30; i++) {
      String lines = HEADER + record("198.51.100." + i % 3, 22, "REJECT").repeat(10);
      Path file = folder.resolve("a" + i % 2).resolve(i + ".log.gz");
      Files.createDirectories(file.getParent());
      Files.write(file, PayloadGenerator.gzip(lines.getBytes(UTF_8)));
    }
    Path event = Path.of("events", "nat-gateway.json");
    Files.copy(event, folder.resolve("one.json"));
    Files.copy(event, folder.resolve("two.json"));

    CommandRun run = CommandRun.of("report", "--output", "json", folder.toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    Map<String, @Nullable Object> json = run.json();
    assertThat(Json.objectAt(json, "coverage")).containsEntry("inputs", 32L);
    assertThat(Json.objectAt(json, "totals")).containsEntry("records", 305L);
    assertThat(Json.objectsAt(json, "sources"))
        .extracting(each -> each.get("source"), each -> each.get("rejects"))
        .contains(
            tuple("198.51.100.0", 100L), tuple("198.51.100.1", 100L), tuple("198.51.100.2", 100L));
  }

  @Test
  void run_asInOrder() throws IOException {
    for (String source : List.of("198.51.100.7", "10.0.0.9")) {
      Files.writeString(
          folder.resolve(source + ".log"),
          HEADER + record(source, 22, "REJECT") + record(source, 443, "ACCEPT"));
    }
    Path page = folder.resolve("page.html");

    CommandRun parallel = CommandRun.of("report", "--output", "csv", folder.toString());
    CommandRun inOrder =
        CommandRun.of("report", "--output", "csv", "--html", page.toString(), folder.toString());

    assertThat(inOrder.out()).isEqualTo(parallel.out());
    assertThat(inOrder.exitCode()).isZero();
    assertThat(inOrder.err()).isEqualTo("flowbell: wrote " + page + "\n");
    assertThat(page).content().startsWith("<!DOCTYPE html>").contains("198.51.100.7");
  }

  @Test
  void run_selection() throws IOException {
    Path file = folder.resolve("a.log");
    Files.writeString(
        file, HEADER + record("198.51.100.7", 22, "REJECT") + record("198.51.100.8", 80, "REJECT"));

    CommandRun run = CommandRun.of("report", "--output", "json", "--port", "80", file.toString());

    assertThat(Json.objectAt(run.json(), "origin")).containsEntry("selection", "--port 80");
    assertThat(Json.objectsAt(run.json(), "sources"))
        .extracting(each -> each.get("source"))
        .containsExactly("198.51.100.8");
  }

  /// A broken file is named, the others are read, and what was read of it counts.
  @Test
  void run_brokenFile() throws IOException {
    byte[] whole =
        PayloadGenerator.gzip(
            (HEADER + record("198.51.100.7", 22, "REJECT").repeat(500)).getBytes(UTF_8));
    byte[] cut = Arrays.copyOf(whole, whole.length - 20);
    Files.write(folder.resolve("cut.log.gz"), cut);
    Files.writeString(folder.resolve("ok.log"), HEADER + record("198.51.100.8", 80, "REJECT"));
    Files.writeString(folder.resolve("notes.txt"), "nothing of this kind\n");

    CommandRun run = CommandRun.of("report", "--output", "json", folder.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("cut.log.gz: gzip ended early")
        .contains("notes.txt: expected flow log records")
        .endsWith("flowbell: INCOMPLETE: 2 of the inputs could not be read, see above\n");
    assertThat(Json.objectsAt(run.json(), "sources"))
        .extracting(each -> each.get("source"))
        .contains("198.51.100.8");
    assertThat(
            CommandRun.of("report", "--keep-going", "--output", "json", folder.toString())
                .exitCode())
        .isZero();
  }

  @Test
  void run_nothingReadable() {
    CommandRun run = CommandRun.of("report", folder.resolve("absent").toString());

    assertThat(run)
        .isEqualTo(
            new CommandRun(2, "", "flowbell: " + folder.resolve("absent") + ": no such file\n"));
  }

  @Test
  void run_pageThatCantBeWritten() throws IOException {
    Path file = folder.resolve("a.log");
    Files.writeString(file, HEADER + record("198.51.100.7", 22, "REJECT"));

    CommandRun run = CommandRun.of("report", "--html", folder.toString(), file.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(folder + ": could not be written");
  }

  @Test
  void run_redacted() throws IOException {
    Path file = folder.resolve("a.log");
    Files.writeString(file, HEADER + record("198.51.100.7", 22, "REJECT"));
    List<String> outputs = new ArrayList<>();
    Path page = folder.resolve("page.html");
    for (String form : List.of("text", "json", "csv")) {
      outputs.add(
          CommandRun.of(
                  "report",
                  "--redact",
                  "--output",
                  form,
                  "--html",
                  page.toString(),
                  file.toString())
              .out());
      outputs.add(Files.readString(page));
    }

    assertThat(outputs)
        .allSatisfy(
            each ->
                assertThat(each)
                    .contains("198.18.0.")
                    .doesNotContain("198.51.100.7")
                    .doesNotContain("10.0.0.5")
                    .doesNotContain("eni-1235b8ca123456789")
                    .doesNotContain("123456789010")
                    .doesNotContain(folder.toString()));
  }

  @Test
  void run_standardInput() {
    CommandRun run =
        CommandRun.ofInput(
            (HEADER + record("198.51.100.7", 22, "REJECT")).getBytes(UTF_8), "report", "-");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("1 flow blocked, by 1 source in 1 min; it is not inside.");
  }
}
