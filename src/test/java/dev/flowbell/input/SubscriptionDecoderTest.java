package dev.flowbell.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.flowbell.input.UndecodableEventException.Layer;
import dev.flowbell.testing.generator.PayloadGenerator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionDecoderTest {
  private static final long BOUND = 1 << 20;

  /// The message of AWS's page, with shorter messages of its events, copied 2026-11-23.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html">Subscription
  ///   filters</a>
  private static final String PUBLISHED =
      """
      {
          "owner": "111111111111",
          "logGroup": "CloudTrail/logs",
          "logStream": "111111111111_CloudTrail/logs_us-east-1",
          "subscriptionFilters": [
              "Destination"
          ],
          "messageType": "DATA_MESSAGE",
          "logEvents": [
              {
                  "id": "31953106606966983378809025079804211143289615424298221568",
                  "timestamp": 1432826855000,
                  "message": "{\\"eventVersion\\":\\"1.03\\"}"
              },
              {
                  "id": "31953106606966983378809025079804211143289615424298221569",
                  "timestamp": 1432826855001,
                  "message": "second"
              }
          ]
      }
      """;

  private static final String EVENT =
      "{\"id\":\"7\",\"timestamp\":1795342445000,\"message\":\"m\"}";

  @Test
  void decode_published() {
    LogBatch batch = decode(PUBLISHED);

    assertThat(batch.type()).isEqualTo(LogBatch.Type.DATA_MESSAGE);
    assertThat(batch.owner()).isEqualTo("111111111111");
    assertThat(batch.logGroup()).isEqualTo("CloudTrail/logs");
    assertThat(batch.logStream()).isEqualTo("111111111111_CloudTrail/logs_us-east-1");
    assertThat(messages(batch)).isEqualTo(List.of("{\"eventVersion\":\"1.03\"}", "second"));
    assertThat(batch.id()).matches("[0-9a-f]{64}");
  }

  /// CloudWatch Logs sends this when a subscription is created, without log group and log stream.
  @Test
  void decode_controlMessage() {
    LogBatch batch =
        decode(
            "{\"messageType\":\"CONTROL_MESSAGE\",\"owner\":\"CloudwatchLogs\",\"logGroup\":\"\","
                + "\"logStream\":\"\",\"subscriptionFilters\":[],\"logEvents\":[{\"id\":\"\","
                + "\"timestamp\":1510254469274,\"message\":\"CWL CONTROL MESSAGE: Checking health"
                + " of destination Firehose.\"}]}");

    assertThat(batch.type()).isEqualTo(LogBatch.Type.CONTROL_MESSAGE);
    assertThat(batch.logGroup()).isEmpty();
    assertThat(batch.logStream()).isEmpty();
    assertThat(batch.id()).isNull();
    assertThat(messages(batch))
        .isEqualTo(List.of("CWL CONTROL MESSAGE: Checking health of destination Firehose."));
  }

  @Test
  void decode_controlMessageWithoutEvents() {
    LogBatch batch = decode("{\"messageType\":\"CONTROL_MESSAGE\"}");

    assertThat(batch.type()).isEqualTo(LogBatch.Type.CONTROL_MESSAGE);
    assertThat(batch.owner()).isEmpty();
    assertThat(batch.size()).isEqualTo(0);
  }

  @Test
  void decode_noEvents() {
    LogBatch batch = decode("{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[]}");

    assertThat(batch.size()).isEqualTo(0);
    assertThat(batch.id()).isNull();
  }

  @Test
  void decode_keysInAnyOrderAndUnknownOnes() {
    LogBatch batch =
        decode(
            "{\"logEvents\":[{\"extractedFields\":{\"message\":\"no\",\"id\":[{\"id\":1}]},"
                + "\"message\":\"yes\",\"level\":null,\"timestamp\":7,\"id\":\"a\"}],"
                + "\"policyLevel\":\"ACCOUNT_LEVEL_POLICY\",\"logStream\":\"s\","
                + "\"next\":{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{}]},"
                + "\"logGroup\":\"g\",\"messageType\":\"DATA_MESSAGE\",\"owner\":\"o\"}");

    assertThat(batch.type()).isEqualTo(LogBatch.Type.DATA_MESSAGE);
    assertThat(batch.owner()).isEqualTo("o");
    assertThat(batch.logGroup()).isEqualTo("g");
    assertThat(batch.logStream()).isEqualTo("s");
    assertThat(messages(batch)).isEqualTo(List.of("yes"));
  }

  @Test
  void decode_valuesOfOtherKinds() {
    LogBatch batch =
        decode(
            "{\"messageType\":\"DATA_MESSAGE\",\"owner\":7,\"logGroup\":null,\"logStream\":{\"a\":[]},"
                + "\"subscriptionFilters\":{\"a\":[]},\"logEvents\":[]}");

    assertThat(batch.owner()).isEmpty();
    assertThat(batch.logGroup()).isEmpty();
    assertThat(batch.logStream()).isEmpty();
  }

  /// An event without a message is an unreadable record, and does not fail the payload.
  @Test
  void decode_eventsWithoutMessage() {
    LogBatch batch =
        decode(
            dataMessage(
                "{\"id\":\"1\",\"timestamp\":7}",
                "{\"id\":\"2\",\"message\":null}",
                "{\"id\":\"3\",\"message\":{\"message\":\"no\"}}",
                "{\"id\":\"4\",\"message\":17}",
                "{}",
                "{\"id\":\"5\",\"message\":\"\"}",
                "{\"id\":\"6\",\"message\":\"yes\"}"));

    assertThat(messages(batch)).isEqualTo(List.of("", "", "", "", "", "", "yes"));
  }

  @Test
  void decode_messageTwice_lastHolds() {
    LogBatch batch =
        decode(dataMessage("{\"message\":\"first\",\"message\":\"2\"}", "{\"message\":\"next\"}"));

    assertThat(messages(batch)).isEqualTo(List.of("2", "next"));
  }

  @Test
  void decode_textBeyondAscii() {
    List<String> texts =
        List.of(
            "é",
            "aé",
            "日本 eni",
            "😀",
            "x😀y\u0000\u007f\u0080",
            "plain",
            "\"\\/\b\f\n\r\t",
            "é".repeat(20_000));
    List<String> events =
        texts.stream().map(text -> "{\"message\":" + PayloadGenerator.quote(text) + "}").toList();

    assertThat(messages(decode(dataMessage(events.toArray(String[]::new))))).isEqualTo(texts);
    assertThat(messages(decode(dataMessage("{\"message\":\"\\u00e9\\ud83d\\uDE00\\u0041\"}"))))
        .isEqualTo(List.of("é😀A"));
  }

  @Test
  void decode_manyEvents() {
    List<String> events = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      texts.add("message " + i);
      events.add("{\"timestamp\":" + i + ",\"message\":\"message " + i + "\"}");
    }
    LogBatch batch = decode(dataMessage(events.toArray(String[]::new)));

    assertThat(messages(batch)).isEqualTo(texts);
  }

  /// One decoder reads several payloads, each in one of the two ways, independently of the others.
  @Test
  void decode_severalInTurn() {
    SubscriptionDecoder decoder = decoder();
    List<String> texts = List.of("a".repeat(70_000), "plain", "é", "\\\"", "b");
    for (String text : texts) {
      String json =
          message("o" + text.length(), "g", "s", "1", text.replace("\\\"", "\\\\\\\""), 7);
      LogBatch batch = decoder.decode(base64(gzip(json)));

      assertThat(messages(batch)).isEqualTo(List.of(text));
      assertThat(batch.owner()).isEqualTo("o" + text.length());
      assertThat(batch.id()).isEqualTo(decode(json).id());
      assertThatThrownBy(() -> decoder.decode(base64(gzip(json.substring(1)))))
          .isInstanceOf(UndecodableEventException.class);
    }
  }

  /// The batch id is the same for both ways of reading.
  @Test
  void id_sameForBothWaysOfReading() {
    String json = message("o", "g", "s", "1", "a", 7);

    assertThat(decode(json.replace("\"a\"", "\"\\u0061\"")).id()).isEqualTo(decode(json).id());
  }

  // Refused payloads, by layer.

  @Test
  void decode_noData() {
    assertRefused(
        () -> decoder().decode(null),
        Layer.EVENT,
        0,
        "awslogs.data: expected base64 of gzipped JSON, got none");
    assertRefused(
        () -> decoder().decode(""),
        Layer.EVENT,
        0,
        "awslogs.data: expected base64 of gzipped JSON, got an empty string");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiterString = " => ",
      value = {
        "H4sI* => 4 => awslogs.data: not base64 at character 4",
        "` H4s` => 0 => awslogs.data: not base64 at character 0",
        "H4sI-_== => 4 => awslogs.data: not base64 at character 4",
        "H4==AAAA => 2 => awslogs.data: not base64 at character 2",
        "H4sI=AAA => 4 => awslogs.data: not base64 at character 4",
        "H4=A => 2 => awslogs.data: not base64 at character 2",
        "H=== => 1 => awslogs.data: not base64 at character 1",
        "==== => 0 => awslogs.data: not base64 at character 0",
        "H4sé => 3 => awslogs.data: not base64 at character 3",
        "H4s日 => 3 => awslogs.data: not base64 at character 3",
        "H4sIA => 5 => awslogs.data: base64 ended early after 5 characters",
        "H => 1 => awslogs.data: base64 ended early after 1 characters",
        "H== => 3 => awslogs.data: base64 ended early after 3 characters"
      })
  void decode_notBase64(String data, long offset, String message) {
    assertRefused(() -> decoder().decode(data), Layer.BASE64, offset, message);
  }

  @Test
  void decode_base64OverSeveralLines() {
    String data = Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(gzip(PUBLISHED));

    assertRefused(
        () -> decoder().decode(data), Layer.BASE64, 76, "awslogs.data: not base64 at character 76");
  }

  @Test
  void decode_notGzip() {
    assertRefused(
        () -> decoder().decode(base64("{\"messageType\":\"DATA_MESSAGE\"}".getBytes(UTF_8))),
        Layer.GZIP,
        2,
        "awslogs.data: not gzip: expected the bytes 1f 8b at byte 0");
  }

  /// A cut payload is never counted in part.
  @Test
  void decode_gzipCutAnywhere() {
    byte[] zipped = gzip(dataMessage(EVENT, EVENT));
    for (int i = 1; i < zipped.length; i++) {
      int end = i;
      assertRefused(
          () -> decoder().decode(base64(Arrays.copyOf(zipped, end))),
          Layer.GZIP,
          end,
          "awslogs.data: gzip ended early after " + end + " bytes");
    }
  }

  @Test
  void decode_gzipTrailerDamaged() {
    byte[] zipped = gzip(PUBLISHED);
    byte[] checksum = zipped.clone();
    checksum[zipped.length - 5] ^= 1;
    byte[] length = zipped.clone();
    length[zipped.length - 1] ^= 1;

    assertRefused(
        () -> decoder().decode(base64(checksum)),
        Layer.GZIP,
        zipped.length,
        "awslogs.data: gzip is damaged: its checksum differs from its content's");
    assertRefused(
        () -> decoder().decode(base64(length)),
        Layer.GZIP,
        zipped.length,
        "awslogs.data: gzip is damaged: its length differs from its content's");
  }

  /// 64 MiB of zeros in one message are 64 KiB of gzip, and are refused at the bound.
  @Test
  void decode_bomb() throws IOException {
    String data =
        bomb(
            "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":\"".getBytes(UTF_8),
            (byte) '0');

    long before = allocatedBytes();
    assertRefused(
        () -> decoder().decode(data),
        Layer.GZIP,
        null,
        "awslogs.data: gzip inflates past the bound of 1048576 bytes");
    assertThat(allocatedBytes() - before).isLessThan(16 * BOUND);
  }

  @Test
  void decode_bombOfBlanksBetweenKeys() throws IOException {
    String data = bomb("{\"messageType\":\"DATA_MESSAGE\",".getBytes(UTF_8), (byte) ' ');

    long before = allocatedBytes();
    assertRefused(
        () -> decoder().decode(data),
        Layer.GZIP,
        null,
        "awslogs.data: gzip inflates past the bound of 1048576 bytes");
    assertThat(allocatedBytes() - before).isLessThan(4 * BOUND);
  }

  /// Zero bytes are not JSON, so the first one is refused.
  @Test
  void decode_bombOfZeroBytes() throws IOException {
    String data = bomb(new byte[0], (byte) 0);

    long before = allocatedBytes();
    assertRefused(
        () -> decoder().decode(data), Layer.JSON, null, "awslogs.data: not JSON at byte 0");
    assertThat(allocatedBytes() - before).isLessThan(4 * BOUND);
  }

  /// An I/O error is not an error of the JSON.
  @Test
  void decodeEach_unreadableStream() throws IOException {
    InputStream closed = InputStream.nullInputStream();
    closed.close();

    assertThatThrownBy(() -> decoder().decodeEach(closed, "file", _ -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage("Stream closed");
  }

  /// Empty events are short in JSON, but take memory in a batch.
  @Test
  void decode_tooManyEmptyEvents() {
    String[] events = new String[20_000];
    Arrays.fill(events, "{}");
    String json = dataMessage(events);

    assertThat(new SubscriptionDecoder(320_000).decode(base64(gzip(json))).size())
        .isEqualTo(20_000);
    assertThatThrownBy(() -> new SubscriptionDecoder(319_999).decode(base64(gzip(json))))
        .isInstanceOf(UndecodableEventException.class)
        .hasMessage(
            "awslogs.data: logEvents: expected at most 319999 bytes, got more (byte %d)",
            json.length() - 2);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiterString = " => ",
      value = {
        "hello => 0 => awslogs.data: not JSON at byte 0",
        "{\"messageType\":DATA_MESSAGE} => 15 => awslogs.data: not JSON at byte 15",
        "{'messageType':1} => 1 => awslogs.data: not JSON at byte 1",
        "{\"a\":1,} => 7 => awslogs.data: not JSON at byte 7",
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[}] => 43 => awslogs.data: not JSON at"
            + " byte 43"
      })
  void decode_notJson(String json, long offset, String message) {
    assertRefused(() -> decode(json), Layer.JSON, offset, message);
  }

  /// After a comma, Jackson reports the end like a wrong character.
  @Test
  void decode_jsonCutAnywhere() {
    String json = dataMessage(EVENT, EVENT);
    for (int i = 1; i < json.length(); i++) {
      int end = i;
      assertRefused(
          () -> decode(json.substring(0, end)),
          Layer.JSON,
          end,
          json.charAt(end - 1) == ','
              ? "awslogs.data: not JSON at byte " + end
              : "awslogs.data: JSON ended early after " + end + " bytes");
    }
  }

  @Test
  void decode_jsonNestedDeeply() {
    assertRefused(
        () -> decode("{\"a\":" + "[".repeat(100_000)),
        Layer.JSON,
        0,
        "awslogs.data: JSON past a bound (Document nesting depth (501) exceeds the"
            + " maximum allowed (500, from `StreamReadConstraints.getMaxNestingDepth()`))");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiterString = " => ",
      value = {
        "`` => 0 => awslogs.data: expected a JSON object, got nothing (byte 0)",
        "[] => 1 => awslogs.data: expected a JSON object, got another value (byte 1)",
        "\"DATA_MESSAGE\" => 1 => awslogs.data: expected a JSON object, got another value (byte"
            + " 1)",
        "null => 4 => awslogs.data: expected a JSON object, got another value (byte 4)",
        "{} => 2 => awslogs.data: messageType: expected DATA_MESSAGE or CONTROL_MESSAGE, got none"
            + " (byte 2)",
        "{\"logEvents\":[]} => 16 => awslogs.data: messageType: expected DATA_MESSAGE or"
            + " CONTROL_MESSAGE, got none (byte 16)",
        "{\"messageType\":\"DATA\"} => 21 => awslogs.data: messageType: expected DATA_MESSAGE or"
            + " CONTROL_MESSAGE, got \"DATA\" (byte 21)",
        "{\"messageType\":\"A\\nERROR\\u001b[31m\"} => 35 => awslogs.data: messageType: expected"
            + " DATA_MESSAGE or CONTROL_MESSAGE, got \"A?ERROR?[31m\" (byte 35)",
        "{\"messageType\":null} => 19 => awslogs.data: messageType: expected DATA_MESSAGE or"
            + " CONTROL_MESSAGE, got \"\" (byte 19)",
        "{\"messageType\":\"0123456789012345678901234567890123456789X\"} => 58 => awslogs.data:"
            + " messageType: expected DATA_MESSAGE or CONTROL_MESSAGE, got"
            + " \"0123456789012345678901234567890123456789\" (byte 58)",
        "{\"messageType\":\"DATA_MESSAGE\"} => 30 => awslogs.data: logEvents: expected an array,"
            + " got none (byte 30)",
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":{}} => 43 => awslogs.data: logEvents:"
            + " expected an array (byte 43)",
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":null} => 46 => awslogs.data: logEvents:"
            + " expected an array (byte 46)",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":7} => 46 => awslogs.data: logEvents:"
            + " expected an array (byte 46)",
        "{\"logEvents\":[],\"logEvents\":[]} => 29 => awslogs.data: logEvents: expected once, got"
            + " it again (byte 29)",
        "{\"logEvents\":[\"m\"]} => 15 => awslogs.data: logEvents: expected objects (byte 15)",
        "{\"logEvents\":[{},[]]} => 18 => awslogs.data: logEvents: expected objects (byte 18)",
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[]}{} => 46 => awslogs.data: expected"
            + " nothing after the JSON object (byte 46)",
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[]} 7 => 47 => awslogs.data: expected"
            + " nothing after the JSON object (byte 47)",
        // the payload of an event is not an event
        "{\"awslogs\":{\"data\":\"H4sI\"}} => 27 => awslogs.data: messageType: expected"
            + " DATA_MESSAGE or CONTROL_MESSAGE, got none (byte 27)"
      })
  void decode_otherJson(String json, long offset, String message) {
    assertRefused(() -> decode(json), Layer.ENVELOPE, offset, message);
  }

  /// Names and ids are kept and copied, so they are bounded.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "owner|{\"owner\":\"%s\",\"messageType\":\"CONTROL_MESSAGE\"}",
        "logGroup|{\"logGroup\":\"%s\",\"messageType\":\"CONTROL_MESSAGE\"}",
        "logStream|{\"logStream\":\"%s\",\"messageType\":\"CONTROL_MESSAGE\"}",
        "logEvents.id|{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"%s\","
            + "\"timestamp\":1,\"message\":\"m\"}]}",
        "logEvents.id|{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":\"m\","
            + "\"id\":\"%s\"}]}"
      })
  void decode_longName(String key, String json) {
    assertThat(decode(json.formatted("a".repeat(1_024))).owner().length()).isIn(0, 1_024);
    String tooLong = json.formatted("a".repeat(1_025));
    assertThatThrownBy(() -> decode(tooLong))
        .isInstanceOf(UndecodableEventException.class)
        .hasMessageStartingWith(
            "awslogs.data: " + key + ": expected at most 1024 characters, got 1025 (byte ");
  }

  @Test
  void decode_garbageAfterTheJson() {
    assertRefused(
        () -> decode(dataMessage() + "x"),
        Layer.JSON,
        dataMessage().length(),
        "awslogs.data: not JSON at byte " + dataMessage().length());
    assertThat(decode(dataMessage() + " \n").size()).isEqualTo(0);
  }

  // Batch ids.

  @Test
  void id_sameEvents() {
    String id = decode(message("o", "g", "s", "1", "a", 7)).id();

    assertThat(id).isNotNull();
    assertThat(decode(message("o", "g", "s", "1", "a", 7)).id()).isEqualTo(id);
    // the id does not depend on the owner and the time
    assertThat(decode(message("p", "g", "s", "1", "a", 8)).id()).isEqualTo(id);
  }

  @Test
  void id_otherEvents() {
    assertThat(
            List.of(
                decode(message("o", "g", "s", "1", "a", 7)).id(),
                decode(message("o", "h", "s", "1", "a", 7)).id(),
                decode(message("o", "g", "t", "1", "a", 7)).id(),
                decode(message("o", "g", "s", "2", "a", 7)).id(),
                decode(message("o", "g", "s", "1", "b", 7)).id(),
                decode(message("o", "gs", "", "1", "a", 7)).id(),
                decode(dataMessage("{\"id\":\"1\",\"message\":\"a\"}", "{\"id\":\"2\"}")).id(),
                decode(dataMessage("{\"id\":\"2\",\"message\":\"a\"}", "{\"id\":\"1\"}")).id(),
                decode(dataMessage("{\"id\":\"12\",\"message\":\"a\"}")).id(),
                decode(dataMessage("{\"id\":\"1\"}", "{\"id\":\"2\",\"message\":\"ab\"}")).id()))
        .doesNotHaveDuplicates()
        .doesNotContainNull();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"\"id\":\"\",", "\"id\":null,", "\"id\":7,"})
  void id_anEventWithoutOne(String id) {
    String event = "{" + (id == null ? "" : id) + "\"message\":\"m\"}";
    assertThat(decode(dataMessage(EVENT, event)).id()).isNull();
    assertThat(decode(dataMessage(event, EVENT)).id()).isNull();
  }

  // Files.

  @Test
  void decodeEach_eventsAndMessages() {
    String event =
        "{\"awslogs\":{\"x\":{\"data\":1},\"data\":\"" + base64(gzip(PUBLISHED)) + "\"}}";
    List<List<String>> messages =
        decodeEach(
            event + "\n" + dataMessage(EVENT) + PUBLISHED + "{\"y\":[]," + event.substring(1));

    assertThat(messages)
        .isEqualTo(
            List.of(
                List.of("{\"eventVersion\":\"1.03\"}", "second"),
                List.of("m"),
                List.of("{\"eventVersion\":\"1.03\"}", "second"),
                List.of("{\"eventVersion\":\"1.03\"}", "second")));
  }

  @Test
  void decodeEach_nothing() {
    assertThat(decodeEach(" \n")).isEmpty();
  }

  /// The first object's batch was passed to the target before: each object is independent.
  @Test
  void decodeEach_secondIsBroken() {
    List<LogBatch> batches = new ArrayList<>();
    byte[] json = (dataMessage(EVENT) + "{\"messageType\":").getBytes(UTF_8);

    assertRefused(
        () -> decoder().decodeEach(new ByteArrayInputStream(json), "a.json", batches::add),
        Layer.JSON,
        json.length,
        "a.json: JSON ended early after " + json.length + " bytes");
    assertThat(batches).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiterString = " => ",
      value = {
        "{\"awslogs\":{}} => EVENT => 0 => a.json: awslogs.data: expected base64 of gzipped JSON,"
            + " got none",
        "{\"awslogs\":null} => EVENT => 0 => a.json: awslogs.data: expected base64 of gzipped JSON,"
            + " got none",
        "{\"awslogs\":[{}]} => EVENT => 0 => a.json: awslogs.data: expected base64 of gzipped JSON,"
            + " got none",
        "{\"awslogs\":{\"data\":7}} => EVENT => 0 => a.json: awslogs.data: expected base64 of"
            + " gzipped JSON, got none",
        "{\"awslogs\":{\"data\":\"\"}} => EVENT => 0 => a.json: awslogs.data: expected base64 of"
            + " gzipped JSON, got an empty string",
        "{\"awslogs\":{\"data\":\"H4sI*\"}} => BASE64 => 4 => a.json: awslogs.data: not base64 at"
            + " character 4",
        "{\"awslogs\":{\"data\":\"H4sI\"}} => GZIP => 3 => a.json: awslogs.data: gzip ended early"
            + " after 3 bytes",
        "[] => ENVELOPE => 1 => a.json: expected a JSON object, got another value (byte 1)",
        "{} => ENVELOPE => 2 => a.json: messageType: expected DATA_MESSAGE or CONTROL_MESSAGE, got"
            + " none (byte 2)"
      })
  void decodeEach_refusal(String json, Layer layer, long offset, String message) {
    assertRefused(() -> decodeEach(json), layer, offset, message);
  }

  private static SubscriptionDecoder decoder() {
    return new SubscriptionDecoder(BOUND);
  }

  private static LogBatch decode(String json) {
    return decoder().decode(base64(gzip(json)));
  }

  /// Returns the messages of each batch. A batch is valid only until the next one.
  private static List<List<String>> decodeEach(String json) {
    List<List<String>> batches = new ArrayList<>();
    try {
      decoder()
          .decodeEach(
              new ByteArrayInputStream(json.getBytes(UTF_8)),
              "a.json",
              batch -> batches.add(messages(batch)));
    } catch (IOException e) {
      throw new AssertionError("bytes in memory can be read", e);
    }
    return batches;
  }

  private static List<String> messages(LogBatch batch) {
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      int start = batch.start(i);
      messages.add(new String(batch.bytes(), start, batch.end(i) - start, UTF_8));
    }
    return messages;
  }

  private static String dataMessage(String... events) {
    return "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[" + String.join(",", events) + "]}";
  }

  private static String message(
      String owner, String logGroup, String logStream, String id, String message, long timestamp) {
    return """
    {"messageType":"DATA_MESSAGE","owner":"%s","logGroup":"%s","logStream":"%s",
     "logEvents":[{"id":"%s","message":"%s","timestamp":%d}]}\
    """
        .formatted(owner, logGroup, logStream, id, message, timestamp);
  }

  private static byte[] gzip(String json) {
    return PayloadGenerator.gzip(json.getBytes(UTF_8));
  }

  private static String base64(byte[] bytes) {
    return new String(Base64.getEncoder().encode(bytes), ISO_8859_1);
  }

  private static String bomb(byte[] beginning, byte filling) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    byte[] mebibyte = new byte[1 << 20];
    Arrays.fill(mebibyte, filling);
    try (OutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(beginning);
      for (int i = 0; i < 64; i++) {
        gzip.write(mebibyte);
      }
    }
    return base64(zipped.toByteArray());
  }

  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /// Checks that data is refused.
  ///
  /// @param offset `null` where it depends on how much is inflated at a time
  private static void assertRefused(
      ThrowingCallable decoding, Layer layer, Number offset, String message) {
    assertThatThrownBy(decoding)
        .isInstanceOfSatisfying(
            UndecodableEventException.class,
            e -> {
              assertThat(e).hasMessage(message);
              assertThat(e.layer()).isEqualTo(layer);
              if (offset != null) {
                assertThat(e.offset()).as(message).isEqualTo(offset.longValue());
              }
            });
  }
}
