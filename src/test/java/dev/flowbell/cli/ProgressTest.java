package dev.flowbell.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
  private static final int TOTAL_BYTES = 85_200_000;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(printed, true, UTF_8);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0  | 0          | 0         | 1   | 0 of 40 files, 0.0 of 85.2 MB, 0 records/s",
        "12 | 25_600_000 | 2_500_000 | 2   | 12 of 40 files, 25.6 of 85.2 MB, 1,250,000 records/s,"
            + " 5 s left",
        "12 | 25_600_000 | 2_500_000 | 200 | 12 of 40 files, 25.6 of 85.2 MB, 12,500 records/s, 7"
            + " min left",
        "40 | 85_200_000 | 9_000_000 | 9   | 40 of 40 files, 85.2 of 85.2 MB, 1,000,000 records/s,"
            + " 0 s left"
      })
  void words(String files, String bytes, String records, String seconds, String words) {
    Progress progress = new Progress(err, true);
    progress.expect(40, TOTAL_BYTES);

    assertThat(
            progress.words(
                number(files), number(bytes), number(records), number(seconds) * 1_000_000_000))
        .isEqualTo(words);
  }

  private static long number(String text) {
    return Long.parseLong(text.replace("_", ""));
  }

  @Test
  void print_removesTheLine() {
    Progress progress = new Progress(err, true);
    progress.expect(1, TOTAL_BYTES);

    progress.print("flowbell: a.log: no such file");

    assertThat(printed.toString(UTF_8))
        .isEqualTo("\r\u001b[Kflowbell: a.log: no such file" + System.lineSeparator());
  }

  @Test
  void around_noTerminal_printsNothing() throws IOException {
    Progress progress = new Progress(err, false);
    progress.expect(1, TOTAL_BYTES);

    try (InputStream in = progress.around(new ByteArrayInputStream(new byte[100]))) {
      assertThat(in.readAllBytes()).hasSize(100);
    }
    progress.addRecord();
    progress.addFile();
    progress.clear();

    assertThat(printed.size()).isZero();
  }
}
