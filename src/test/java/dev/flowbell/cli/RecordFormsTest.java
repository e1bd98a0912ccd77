package dev.flowbell.cli;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.flowbell.testing.generator.PayloadGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The same six records, in the forms in which people have them.
class RecordFormsTest {
  private static final String STREAM = "eni-0aaaaaaaaaaaaaaa1-all";
  private static final String NAMES =
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start"
          + " end action log-status";

  private static final List<String> RECORDS =
      List.of(
          "2 123456789012 eni-0aaaaaaaaaaaaaaa1 198.51.100.7 10.0.1.5 40000 22 6 2 120 1795342440"
              + " 1795342480 REJECT OK",
          "2 123456789012 eni-0aaaaaaaaaaaaaaa1 198.51.100.7 10.0.1.5 40001 3389 6 1 60 1795342440"
              + " 1795342480 REJECT OK",
          "2 123456789012 eni-0aaaaaaaaaaaaaaa1 198.51.100.7 10.0.1.5 40002 445 6 1 60 1795342440"
              + " 1795342480 REJECT OK",
          "2 123456789012 eni-0aaaaaaaaaaaaaaa1 10.0.1.5 203.0.113.9 50000 443 6 9 900 1795342440"
              + " 1795342480 ACCEPT OK",
          "2 123456789012 eni-0aaaaaaaaaaaaaaa1 203.0.113.9 10.0.1.5 443 50000 6 9 900 1795342440"
              + " 1795342480 ACCEPT OK",
          "2 123456789012 eni-0aaaaaaaaaaaaaaa1 - - - - - - - 1795342440 1795342480 - NODATA");

  private static final Map<String, Long> COUNTS =
      Map.of(
          "Records", 6L,
          "AcceptedFlows", 2L,
          "RejectedFlows", 3L,
          "RejectedBytes", 240L,
          "RejectedPackets", 4L,
          "NoDataWindows", 1L);

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> lines() {
    Map<String, String> forms = new LinkedHashMap<>();
    forms.put("as they are", each(line -> line));
    forms.put("aws logs tail", each(line -> "2026-11-22T10:14:00+00:00 " + STREAM + " " + line));
    forms.put("aws logs tail, short", each(line -> "2026-11-22T10:14:00 " + line));
    forms.put("export to S3", each(line -> "2026-11-22T10:14:00.000Z " + line));
    forms.put("with a date and a time", each(line -> "2026-11-22 10:14:00.000 " + line));
    forms.put(
        "aws logs tail of a stream with another name",
        each(line -> "2026-11-22T10:14:00+00:00 flow/logs/of/eni-1 " + line));
    forms.put("indented", each(line -> "   \t " + line));
    forms.put("Windows", each(line -> line + "\r"));
    forms.put("quoted, as in a list of JSON", each(line -> "  \"" + line + "\","));
    forms.put("YAML", each(line -> "- " + line));
    forms.put("tabs", each(line -> line.replace(' ', '\t')));
    forms.put("commas", each(line -> line.replace(' ', ',')));
    forms.put("one line, tabs between", String.join("\t", RECORDS));
    forms.put(
        "get-log-events as text",
        each(line -> "EVENTS\t1795342740000\t" + line + "\t1795342440000"));
    forms.put("get-query-results as text", each(line -> "RESULTS\t@message\t" + line));
    forms.put(
        "a table",
        "-".repeat(40) + "\n" + each(line -> "|  " + line + "  |") + "+" + "-".repeat(39) + "\n");
    forms.put("a header", NAMES + "\n" + each(line -> line));
    forms.put("a header in each joined file", twice(NAMES));
    forms.put("a header with tabs", table('\t', UnaryOperator.identity()));
    forms.put("a header with commas", table(',', UnaryOperator.identity()));
    forms.put("a header with semicolons", table(';', UnaryOperator.identity()));
    forms.put("a header with bars", table('|', UnaryOperator.identity()));
    forms.put("Athena", table(',', cell -> "\"" + cell.replace('-', '_') + "\""));
    forms.put("camel case", table(',', RecordFormsTest::camelCase));
    forms.put(
        "upper case",
        table(',', cell -> cell.replace("-", "_").toUpperCase(java.util.Locale.ROOT)));
    forms.put(
        "columns of Logs Insights",
        "@timestamp,@message\n" + each(line -> "2026-11-22 10:14:00.000," + line));
    forms.put(
        "columns of the console",
        "timestamp,message\n" + each(line -> "1795342440000,\"" + line + "\""));
    forms.put("message alone", "@message\n" + each(line -> line));
    forms.put(
        "columns in another order",
        "@message,@logStream,@ptr\n" + each(line -> line + "," + STREAM + ",Cm0KK"));
    return tests(forms);
  }

