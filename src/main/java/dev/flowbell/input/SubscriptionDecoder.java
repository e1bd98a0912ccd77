package dev.flowbell.input;

import com.amazonaws.services.lambda.runtime.events.CloudWatchLogsEvent;
import com.amazonaws.services.lambda.runtime.events.CloudWatchLogsEvent.AWSLogs;
import dev.flowbell.input.UndecodableEventException.Layer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;

/// Unwraps subscription payloads: base64, then gzip, then the JSON envelope.
///
/// There are two ways. A payload such as CloudWatch Logs makes goes through [InflatedPayload] and
/// [EnvelopeScanner], which are fast and know no more than they must. Any other, damaged ones among
/// them, is read again from its beginning as one stream, by [GzipStream] and Jackson: what they say
/// holds.
///
/// A payload is read to its very end, gzip checksum included, before anything of it is handed on: a
/// damaged one is refused whole. Keys that Flowbell has no use for are skipped, those not known
/// today among them. Not safe for use by several threads at once.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html">Subscription
///   filters</a>
public final class SubscriptionDecoder {
  /// Where a Lambda event carries the payload; errors about it begin with this.
  public static final String DATA_KEY = "awslogs.data";

  /// The longest text of a subscription message that is looked at. One log event takes 1 MB at
  /// most; a longer text is made to fill the memory.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html">CloudWatch
  ///   Logs quotas</a>: "Maximum log event size: 1 MB" (read 2026-11-23)
  private static final int MOST_TEXT_CHARACTERS = 1 << 21;

  private final JsonFactory factory = newFactory(MOST_TEXT_CHARACTERS);
  private final long maxInflatedBytes;
  private final InflatedPayload payload;
  private final EnvelopeScanner scanner;

  /// @param maxInflatedBytes the most that a payload may inflate to; a bomb costs no more than this
  public SubscriptionDecoder(long maxInflatedBytes) {
    this.maxInflatedBytes = maxInflatedBytes;
    this.payload = new InflatedPayload(maxInflatedBytes);
    this.scanner = new EnvelopeScanner(maxInflatedBytes);
  }

  static JsonFactory newFactory(int mostTextCharacters) {
    return new JsonFactoryBuilder()
        // Interning serves symbol tables that live long; a payload's keys are a dozen.
        .disable(JsonFactory.Feature.INTERN_PROPERTY_NAMES)
        // UTF-8 it is: guessing others makes of damaged bytes a stream that can't be read.
        .disable(JsonFactory.Feature.CHARSET_DETECTION)
        .streamReadConstraints(
            StreamReadConstraints.builder().maxStringLength(mostTextCharacters).build())
        .build();
  }

  /// Unwraps the payload of a Lambda event.
  ///
  /// @throws UndecodableEventException naming the layer that failed and the offset in it; the layer
  ///   is [Layer#EVENT] where the event holds no payload
  public LogBatch decodeEvent(CloudWatchLogsEvent event) {
    return decode(dataOf(event.getAwsLogs()));
  }

  private static @Nullable String dataOf(@Nullable AWSLogs logs) {
    return logs == null ? null : logs.getData();
  }

  /// Unwraps the `awslogs.data` string of a Lambda event.
  ///
  /// @param data base64 of gzipped JSON; `null` where the event has none
  /// @throws UndecodableEventException naming the layer that failed and the offset in it
  public LogBatch decode(@Nullable String data) {
    return decode(data, DATA_KEY);
  }

