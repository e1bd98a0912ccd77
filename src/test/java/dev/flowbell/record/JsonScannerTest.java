package dev.flowbell.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.Records;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares the scanner with [JsonRecordReader], which leaves syntax to Jackson.
class JsonScannerTest {
  private static final RecordParser FIELD_READER = new RecordParser(List.of(RecordFormat.DEFAULT));

  private final JsonScanner scanner = new JsonScanner(new FieldScanner());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"srcAddr\":\"10.0.1.5\",\"dstport\":443,\"action\":\"REJECT\"}",
        "{ \"srcAddr\": \"10.0.1.5\" ,\t\"dstport\":443 , \"x\":7,\"y\":null }",
        "{\"srcAddr\":null,\"dstAddr\":\"::7\",\"dstport\":\"-\",\"dstport\":0,\"vpc-id\":\"\"}"
      })
  void read_accepts(String json) {
    assertThat(isAcceptedAsByTheReader(json.getBytes(UTF_8))).isTrue();
    assertThat(isAcceptedAsByTheReader(json.getBytes(UTF_8))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{}",
        "{\"x\":7}",
        "{\"dstport\":443}",
        "{\"srcAddr\":null,\"dstport\":443}",
        "{\"dstport\":443",
        "{\"dstport\":443,",
        "{\"dstport\":443,}",
        "{\"dstport\":443}}",
        "{\"dstport\" :443}",
        "{\"dstport\":}",
        "{\"dstport\":nul}",
        "{\"dstport\":null",
        "{\"dstport\":0443}",
        "{\"dstport\":443.0}",
        "{\"dstport\":70000}",
        "{\"dstport\":true}",
        "{\"dstport\":443,\"dstport\":80}",
        "{\"dstport\":443,\"x\":{}}",
        "{\"dstport\":443,\"x\":\"é\"}",
        "{\"dstport\":443,\"x\":\"\\n\"}",
        "{\"dstport\":443,\"x\":\"\t\"}",
        "{\"dstport\":443,\"x\":\"",
        "{\"dstport\":443 \"x\":7}",
        "{'dstport':443}"
      })
  void read_leavesToTheReader(String json) {
    assertThat(isAcceptedAsByTheReader(json.getBytes(UTF_8))).isFalse();
  }

  /// More keys than the scanner stores.
  @Test
  void read_manyKeys() {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < 99; i++) {
      json.append("\"k").append(i).append("\":0,");
    }
    assertThat(isAcceptedAsByTheReader((json + "\"dstaddr\":\"::7\"}").getBytes(UTF_8))).isTrue();
    assertThat(isAcceptedAsByTheReader((json + "\"k\":0,\"dstaddr\":\"::7\"}").getBytes(UTF_8)))
        .isFalse();
  }

  /// The reader reads the same from every object that the scanner accepts, whole or damaged.
  @Test
  void read_asTheReader() {
    int accepted = 0;
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      for (String message : PayloadGenerator.generate(random, 10).messages()) {
        byte[] json = message.strip().getBytes(UTF_8);
        if (json.length > 0 && json[0] == '{') {
          accepted += isAcceptedAsByTheReader(json) ? 1 : 0;
          for (int i = 0; i < 20; i++) {
            byte[] damaged = json.clone();
            damaged[random.nextInt(json.length)] =
                (byte) "\"\\{}[],: 01nx\n\u00e9-".charAt(random.nextInt(16));
            accepted += damaged[0] == '{' && isAcceptedAsByTheReader(damaged) ? 1 : 0;
          }
        }
      }
    }
    assertThat(accepted).isGreaterThan(400);
  }

  @Test
  void read_leavesWhatEndsTheBuffer() {
    byte[] json = "{\"dstport\":443,\"srcaddr\":\"10.0.1.5\"}".getBytes(UTF_8);
    Set<FlowField> fields = EnumSet.noneOf(FlowField.class);
    int padding = FieldScanner.PADDING_BYTES;
    byte[] enough = Arrays.copyOf(json, json.length + padding);
    byte[] tooFew = Arrays.copyOf(json, json.length + padding - 1);

    assertThat(scanner.read(enough, 0, json.length, new FlowRecord(), fields)).isTrue();
    assertThat(scanner.read(tooFew, 0, json.length, new FlowRecord(), fields)).isFalse();
  }

  /// The bytes after the object change nothing.
  private boolean isAcceptedAsByTheReader(byte[] json) {
    boolean isAccepted = isAcceptedAsByTheReader(json, "\u0000");
    for (String next : List.of("\"", "0", "}", ",\"x\":0}", "null")) {
      assertThat(isAcceptedAsByTheReader(json, next)).as("before %s", next).isEqualTo(isAccepted);
    }
    return isAccepted;
  }

  private boolean isAcceptedAsByTheReader(byte[] json, String next) {
    byte[] behind = next.repeat(FieldScanner.PADDING_BYTES).getBytes(UTF_8);
    byte[] buffer = Arrays.copyOf(json, json.length + behind.length);
    System.arraycopy(behind, 0, buffer, json.length, behind.length);
    FlowRecord record = new FlowRecord();
    Set<FlowField> fields = EnumSet.noneOf(FlowField.class);
    if (!scanner.read(buffer, 0, json.length, record, fields)) {
      assertThat(fields).isEmpty();
      return false;
    }
    FlowRecord other = new FlowRecord();
    Set<FlowField> otherFields = EnumSet.noneOf(FlowField.class);
    ParseFault fault =
        new JsonRecordReader(FIELD_READER, new FieldScanner())
            .readAnyJson(json, 0, json.length, other, otherFields);

    assertThat(fault).as(new String(json, UTF_8)).isNull();
    assertThat(Records.describe(record)).isEqualTo(Records.describe(other));
    assertThat(fields).isEqualTo(otherFields);
    return true;
  }
}
