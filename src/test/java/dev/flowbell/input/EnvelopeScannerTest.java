package dev.flowbell.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.PayloadGenerator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares the scanner with Jackson, which reads the same in [SubscriptionDecoder#decodeEach].
class EnvelopeScannerTest {
  private static final long BOUND = 1 << 24;

  private final EnvelopeScanner scanner = new EnvelopeScanner(BOUND);

  /// The contents of a batch, as values that can be compared.
  private record Reading(
      LogBatch.Type type,
      String owner,
      String logGroup,
      String logStream,
      String id,
      List<String> messages) {

    static Reading of(LogBatch batch) {
      List<String> messages = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        int start = batch.start(i);
        messages.add(new String(batch.bytes(), start, batch.end(i) - start, UTF_8));
      }
      return new Reading(
          batch.type(), batch.owner(), batch.logGroup(), batch.logStream(), batch.id(), messages);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[]}",
        "{\"messageType\":\"CONTROL_MESSAGE\"}",
        " {\t\"messageType\" : \"DATA_MESSAGE\" ,\r\n\"logEvents\" : [ { } , {} ] } \n",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[]}",
        "{\"messageType\":\"DATA_MESSAGE\",\"owner\":7,\"logGroup\":null,\"logStream\":{\"a\":[]},"
            + "\"logEvents\":[{\"id\":\"1\",\"timestamp\":7,\"message\":\"m\"}]}",
        "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"a\\/b\",\"logGroup\":\"g\",\"logStream\":"
            + "\"s\",\"logEvents\":[{\"id\":\"1\",\"timestamp\":7,\"message\":\"m\",\"x\":true},"
            + "{\"id\":\"2\",\"timestamp\":0,\"message\":\"\\\"\\\\\\/\\b\\f\\n\\r\\tx\\\"\"},"
            + "{\"message\":\"n\",\"message\":null,\"id\":\"3\"},{\"id\":\"\",\"message\":[false]},"
            + "{\"id\":\"5\",\"timestamp\":7,\"message\":7},{\"id\":\"6\",\"id\":{},\"z\":null}]}",
        "{\"x\":[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]],\"messageType\":\"CONTROL_MESSAGE\"}"
      })
  void find_accepts(String json) {
    assertThat(scan(json.getBytes(UTF_8))).isEqualTo(readByJackson(json.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"messageType\":\"DATA_MESSAGE\"}",
        "{\"messageType\":\"OTHER\",\"logEvents\":[]}",
        "{\"messageType\":null,\"logEvents\":[]}",
        "{\"messageType\":\"CONTROL_MESSAGE\"}x",
        "{\"messageType\":\"CONTROL_MESSAGE\"}{}",
        "{\"messageType\":\"CONTROL_MESSAGE\",}",
        "{\"messageType\":\"CONTROL_MESSAGE\"",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[],\"logEvents\":[]}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":{}}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[7]}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{},]}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":01}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":1.5}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":-1}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":1234567890123456789}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":truex}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":nul}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":\"\t\"}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":\"\\u0041\"}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":\"\\x\"}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":\"é\"}",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"x\":[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]}"
      })
  void find_leavesToJackson(String json) {
    assertThat(scan(json.getBytes(UTF_8))).isNull();
  }

  @Test
  void find_keyLongerThanAny() {
    String json = "{\"%s\":0,\"messageType\":\"CONTROL_MESSAGE\"}";

    assertThat(scan(json.formatted("k".repeat(256)).getBytes(UTF_8))).isNotNull();
    assertThat(scan(json.formatted("k".repeat(257)).getBytes(UTF_8))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"owner\":\"%s\",\"messageType\":\"CONTROL_MESSAGE\"}",
        "{\"logGroup\":\"%s\",\"messageType\":\"CONTROL_MESSAGE\"}",
        "{\"logStream\":\"%s\",\"messageType\":\"CONTROL_MESSAGE\"}",
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"%s\",\"timestamp\":1,"
            + "\"message\":\"m\"}]}",
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":\"m\",\"id\":\"%s\"}]}"
      })
  void find_nameLongerThanAny(String json) {
    assertThat(scan(json.formatted("a".repeat(1_024)).getBytes(UTF_8))).isNotNull();
    assertThat(scan(json.formatted("a".repeat(1_025)).getBytes(UTF_8))).isNull();
  }

  /// Jackson reads the same from every message that the scanner accepts, whole or damaged.
  @Test
  void find_asJackson() {
    int accepted = 0;
    int damagedAndAccepted = 0;
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      PayloadGenerator.SubscriptionMessage message =
          PayloadGenerator.SubscriptionMessage.of(
              PayloadGenerator.generate(random, random.nextInt(1, 6)).messages());
      String json = seed % 2 == 0 ? message.toJson() : message.toJson(random);
      byte[] bytes = json.getBytes(UTF_8);
      accepted += isAcceptedAsByJackson(bytes) ? 1 : 0;
      for (int i = 0; i < 50; i++) {
        damagedAndAccepted += isAcceptedAsByJackson(damaged(bytes, random)) ? 1 : 0;
      }
    }
    assertThat(accepted).as("whole messages").isBetween(50, 400);
    assertThat(damagedAndAccepted).as("damaged messages").isBetween(500, 19_500);
  }

  private boolean isAcceptedAsByJackson(byte[] json) {
    Reading reading = scan(json);
    if (reading == null) {
      return false;
    }
    assertThat(reading).as(new String(json, UTF_8)).isEqualTo(readByJackson(json));
    return true;
  }

  private Reading scan(byte[] json) {
    byte[] buffer = Arrays.copyOf(json, json.length + InflatedPayload.PADDING_BYTES);
    LogBatch batch = scanner.find(buffer, json.length);
    return batch == null ? null : Reading.of(batch);
  }

  private static Reading readByJackson(byte[] json) {
    List<Reading> readings = new ArrayList<>();
    try {
      new SubscriptionDecoder(BOUND)
          .decodeEach(
              new ByteArrayInputStream(json), "json", batch -> readings.add(Reading.of(batch)));
    } catch (IOException e) {
      throw new AssertionError("bytes in memory can be read", e);
    }
    assertThat(readings).hasSize(1);
    return readings.getFirst();
  }

  /// Replaces, removes or doubles a byte. The new byte is often one of JSON's syntax.
  private static byte[] damaged(byte[] json, Random random) {
    byte[] replacements = "\"\\{}[],: 01nx\n\u0001".getBytes(UTF_8);
    int at = random.nextInt(json.length);
    int choice = random.nextInt(4);
    int more = choice == 0 ? -1 : choice == 1 ? 1 : 0;
    byte[] damaged = new byte[json.length + more];
    System.arraycopy(json, 0, damaged, 0, Math.min(at, damaged.length));
    if (choice == 0) {
      System.arraycopy(json, at + 1, damaged, at, json.length - at - 1);
    } else if (choice == 1) {
      System.arraycopy(json, at, damaged, at + 1, json.length - at);
      damaged[at] = json[at];
    } else {
      System.arraycopy(json, at, damaged, at, json.length - at);
      damaged[at] =
          choice == 2 ? replacements[random.nextInt(replacements.length)] : (byte) random.nextInt();
    }
    return damaged;
  }
}