  /// Unwraps a file of Lambda events, or of subscription messages that are neither encoded nor
  /// compressed any more: one JSON object, or any number of them one behind another.
  ///
  /// @param where names the input in errors
  /// @param target gets each object's log events in turn, once the object was read whole
  /// @throws IOException where the stream can't be read
  /// @throws UndecodableEventException naming the layer that failed and the offset in it
  public void decodeEach(InputStream json, String where, Consumer<LogBatch> target)
      throws IOException {
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
      while (parser.nextToken() != null) {
        target.accept(new EnvelopeReader(parser, where, true).read());
      }
    } catch (JacksonIOException e) {
      throw e.getCause(); // not the payload's fault
    } catch (JacksonException e) {
      throw toUndecodable(e, where);
    }
  }

  /// Unwraps the same string where it stands by itself.
  ///
  /// @param where names the input in errors
  /// @throws UndecodableEventException naming the layer that failed and the offset in it
  public LogBatch decode(@Nullable String data, String where) {
    if (data == null || data.isEmpty()) {
      throw new UndecodableEventException(
          Layer.EVENT,
          0,
          where
              + ": expected base64 of gzipped JSON, got "
              + (data == null ? "none" : "an empty string"));
    }
    if (payload.read(data)) {
      LogBatch batch = scanner.find(payload.bytes(), payload.length());
      if (batch != null) {
        return batch;
      }
    }
    payload.clear(); // so that a large one isn't held twice
    return decodeStream(data, where);
  }

  /// Unwraps whatever gzip and JSON allow, and names what they don't.
  private LogBatch decodeStream(String data, String where) {
    InputStream json =
        new GzipStream(
            new ByteArrayInputStream(decodeBase64(data, where)), where, maxInflatedBytes);
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      LogBatch batch = new EnvelopeReader(parser, where, false).read();
      if (parser.nextToken() != null) {
        throw refused(parser, where, "expected nothing after the JSON object");
      }
      return batch;
    } catch (JacksonException e) {
      throw toUndecodable(e, where);
    }
  }

  static UndecodableEventException toUndecodable(JacksonException cause, String where) {
    long offset = cause.getLocation() == null ? 0 : cause.getLocation().getByteOffset();
    offset = Math.max(0, offset);
    // Jackson's own message quotes the payload, which is the customer's; not so at a bound.
    String what =
        switch (cause) {
          case UnexpectedEndOfInputException e -> "JSON ended early after " + offset + " bytes";
          // which doesn't say where
          case StreamConstraintsException e -> "JSON past a bound (" + e.getOriginalMessage() + ")";
          default -> "not JSON at byte " + offset;
        };
    return new UndecodableEventException(Layer.JSON, offset, where + ": " + what);
  }

  private static UndecodableEventException refused(JsonParser parser, String where, String what) {
    long offset = Math.max(0, parser.currentLocation().getByteOffset());
    return new UndecodableEventException(
        Layer.ENVELOPE, offset, where + ": " + what + " (byte " + offset + ")");
  }

  private static byte[] decodeBase64(String data, String where) {
    byte[] encoded = data.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      int offset = findNonBase64(data);
      throw new UndecodableEventException(
          Layer.BASE64,
          offset,
          where
              + (offset == data.length()
                  ? ": base64 ended early after " + offset + " characters"
                  : ": not base64 at character " + offset));
    }
  }

  /// The JDK's decoder says what it refused, not where.
  ///
  /// @return the offset of the first character that can't stand there; the length where all can,
  ///   and what is wrong is that the last group of four is cut
  private static int findNonBase64(String data) {
    for (int i = 0; i < data.length(); i++) {
      char c = data.charAt(i);
      boolean inAlphabet =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || c == '+'
              || c == '/';
      boolean isPadding = c == '=' && i >= data.length() - 2 && data.endsWith("=");
      if (!inAlphabet && !isPadding) {
        return i;
      }
    }
    return data.length();
  }

  /// Reads the keys of one object, in whatever order they stand: those of a subscription message,
  /// or the one of a Lambda event.
  private final class EnvelopeReader {
    private final JsonParser parser;
    private final String where;
    private final boolean mayBeEvent;
    private final LogBatchBuilder batch = new LogBatchBuilder();
    private LogBatch.@Nullable Type type;
    private boolean hasEvents;
    private @Nullable LogBatch wrapped;
    private String owner = "";
    private String logGroup = "";
    private String logStream = "";

    /// @param parser stands at the value to read
    /// @param mayBeEvent whether it may be a Lambda event; what one carries is no further event
    EnvelopeReader(JsonParser parser, String where, boolean mayBeEvent) {
      this.parser = parser;
      this.where = where;
      this.mayBeEvent = mayBeEvent;
    }

    LogBatch read() {
      JsonToken first = parser.currentToken();
      if (first != JsonToken.START_OBJECT) {
        throw refused(
            "expected a JSON object, got " + (first == null ? "nothing" : "another value"));
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        readKey(parser.currentName());
      }
      if (wrapped != null) {
        return wrapped;
      }
      if (type == null) {
        throw refused("messageType: expected DATA_MESSAGE or CONTROL_MESSAGE, got none");
      }
      if (type == LogBatch.Type.DATA_MESSAGE && !hasEvents) {
        throw refused("logEvents: expected an array, got none");
      }
      return batch.build(type, owner, logGroup, logStream);
    }

    private void readKey(String key) {
      JsonToken value = parser.nextToken();
      switch (key) {
        case "messageType" -> type = readType();
        case "owner" -> owner = readText();
        case "logGroup" -> logGroup = readText();
        case "logStream" -> logStream = readText();
        case "logEvents" -> readEvents(value);
        case "awslogs" -> {
          if (mayBeEvent) {
            wrapped =
                decode(dataOf(LambdaEventReader.readAwsLogs(parser)), where + ": " + DATA_KEY);
          } else {
            parser.skipChildren();
          }
        }
        default -> parser.skipChildren();
      }
    }

    private LogBatch.Type readType() {
      String text = readText();
      return switch (text) {
        case "DATA_MESSAGE" -> LogBatch.Type.DATA_MESSAGE;
        case "CONTROL_MESSAGE" -> LogBatch.Type.CONTROL_MESSAGE;
        default ->
            throw refused(
                "messageType: expected DATA_MESSAGE or CONTROL_MESSAGE, got \""
                    // into a log, whose lines are nobody's to fake
                    + text.substring(0, Math.min(40, text.length())).replaceAll("[^ -~]", "?")
                    + "\"");
      };
    }

    private String readText() {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        return parser.getString();
      }
      parser.skipChildren();
      return "";
    }

    private void readEvents(@Nullable JsonToken value) {
      if (value != JsonToken.START_ARRAY) {
        throw refused("logEvents: expected an array");
      }
      if (hasEvents) {
        throw refused("logEvents: expected once, got it again");
      }
      hasEvents = true;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw refused("logEvents: expected objects");
        }
        readEvent();
      }
    }

    /// A log event without a text `message` stays in the batch as an empty one: it is a record that
    /// can't be read, not a payload that can't.
    private void readEvent() {
      batch.beginEvent();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (key) {
          case "id" -> batch.eventId(readText());
          case "message" -> readMessage(value);
          default -> parser.skipChildren();
        }
      }
      batch.endEvent();
      if (batch.heldBytes() > maxInflatedBytes) { // a file can hold more than a payload may
        throw refused("logEvents: expected at most " + maxInflatedBytes + " bytes, got more");
      }
    }

    private void readMessage(@Nullable JsonToken value) {
      if (value == JsonToken.VALUE_STRING) {
        batch.eventMessage(
            parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
      } else {
        parser.skipChildren();
      }
    }

    private UndecodableEventException refused(String what) {
      return SubscriptionDecoder.refused(parser, where, what);
    }
  }
}
