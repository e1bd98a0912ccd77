package dev.flowbell.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.network.LoopbackAws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands that read from a bucket, on this machine.
class BucketFolderTest {
  private static final String RECORD =
      "2 123456789010 eni-0a1b2c3d 198.51.100.7 10.0.2.98 40001 22 6 1 60 1795342446 1795342450"
          + " REJECT OK\n";

  @TempDir private Path folder;
  private LoopbackAws aws;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
    aws.s3().setPageSize(2);
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  /// The keys are hive's, and have blanks and plus signs.
  @ParameterizedTest
  @CsvSource({
    "s3://b/AWSLogs/, 6",
    "s3://b/AWSLogs/aws-account-id=123456789010/a b+c, 3",
    "s3://b/AWSLogs/aws-account-id=123456789010/a b+c.log.gz, 1",
    "s3://b/, 6",
    "s3://b, 6",
    "s3://b/own, 10",
  })
  void replay_prefix(String name, long records) {
    put("AWSLogs/aws-account-id=123456789010/a b+c.log.gz", 1);
    put("AWSLogs/aws-account-id=123456789010/a b+c2.log.gz", 2);
    put("AWSLogs/ü.gz", 3);
    put("own", 10); // has no ending, and is read where it is named
    aws.s3().put("b", "own2.gz", gzip(0));
    aws.s3().put("b", "folder/", new byte[0]);

    CommandRun run = CommandRun.of("replay", "--output", "json", name);

    assertThat(run.nonZeroMetrics()).containsEntry("Records", records);
  }

  @Test
  void replay_object() {
    put("a/b.log.gz", 2);

    CommandRun run = CommandRun.of("replay", "s3://b/a/b.log.gz");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("198.51.100.7");
    assertThat(aws.s3().requests())
        .containsExactly("/b/?list-type=2&prefix=a%2Fb.log.gz&encoding-type=url", "/b/a/b.log.gz");
  }

  @Test
  void replay_otherEndings() {
    put("a/b.log.gz", 2);
    put("a/b.html", 1);

    assertThat(CommandRun.of("replay", "s3://b/a/").err())
        .isEqualTo("flowbell: s3://b/a/: not read, because of the ending: 1 file a/b.html\n");
    assertThat(CommandRun.of("replay", "s3://b/a/b.h"))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: s3://b/a/b.h: expected objects ending in [.log, .gz, .json, .jsonl,"
                    + " .txt, .csv, .tsv, .parquet], found 1 file a/b.html\n"));
    assertThat(CommandRun.of("replay", "s3://b/none"))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: s3://b/none: expected objects ending in [.log, .gz, .json, .jsonl,"
                    + " .txt, .csv, .tsv, .parquet], found none\n"));
  }

  @Test
  void replay_refused() {
    aws.s3().fail(403, "AccessDenied", "Access Denied");

    assertThat(CommandRun.of("replay", "s3://b/a"))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: s3://b/a: S3 refused it: status 403, AccessDenied: Access Denied;"
                    + " expected the permission s3:ListBucket\n"));
  }

  /// The others are read.
  @Test
  void replay_oneFails() throws IOException {
    put("1.log.gz", 1);
    put("2.log.gz", 2);
    aws.s3().put("b", "3.log.gz", "PAR1 and no more".getBytes(UTF_8));
    aws.s3().put("b", "4.log.gz", gzip(4));
    byte[] cut = gzip(500);
    aws.s3().put("b", "5.log.gz", Arrays.copyOf(cut, cut.length - 9));

    CommandRun run = CommandRun.of("replay", "--output", "json", "s3://b/");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.nonZeroMetrics()).containsEntry("Records", 7L);
    assertThat(run.err())
        .contains("flowbell: s3://b/3.log.gz: Parquet: ")
        .contains("flowbell: s3://b/5.log.gz: gzip ended early after " + (cut.length - 9));
  }

  @Test
  void replay_parquet() throws IOException {
    aws.s3()
        .put(
            "b",
            "AWSLogs/1.log.parquet",
            Files.readAllBytes(
                Path.of("src/test/resources/dev/flowbell/cli/six-records-gzip.parquet")));

    assertThat(CommandRun.of("replay", "--output", "json", "s3://b/AWSLogs/").nonZeroMetrics())
        .containsEntry("Records", 6L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"report", "backtest --anyway"})
  void run_otherCommands(String command) {
    put("a/1.log.gz", 2);
    put("a/2.log.gz", 3);

    CommandRun run = CommandRun.of((command + " --output json s3://b/a/").split(" ", -1));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("\"records\":5");
  }

  /// An ETag stands for the content.
  @Test
  void report_digest() throws IOException {
    put("1.log.gz", 1);
    String one = digestOnPage();
    String again = digestOnPage();
    put("1.log.gz", 2);

    assertThat(one).hasSize(64).isEqualTo(again).isNotEqualTo(digestOnPage());
  }

  private String digestOnPage() throws IOException {
    Path page = folder.resolve("page.html");
    CommandRun.of("report", "--html", page.toString(), "s3://b/");
    Matcher digest = Pattern.compile("[0-9a-f]{64}").matcher(Files.readString(page));
    assertThat(digest.find()).isTrue();
    return digest.group();
  }

  private void put(String key, int records) {
    aws.s3().put("b", key, gzip(records));
  }

  private static byte[] gzip(int records) {
    return PayloadGenerator.gzip(
        ("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes"
                + " start end action log-status\n"
                + RECORD.repeat(records))
            .getBytes(UTF_8));
  }
}