  @TestFactory
  Stream<DynamicTest> json() {
    Map<String, String> forms = new LinkedHashMap<>();
    forms.put("messages of Firehose", each(line -> "{\"message\": \"" + line + "\"}"));
    forms.put(
        "messages in a row", each(line -> "{\"message\": \"" + line + "\"}").replace("\n", ""));
    forms.put("@message", each(line -> "{\"@message\": \"" + line + "\", \"@ptr\": \"C\"}"));
    forms.put("records", each(RecordFormsTest::jsonOf));
    forms.put("records in an array", "[" + joined(RecordFormsTest::jsonOf) + "]");
    forms.put("records, printed pretty", each(line -> jsonOf(line).replace(",", ",\n  ")));
    forms.put("records of a log forwarder", each(line -> "{\"flow\": " + jsonOf(line) + "}"));
    forms.put("strings in an array", "[\n" + joined(line -> "  \"" + line + "\"") + "\n]\n");
    forms.put(
        "filter-log-events",
        "{\"events\": ["
            + joined(
                line -> "{\"logStreamName\": \"" + STREAM + "\", \"message\": \"" + line + "\"}")
            + "], \"searchedLogStreams\": []}");
    forms.put(
        "get-query-results",
        "{\"results\": ["
            + joined(
                line ->
                    "[{\"field\": \"@timestamp\", \"value\": \"2026\"}, {\"field\": \"@message\","
                        + " \"value\": \""
                        + line
                        + "\"}]")
            + "], \"status\": \"Complete\"}");
    forms.put(
        "get-query-results, by field",
        "{\"results\": [" + joined(line -> "[" + cellsOf(line) + "]") + "]}");
    forms.put(
        "Athena's get-query-results",
        "{\"ResultSet\": {\"Rows\": ["
            + Stream.concat(Stream.of(NAMES), RECORDS.stream())
                .map(RecordFormsTest::athenaRow)
                .collect(Collectors.joining(","))
            + "]}}");
    String event = "{\"awslogs\": {\"data\": \"" + data() + "\"}}";
    forms.put("event in an array", "[" + event + "]");
    forms.put("failure record", "{\"version\": \"1.0\", \"requestPayload\": " + event + "}");
    forms.put(
        "receive-message", "{\"Messages\": [{\"Body\": \"" + event.replace("\"", "\\\"") + "\"}]}");
    forms.put("SQS event", "{\"Records\": [{\"body\": \"" + event.replace("\"", "\\\"") + "\"}]}");
    forms.put(
        "SNS in SQS",
        "{\"Records\": [{\"body\": \""
            + ("{\"Type\": \"Notification\", \"Message\": \"" + event.replace("\"", "\\\"") + "\"}")
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
            + "\"}]}");
    forms.put("Kinesis event", "{\"Records\": [{\"kinesis\": {\"data\": \"" + data() + "\"}}]}");
    forms.put(
        "Firehose transform event",
        "{\"records\": [{\"recordId\": \"1\", \"data\": \"" + data() + "\"}]}");
    forms.put(
        "Firehose transform event with text",
        "{\"records\": [{\"recordId\": \"1\", \"data\": \""
            + Base64.getEncoder().encodeToString(each(line -> line).getBytes(UTF_8))
            + "\"}]}");
    forms.put("subscription messages in an array", "[" + subscriptionMessage() + "]");
    forms.put("data alone", data());
    forms.put(
        "data alone, wrapped", Base64.getMimeEncoder().encodeToString(gzip(subscriptionMessage())));
    return tests(forms);
  }

  @Test
  void gzip_inGzip() {
    byte[] twice = PayloadGenerator.gzip(gzip(each(line -> line)));

    assertThat(replay(twice).nonZeroMetrics()).isEqualTo(COUNTS);
  }

