package dev.flowbell.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.flowbell.testing.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which records a replay reads, and its sums over all of them.
class RecordSelectorTest {
  /// From 10:14:00 to 10:14:40 UTC, but for the last: from 11:20:40 to 11:21:20.
  private static final String RECORDS =
      """
      version account-id vpc-id interface-id srcaddr pkt-srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
      3 111111111111 vpc-1 eni-1 198.51.100.7 198.51.100.7 10.0.1.5 40000 22 6 2 120 1795342440 1795342480 REJECT OK
      3 111111111111 vpc-1 eni-1 10.0.0.9 10.0.9.7 10.0.1.5 40001 3389 6 1 60 1795342440 1795342480 REJECT OK
      3 111111111111 vpc-1 eni-2 10.0.1.6 10.0.1.6 203.0.113.9 50000 443 6 9 900 1795342440 1795342480 ACCEPT OK
      3 222222222222 vpc-2 eni-3 2001:db8::1 2001:db8::1 2001:db8:1::5 40000 8443 6 1 80 1795342440 1795342480 REJECT OK
      3 222222222222 vpc-2 eni-3 - - - - - - - - 1795342440 1795342480 - NODATA
      3 222222222222 vpc-2 eni-3 198.51.100.7 198.51.100.7 10.0.2.5 40000 22 6 1 60 1795346440 1795346480 REJECT OK
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --source 198.51.100.7                        | 2
          --source 198.51.100.0/24,10.0.9.7            | 3
          --source 10.0.0.9                            | 0
          --source 2001:db8::/32                       | 1
          --destination 10.0.1.5/32                    | 2
          --port 22                                    | 2
          --port 22,3000-9000                          | 4
          --port 22 --port 443                         | 3
          --interface eni-3                            | 3
          --vpc vpc-1                                  | 3
          --account 222222222222,111111111111          | 6
          --action REJECT                              | 4
          --action ACCEPT,REJECT                       | 5
          --since 2026-11-22T10:15                     | 1
          --until 2026-11-22T10:15:00Z                 | 5
          --since 2026-11-22 --until 2026-11-23        | 6
          --since 2026-11-22T10:14:40 --until 2026-11-22T10:14:41 | 5
          --since 2026-11-22T10:14:41Z --until 2026-11-22T11:20:40Z | 0
          --action REJECT --vpc vpc-2 --port 8443      | 1
          """)
  void records(String options, long expected) {
    CommandRun run = replay(options, "--output json");

    assertThat(run.err()).isEmpty();
    assertThat(run.nonZeroMetrics().getOrDefault("Records", 0L)).isEqualTo(expected);
    assertThat(run.json()).containsEntry("selection", orderOf(options));
  }

  @Test
  void head_saysWhatWasRead() {
    assertThat(replay("--port 22 --port 443 --source 198.51.100.7", "").out())
        .startsWith(
            """
            1 payload, 2026-11-22T10:14:00Z to 2026-11-22T11:21:20Z
            Only --source 198.51.100.7 --port 22,443

            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          --since yesterday | --since: expected a time such as 2026-11-22, 2026-11-22T10:14 or 2026-11-22T10:14:05Z, got "yesterday"
          --until 2026-13-01 | --until: expected a time such as 2026-11-22, 2026-11-22T10:14 or 2026-11-22T10:14:05Z, got "2026-13-01"
          --port ssh        | --port: expected a port such as 22, or ports such as 8000-8999, got "ssh"
          --port 9-8        | --port: expected a port such as 22, or ports such as 8000-8999, got "9-8"
          --port 65536      | --port: expected a port such as 22, or ports such as 8000-8999, got "65536"
          --action reject   | --action: expected ACCEPT or REJECT, got "reject"
          """)
  void wrongOption(String options, String message) {
    assertThat(replay(options, "")).isEqualTo(new CommandRun(2, "", "flowbell: " + message + "\n"));
  }

  /// Nothing depends on how records are spread over files.
  @Test
  void sums_areOverAllFiles() throws IOException {
    List<String> lines = RECORDS.lines().toList();
    for (int i = 1; i < lines.size(); i++) {
      Files.writeString(folder.resolve(i + ".log"), lines.getFirst() + "\n" + lines.get(i) + "\n");
    }

    CommandRun run = CommandRun.of("replay", "--output", "json", folder.toString());

    assertThat(Json.objectsAt(run.json(), "sources"))
        .extracting(each -> each.get("source"), each -> each.get("rejects"))
        .containsExactly(
            tuple("198.51.100.7", 2L), tuple("10.0.9.7", 1L), tuple("2001:db8::1", 1L));
    assertThat(run.json())
        .containsEntry(
            "interfaces",
            List.of(
                Map.of("interface", "eni-1", "rejects", 2L),
                Map.of("interface", "eni-3", "rejects", 2L)))
        .containsEntry(
            "accounts",
            List.of(
                Map.of("account", "111111111111", "rejects", 2L),
                Map.of("account", "222222222222", "rejects", 2L)))
        .containsEntry(
            "hours",
            List.of(
                Map.of("hour", "2026-11-22T10:00:00Z", "rejects", 3L),
                Map.of("hour", "2026-11-22T11:00:00Z", "rejects", 1L)))
        .containsEntry(
            "rejectsOfOthers",
            Map.of(
                "sources",
                0L,
                "doors",
                0L,
                "ports",
                0L,
                "interfaces",
                0L,
                "accounts",
                0L,
                "hours",
                0L));
    assertThat(Json.objectsAt(run.json(), "ports"))
        .extracting(each -> each.get("port"), each -> each.get("rejects"))
        .containsExactly(tuple(22L, 2L), tuple(3389L, 1L), tuple(8443L, 1L));
  }

  private static CommandRun replay(String options, String more) {
    List<String> arguments = new ArrayList<>(List.of("replay", "-"));
    arguments.addAll(List.of(options.split(" +")));
    if (!more.isEmpty()) {
      arguments.addAll(List.of(more.split(" ")));
    }
    return CommandRun.ofInput(RECORDS.getBytes(UTF_8), arguments.toArray(String[]::new));
  }

  /// The report has values of one option together.
  private static String orderOf(String options) {
    return options
        .replace("--port 22 --port 443", "--port 22,443")
        .replace(
            "--action REJECT --vpc vpc-2 --port 8443", "--port 8443 --vpc vpc-2 --action REJECT");
  }
}
