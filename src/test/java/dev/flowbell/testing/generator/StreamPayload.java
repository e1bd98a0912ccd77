package dev.flowbell.testing.generator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;

/// What CloudWatch Logs, or somebody else, writes into a stream as one record.
public final class StreamPayload {
  /// The bytes with which the Kinesis Producer Library begins an aggregated record.
  ///
  /// @see <a
  ///   href="https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md">KPL
  ///   aggregated record format</a>
  private static final byte[] AGGREGATED = {(byte) 0xf3, (byte) 0x89, (byte) 0x9a, (byte) 0xc2};

  private final Kind kind;
  private final String partitionKey;
  private final byte[] data;

  /// What a payload is.
  public enum Kind {
    /// A subscription message with log events.
    LOG_EVENTS,
    /// A subscription message that tests the destination.
    CONTROL_MESSAGE,
    /// Something that can't be read.
    POISON
  }

  private StreamPayload(Kind kind, String partitionKey, byte[] data) {
    this.kind = kind;
    this.partitionKey = partitionKey;
    this.data = data;
  }

  /// Makes the payload of a message. Its partition key is its log stream.
  public static StreamPayload of(SubscriptionMessage message) {
    return new StreamPayload(
        Kind.LOG_EVENTS,
        message.logStream(),
        PayloadGenerator.gzip(message.toJson().getBytes(UTF_8)));
  }

  /// Makes what CloudWatch Logs writes when a subscription filter is created.
  public static StreamPayload controlMessage(String partitionKey) {
    SubscriptionMessage message =
        new SubscriptionMessage(
            "CONTROL_MESSAGE",
            "CloudwatchLogs",
            "",
            "",
            List.of(),
            List.of(
                new LogEvent(
                    "",
                    1_795_870_800_000L,
                    "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.")));
    return new StreamPayload(
        Kind.CONTROL_MESSAGE,
        partitionKey,
        PayloadGenerator.gzip(message.toJson().getBytes(UTF_8)));
  }

  /// Makes a payload that can't be read.
  public static StreamPayload poison(String partitionKey, byte[] data) {
    return new StreamPayload(Kind.POISON, partitionKey, data);
  }

  /// Makes a payload that can't be read: no gzip, cut, no JSON, no subscription message, empty, or
  /// aggregated.
  ///
  /// @param text makes it differ from others
  public static StreamPayload poison(RandomGenerator random, String partitionKey, String text) {
    byte[] json = ("{\"poison\":\"" + text + "\"}").getBytes(UTF_8);
    byte[] gzip = PayloadGenerator.gzip(json);
    return poison(
        partitionKey,
        switch (random.nextInt(5)) {
          case 0 -> json;
          case 1 -> Arrays.copyOf(gzip, gzip.length - 9);
          case 2 -> PayloadGenerator.gzip(Arrays.copyOf(json, json.length - 1));
          case 3 -> gzip;
          default -> aggregated(json);
        });
  }

  /// Returns data as the Kinesis Producer Library aggregates it: one partition key, `a`, and one
  /// record in a protocol buffer, and its MD5.
  public static byte[] aggregated(byte[] data) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(new byte[] {0x0a, 1, 'a'}); // partition_key_table
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes(new byte[] {0x08, 0, 0x1a}); // partition_key_index, data
    writeLength(data.length, record);
    record.writeBytes(data);
    message.write(0x1a); // records
    writeLength(record.size(), message);
    message.writeBytes(record.toByteArray());
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(AGGREGATED);
    whole.writeBytes(message.toByteArray());
    whole.writeBytes(md5(message.toByteArray()));
    return whole.toByteArray();
  }

  /// Writes seven bits a byte, the lowest first.
  private static void writeLength(int length, ByteArrayOutputStream out) {
    int rest = length;
    while (rest > 0x7f) {
      out.write(0x80 | (rest & 0x7f));
      rest >>>= 7;
    }
    out.write(rest);
  }

  private static byte[] md5(byte[] bytes) {
    try {
      return MessageDigest.getInstance("MD5").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /// Makes payloads with log events of several log groups, each of another network interface; some
  /// are written twice, and among them are control messages and payloads that can't be read.
  public static List<StreamPayload> mixed(RandomGenerator random, int count) {
    List<StreamPayload> payloads = new ArrayList<>();
    while (payloads.size() < count) {
      int number = payloads.size();
      String stream = "eni-%08d-all".formatted(number % 500);
      int dice = random.nextInt(100);
      if (dice < 4) {
        payloads.add(controlMessage(stream));
      } else if (dice < 7) {
        payloads.add(poison(random, stream, "number " + number));
      } else if (dice < 12 && number > 0) {
        payloads.add(repeatOf(payloads, random));
      } else {
        payloads.add(of(message(random, number, stream)));
      }
    }
    return payloads;
  }

  /// A producer that got no answer repeats soon.
  private static StreamPayload repeatOf(List<StreamPayload> payloads, RandomGenerator random) {
    int first = Math.max(0, payloads.size() - 100);
    StreamPayload repeated = payloads.get(random.nextInt(first, payloads.size()));
    return repeated.kind == Kind.POISON ? controlMessage(repeated.partitionKey) : repeated;
  }

  private static SubscriptionMessage message(RandomGenerator random, int number, String stream) {
    List<LogEvent> events = new ArrayList<>();
    for (String message : PayloadGenerator.generate(random, random.nextInt(1, 12)).messages()) {
      events.add(
          new LogEvent("%d-%d".formatted(number, events.size()), 1_795_342_446_000L, message));
    }
    return new SubscriptionMessage(
        "DATA_MESSAGE",
        "12345678901" + number % 2,
        "/vpc/flow-logs-" + number % 3,
        stream,
        List.of("Flowbell"),
        events);
  }

  public Kind kind() {
    return kind;
  }

  public String partitionKey() {
    return partitionKey;
  }

  /// Returns the record's data.
  public byte[] data() {
    return data.clone();
  }

  /// Returns the event with which a subscription brings the same payload to the function itself.
  public String toSubscriptionEvent() {
    return "{\"awslogs\":{\"data\":\"" + Base64.getEncoder().encodeToString(data) + "\"}}";
  }
}