  /// DuckDB wrote the files, with the types of AWS's own and `-` as null.
  @Test
  void parquet() {
    String gzip = "src/test/resources/dev/flowbell/cli/six-records-gzip.parquet";
    String snappy = gzip.replace("gzip", "snappy");

    CommandRun run = CommandRun.of("replay", "--output", "json", gzip);

    assertThat(run.err()).isEmpty();
    assertThat(run.nonZeroMetrics()).isEqualTo(COUNTS);
    assertThat(run.exitCode()).isZero();
    assertThat(CommandRun.of("replay", snappy))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: "
                    + snappy
                    + ": Parquet: expected gzip, as AWS compresses it, got SNAPPY\n"));
  }

  @Test
  void parquet_cut() throws IOException {
    byte[] whole =
        Files.readAllBytes(Path.of("src/test/resources/dev/flowbell/cli/six-records-gzip.parquet"));
    Path cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(whole, 900));

    CommandRun run = CommandRun.of("replay", cut.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("flowbell: " + cut + ": Parquet: ").hasLineCount(1);
  }

  @Test
  void column_ofALaterVersion() {
    CommandRun run =
        replay((NAMES + " drop-reason\n" + each(line -> line + " sg")).getBytes(UTF_8));

    assertThat(run.nonZeroMetrics()).isEqualTo(COUNTS);
    assertThat(run.json()).containsEntry("unknownFields", List.of("drop-reason"));
  }

  @Test
  void damagedLineOfJson_losesNoOther() {
    List<String> lines =
        new ArrayList<>(RECORDS.stream().map(line -> "{\"message\": \"" + line + "\"}").toList());
    lines.add(3, "{\"message\": \"2 1234");

    CommandRun run = replay(String.join("\n", lines).getBytes(UTF_8));

    Map<String, Long> expected = new LinkedHashMap<>(COUNTS);
    expected.put("UnreadableRecords", 1L);
    assertThat(run.nonZeroMetrics()).isEqualTo(expected);
  }

  /// The first file has a line that is no record, and then events of another schema.
  @Test
  void faultOfOneFile_isNotTheNexts() throws IOException {
    Path first =
        Files.writeString(
            folder.resolve("first.json"), "[{\"message\": \"no record\"},\n{\"class_uid\": 4001}]");
    Path second = Files.writeString(folder.resolve("second.log"), each(line -> line));

    CommandRun run =
        CommandRun.of("replay", "--output", "json", first.toString(), second.toString());

    assertThat(run.err())
        .isEqualTo(
            """
            flowbell: %s: expected flow log records, got OCSF events, as Security Lake stores \
            them; read the flow logs that VPC delivers
            flowbell: INCOMPLETE: 1 of the inputs could not be read, see above
            """
                .formatted(first));
    assertThat(run.nonZeroMetrics()).containsEntry("Records", 6L);
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    Map<String, byte[]> inputs = new LinkedHashMap<>();
    inputs.put("got UTF-16 (save it as UTF-8)", ("\ufeff" + each(line -> line)).getBytes(UTF_16LE));
    inputs.put("got UTF-16 (save it as UTF-8) ", each(line -> line).getBytes(UTF_16LE));
    inputs.put(
        "got OCSF events, as Security Lake stores them; read the flow logs that VPC delivers",
        "{\"class_uid\": 4001, \"action\": \"Denied\"}\n".getBytes(UTF_8));
    inputs.put(
        "got Python's notation (print it with json.dumps)", "{'awslogs': {}}".getBytes(UTF_8));
    inputs.put("got bzip2 (unpack it first, with bunzip2)", "BZh91AY".getBytes(UTF_8));
    inputs.put("got Parquet, which is read from files alone", "PAR1".getBytes(UTF_8));
    return inputs.entrySet().stream()
        .map(
            each ->
                dynamicTest(
                    each.getKey(),
                    () -> {
                      CommandRun run = replay(each.getValue());
                      assertThat(run.exitCode()).isEqualTo(2);
                      assertThat(run.out()).isEmpty();
                      assertThat(run.err()).endsWith(", " + each.getKey().strip() + "\n");
                    }));
  }

  @Test
  void folder_readsOrNamesEveryFile() throws IOException {
    Files.writeString(folder.resolve("A.LOG"), each(line -> line));
    Files.writeString(folder.resolve("b.log.xz"), "PAR1");
    Files.createSymbolicLink(folder.resolve("loop"), folder);
    Path other = Files.createTempDirectory(folder.getParent(), "other");
    Files.writeString(other.resolve("c.csv"), table(',', UnaryOperator.identity()));
    Files.createSymbolicLink(folder.resolve("link"), other);

    CommandRun run = CommandRun.of("replay", "--output", "json", folder.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.err())
        .isEqualTo(
            "flowbell: %s: not read, because of the ending: 1 file b.log.xz%n".formatted(folder));
    assertThat(run.nonZeroMetrics())
        .containsEntry("Records", 12L)
        .containsEntry("RejectedFlows", 6L);
  }

  @Test
  void span_leavesImpossibleTimesOut() {
    CommandRun run =
        replay(
            (each(line -> line) + RECORDS.getFirst().replace("1795342440", "179534244"))
                .getBytes(UTF_8));

    assertThat(run.json())
        .containsEntry("first", "2026-11-22T10:14:00Z")
        .containsEntry("last", "2026-11-22T10:14:40Z");
  }

  // ----

  private static Stream<DynamicTest> tests(Map<String, String> forms) {
    return forms.entrySet().stream()
        .map(
            form ->
                dynamicTest(
                    form.getKey(),
                    () -> {
                      CommandRun run = replay(form.getValue().getBytes(UTF_8));
                      assertThat(run.err()).isEmpty();
                      assertThat(run.nonZeroMetrics()).isEqualTo(COUNTS);
                      assertThat(run.exitCode()).isZero();
                    }));
  }

  private static CommandRun replay(byte[] input) {
    return CommandRun.ofInput(input, "replay", "--output", "json", "-");
  }

  private static String each(UnaryOperator<String> form) {
    return RECORDS.stream().map(line -> form.apply(line) + "\n").collect(Collectors.joining());
  }

  private static String joined(UnaryOperator<String> form) {
    return RECORDS.stream().map(form).collect(Collectors.joining(",\n"));
  }

  private static String twice(String header) {
    return header
        + "\n"
        + RECORDS.subList(0, 3).stream().map(line -> line + "\n").collect(Collectors.joining())
        + header
        + "\n"
        + RECORDS.subList(3, 6).stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  private static String table(char separator, UnaryOperator<String> header) {
    return Stream.of(NAMES.split(" ", -1))
            .map(header)
            .collect(Collectors.joining(String.valueOf(separator)))
        + "\n"
        + each(line -> line.replace(' ', separator));
  }

  private static String camelCase(String name) {
    String[] words = name.split("-", -1);
    return words[0]
        + Stream.of(words)
            .skip(1)
            .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
            .collect(Collectors.joining());
  }

  private static String jsonOf(String line) {
    String[] names = NAMES.split(" ", -1);
    String[] values = line.split(" ", -1);
    return IntStream.range(0, names.length)
        .mapToObj(i -> "\"" + names[i] + "\": \"" + values[i] + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String cellsOf(String line) {
    String[] names = NAMES.split(" ", -1);
    String[] values = line.split(" ", -1);
    return IntStream.range(0, names.length)
        .mapToObj(
            i -> "{\"field\": \"" + camelCase(names[i]) + "\", \"value\": \"" + values[i] + "\"}")
        .collect(Collectors.joining(","));
  }

  private static String athenaRow(String line) {
    return Stream.of(line.split(" ", -1))
        .map(value -> "{\"VarCharValue\": \"" + value + "\"}")
        .collect(Collectors.joining(",", "{\"Data\": [", "]}"));
  }

  private static String subscriptionMessage() {
    return "{\"messageType\": \"DATA_MESSAGE\", \"owner\": \"123456789012\", \"logGroup\":"
        + " \"/vpc\", \"logStream\": \""
        + STREAM
        + "\", \"subscriptionFilters\": [\"f\"], \"logEvents\": ["
        + IntStream.range(0, RECORDS.size())
            .mapToObj(
                i ->
                    "{\"id\": \""
                        + i
                        + "\", \"timestamp\": 1795342440000, \"message\": \""
                        + RECORDS.get(i)
                        + "\"}")
            .collect(Collectors.joining(","))
        + "]}";
  }

  private static String data() {
    return Base64.getEncoder().encodeToString(gzip(subscriptionMessage()));
  }

  private static byte[] gzip(String text) {
    return PayloadGenerator.gzip(text.getBytes(UTF_8));
  }
}
