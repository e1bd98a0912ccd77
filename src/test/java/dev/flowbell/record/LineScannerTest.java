package dev.flowbell.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.PayloadGenerator.GeneratedPayload;
import dev.flowbell.testing.generator.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares two readings of lines: by the scanner, after other lines, and by [RecordParser], field
/// by field, alone.
class LineScannerTest {
  private static final RecordFormat FORMAT =
      RecordFormat.parse("version interface-id srcaddr dstport bytes end action log-status");

  private static final String LINE = "2 eni-0a1b2c3d 10.0.1.5 443 1234567 1795342463 ACCEPT OK";

  /// Reads each line of random payloads twice, and many times with a changed byte.
  @Test
  void parse_asFieldByField() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      GeneratedPayload payload = PayloadGenerator.generate(random, 20);
      List<RecordFormat> formats = payload.recordFormats();
      RecordParser parser = new RecordParser(formats);
      FlowRecord record = new FlowRecord();
      for (String message : payload.messages()) {
        byte[] line = message.getBytes(UTF_8);
        for (int i = 0; i < 20; i++) {
          byte[] changed = line.clone();
          if (i > 1 && changed.length > 0) {
            changed[random.nextInt(changed.length)] =
                (byte) " -.:0123456789A\u007f".charAt(random.nextInt(16));
          }
          assertSame(parser, record, formats, changed, random.nextInt(20));
        }
      }
    }
  }

  /// The scanner must accept all that AWS writes. Otherwise payloads would be read slowly, and no
  /// other test would fail.
  @ParameterizedTest
  @ValueSource(
      strings = {
        LINE,
        "3 eni-0a1b2c3d 10.0.1.5 443 1234567 1795342463 ACCEPT OK",
        "2 eni-0a1b2c3d0 10.0.1.5 443 1234567 1795342463 REJECT NODATA",
        "2 eni-0a1b2c3d 10.0.1.5 443 1234567 1795342463 REJECT OK",
        "2 eni-0a1b2c3d 10.0.1.50 443 1234567 1795342463 REJECT OK",
        "2 eni-0a1b2c3d 2001:db8::1 65535 999999999999999 4294967296 REJECT SKIPDATA",
        "2 eni-0a1b2c3d 2001:db8:1:2:3:4:5:6 0 12345678 4294967297000 REJECT SKIPDATA",
        "2 eni-0a1b2c3d ::1 0 0 0 REJECT SKIPDATA",
        "2 eni-0a1b2c3d 255.255.255.255 0 00 1795342463000 ACCEPT OK",
        "2 eni-0a1b2c3d ::ffff:10.0.1.5 443 12345678 1795342463 ACCEPT OK",
        "2 - 255.255.255.255 443 1234567 1795342463 ACCEPT OK",
        "2 eni-0a1b2c3d - - - - - -",
        "2 x - - - - - -",
      })
  void read_accepts(String line) {
    assertThat(readAfterOthers(line)).containsExactly(true, true, true, true, true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2 - 255.255.255.255 65536 1234567 1795342463 ACCEPT OK",
        "2 eni-0a1b2c3d 255.255.255.256 0 0 0 ACCEPT OK",
        "2 eni-0a1b2c3d 10.0.01.5 0 00 1795342463000 - -",
        "2 eni-0a1b2c3d 10.0.1.5. 0 9999999999999999 0 ACCEPT OK",
        "2 eni-0a1b2c3d 10.0.1.5 443 9999999999999999 0 ACCEPT OK",
        "2 eni-0a1b2c3d 10.0.1.5 443 9223372036854775807 0 ACCEPT OK",
        "2 eni-0a1b2c3d 10.0.1.5 443 0 9223372036854775808 ACCEPT OK",
        "2 eni-0a1b2c3d 10.0.1.5 443 1234567 1795342463 ACCEPTED OK",
        "2 eni-0a1b2c3d 10.0.1.5 443 1234567 1795342463 ACCEPT OKAY",
        "2 eni-0a1b2c3d 10.0.1.5 443 1234567 1795342463 ACCEPT",
        "2 eni-0a1b2c3d 10.0.1.5 443 1234567 1795342463 ACCEPT OK OK",
        "2 eni-0a1b2c3d 10.0.1.5 443 1234567  ACCEPT OK",
        "2 eni-0a1b2c3d  443 1234567 1795342463 ACCEPT OK",
        "2 eni-0a1b2c3d 10.0.1.5\u0000 443 12345678 1795342463 ACCEPT OK",
        "2  10.0.1.5 443 1234567 1795342463 ACCEPT OK",
        "2 eni-0a1b2c3d 10.0.1.5 x443 1234567 1795342463 ACCEPT OK",
        "2 eni-0a1b2c3d 10.0.1.5 443 1234567 1795342463 accept OK",
        "2 eni-0a1b2c3d 10.0.1.5 443 1234567 1795342463 ACCEPT ok",
        "2 eni-0a1b2c3d",
        "2 eni-0a1b2c3",
        "",
      })
  void read_leavesToTheParser(String line) {
    assertThat(readAfterOthers(line)).containsExactly(true, true, false, false, true);
  }

  @Test
  void read_leavesWhatEndsTheBuffer() {
    LineScanner scanner = new LineScanner(new FieldScanner());
    byte[] line = LINE.getBytes(UTF_8);
    byte[] enough = Arrays.copyOf(line, line.length + FieldScanner.PADDING_BYTES);
    byte[] tooFew = Arrays.copyOf(line, line.length + FieldScanner.PADDING_BYTES - 1);

    assertThat(scanner.read(FORMAT, enough, 0, line.length, new FlowRecord())).isTrue();
    scanner.forget();
    assertThat(scanner.read(FORMAT, tooFew, 0, line.length, new FlowRecord())).isFalse();
  }

  /// Reads a line between others, and checks that the scanner and the parser read the same from
  /// each.
  ///
  /// @return which of the five lines the scanner accepted
  private static List<Boolean> readAfterOthers(String line) {
    LineScanner scanner = new LineScanner(new FieldScanner());
    FlowRecord scanned = new FlowRecord();
    RecordParser parser = new RecordParser(List.of(FORMAT));
    FlowRecord parsed = new FlowRecord();
    List<Boolean> accepted = new ArrayList<>();
    for (String each : List.of(LINE, LINE, line, line, LINE)) {
      assertSame(parser, parsed, List.of(FORMAT), each.getBytes(UTF_8), 32);
      byte[] buffer = (each + "0 \"".repeat(32)).getBytes(UTF_8);
      int end = buffer.length - 96;
      boolean isAccepted = scanner.read(FORMAT, buffer, 0, end, scanned);
      accepted.add(isAccepted);
      if (isAccepted) {
        assertThat(Records.describe(scanned)).isEqualTo(Records.describe(parsed));
      } else {
        scanner.forget();
      }
    }
    return accepted;
  }

  /// The bytes after a line in the buffer change nothing, even if they are digits.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "interface-id end",
        "interface-id srcaddr",
        "interface-id vpc-id",
        "interface-id action"
      })
  void parse_upToTheLinesEnd(String format) {
    List<RecordFormat> formats = List.of(RecordFormat.parse(format));
    RecordParser parser = new RecordParser(formats);
    FlowRecord record = new FlowRecord();
    String value =
        switch (format.substring(13)) {
          case "end" -> "17953424";
          case "srcaddr" -> "10.0.1.2";
          case "vpc-id" -> "vpc-abcd";
          default -> "ACCEPT";
        };
    for (int length = 0; length <= value.length(); length++) {
      byte[] buffer = ("eni-1 " + value + "0123456789 123456789").getBytes(UTF_8);
      byte[] alone = ("eni-1 " + value.substring(0, length)).getBytes(UTF_8);
      FlowRecord other = new FlowRecord();
      ParseFault fault = parser.parse(buffer, 0, alone.length, record);
      ParseFault expected = new RecordParser(formats).parse(alone, 0, alone.length, other);

      assertThat(fault).as("%d characters", length).isEqualTo(expected);
      if (fault == null) {
        assertThat(Records.describe(record)).isEqualTo(Records.describe(other));
      }
    }
  }

  @Test
  void parse_beginningOfALineBeforeAJsonRecord() {
    RecordParser parser = new RecordParser(List.of(FORMAT));
    FlowRecord record = new FlowRecord();
    List<String> lines =
        List.of(
            LINE, LINE, "{\"interface-id\":\"eni-2\"}", LINE, LINE.replace("0a1b", "ffff"), LINE);
    for (String line : lines) {
      assertSame(parser, record, List.of(FORMAT), line.getBytes(UTF_8), 32);
    }
  }

  @Test
  void reset_clearsTheFields() {
    RecordParser parser = new RecordParser(List.of(FORMAT));
    byte[] line = (LINE + " ".repeat(32)).getBytes(UTF_8);
    parser.parse(line, 0, LINE.length(), new FlowRecord());
    parser.reset();
    assertThat(parser.fieldsSeen()).isEmpty();

    FlowRecord record = new FlowRecord();
    parser.parse(line, 0, LINE.length(), record);
    parser.parse(line, 0, LINE.length(), record);
    assertThat(parser.fieldsSeen()).isEqualTo(FORMAT.fields());
  }

  /// Checks that the parser reads the same from a line after others as from the line alone.
  ///
  /// @param behind how many bytes follow the line in its buffer
  private static void assertSame(
      RecordParser parser, FlowRecord record, List<RecordFormat> formats, byte[] line, int behind) {
    byte[] buffer = new byte[3 + line.length + behind];
    System.arraycopy(line, 0, buffer, 3, line.length);
    FlowRecord alone = new FlowRecord();
    ParseFault expected = new RecordParser(formats).parse(buffer, 3, 3 + line.length, alone);

    assertThat(parser.parse(buffer, 3, 3 + line.length, record))
        .as("%s in %s", new String(line, UTF_8), formats)
        .isEqualTo(expected);
    if (expected == null) {
      assertThat(Records.describe(record)).isEqualTo(Records.describe(alone));
    }
  }
}
