package dev.flowbell.input;

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

/// Unwraps subscription payloads: base64, then gzip, then the JSON envelope. Not thread-safe.
///
/// There are two ways. A payload as CloudWatch Logs writes it goes through [InflatedPayload] and
/// [EnvelopeScanner], which are fast and read nothing else. Any other payload, damaged or not, is
/// read again from its beginning, as a stream, by [GzipStream] and Jackson. Their result counts.
///
/// A payload is read to its end, including gzip's checksum, before a batch is returned. A damaged
/// payload is refused as a whole. Keys that Flowbell does not use are skipped, new ones too.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html">Subscription
///   filters</a>
public final class SubscriptionDecoder {
  /// The path of the payload in a Lambda event. Errors about the payload begin with it.
  public static final String DATA_KEY = "awslogs.data";

  /// The longest text in a subscription message. A log event has at most 1 MB. A longer text was
  /// made to exhaust the memory.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html">CloudWatch
  ///   Logs quotas</a>: "Maximum log event size: 1 MB" (read 2026-11-23)
  private static final int MOST_TEXT_CHARACTERS = 1 << 21;

  /// The longest id or name. Names of CloudWatch Logs have at most 512 characters, and ids of its
  /// events 56. A longer one was made to exhaust the memory: it would be kept and copied.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html">CreateLogGroup</a>
  static final int MOST_ID_CHARACTERS = 1_024;

  private final JsonFactory factory = newFactory(MOST_TEXT_CHARACTERS);
  private final long maxInflatedBytes;
  private final InflatedPayload payload;
  private final EnvelopeScanner scanner;

  /// Creates a decoder.
  ///
  /// @param maxInflatedBytes the most bytes that a payload can inflate to. It bounds the memory
  ///   that a decompression bomb can use
  public SubscriptionDecoder(long maxInflatedBytes) {
    this.maxInflatedBytes = maxInflatedBytes;
    this.payload = new InflatedPayload(maxInflatedBytes);
    this.scanner = new EnvelopeScanner(maxInflatedBytes);
  }

  static JsonFactory newFactory(int mostTextCharacters) {
    return new JsonFactoryBuilder()
        // Interning is for symbol tables with a long life. A payload has about a dozen keys.
        .disable(JsonFactory.Feature.INTERN_PROPERTY_NAMES)
        // Payloads are UTF-8. Detection would read damaged bytes in another charset.
        .disable(JsonFactory.Feature.CHARSET_DETECTION)
        .streamReadConstraints(
            StreamReadConstraints.builder().maxStringLength(mostTextCharacters).build())
        .build();
  }

  /// Unwraps the `awslogs.data` string of a Lambda event.
  ///
  /// @param data base64 of gzipped JSON, `null` where the event has none
  /// @throws UndecodableEventException where a layer is damaged, with the layer and the offset in
  ///   it
  public LogBatch decode(@Nullable String data) {
    return decode(data, DATA_KEY);
  }

  /// Unwraps a file of Lambda events, or of subscription messages without base64 and gzip: one JSON
  /// object or more in a row.
  ///
  /// @param where the name of the input in errors
  /// @param target gets a batch for each object, after the whole object was read
  /// @throws IOException where the stream cannot be read
  /// @throws UndecodableEventException where a layer is damaged, with the layer and the offset in
  ///   it
  public void decodeEach(InputStream json, String where, Consumer<LogBatch> target)
      throws IOException {
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
      while (parser.nextToken() != null) {
        target.accept(new EnvelopeReader(parser, where, true).read());
      }
    } catch (JacksonIOException e) {
      throw e.getCause(); // the stream failed, not the payload
    } catch (JacksonException e) {
      throw toUndecodable(e, where);
    }
  }

  /// Unwraps a subscription message in other JSON.
  ///
  /// @param parser its position is the message's first key; then it is the message's end
  /// @param where the name of the input in errors
  LogBatch decodeRest(JsonParser parser, String where) {
    return new EnvelopeReader(parser, where, false).readKeys();
  }

  /// Unwraps the `awslogs` of a Lambda event in other JSON.
  ///
  /// @param parser its position is the value
  LogBatch decodeAwsLogs(JsonParser parser, String where) {
    return decode(LambdaEventReader.readData(parser), where + ": " + DATA_KEY);
  }

  /// Unwraps the same string from another input.
  ///
  /// @param data base64 of gzipped JSON, `null` where there is none
  /// @param where the name of the input in errors
  /// @throws UndecodableEventException where a layer is damaged, with the layer and the offset in
  ///   it
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
    payload.clear(); // a large payload must not be in memory twice
    return decodeStream(data, where);
  }

  /// Unwraps every form that gzip and JSON allow, and finds the error in any other.
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
    // Jackson's messages quote the payload, which is the customer's data, except at a bound.
    String what =
        switch (cause) {
          case UnexpectedEndOfInputException e -> "JSON ended early after " + offset + " bytes";
          // has no offset
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

  /// Finds the offset of an error, which the JDK's decoder does not give.
  ///
  /// @return the offset of the first character that is not allowed there. It is the length if all
  ///   are allowed: then the last group of four characters is cut
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

  /// Reads the keys of one object, a subscription message or a Lambda event, in any order.
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

    /// Creates a reader.
    ///
    /// @param parser its position is the value to read
    /// @param mayBeEvent whether the object can be a Lambda event. The payload of an event cannot
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
      parser.nextToken();
      return readKeys();
    }

    /// Reads the object from its first key on.
    LogBatch readKeys() {
      while (parser.currentToken() == JsonToken.PROPERTY_NAME) {
        readKey(parser.currentName());
        parser.nextToken();
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
        case "owner" -> owner = readText(key);
        case "logGroup" -> logGroup = readText(key);
        case "logStream" -> logStream = readText(key);
        case "logEvents" -> readEvents(value);
        case "awslogs" -> {
          if (mayBeEvent) {
            wrapped = decodeAwsLogs(parser, where);
          } else {
            parser.skipChildren();
          }
        }
        default -> parser.skipChildren();
      }
    }

    private LogBatch.Type readType() {
      String text = readText("messageType");
      return switch (text) {
        case "DATA_MESSAGE" -> LogBatch.Type.DATA_MESSAGE;
        case "CONTROL_MESSAGE" -> LogBatch.Type.CONTROL_MESSAGE;
        default ->
            throw refused(
                "messageType: expected DATA_MESSAGE or CONTROL_MESSAGE, got \""
                    // no line breaks, because the message is logged
                    + text.substring(0, Math.min(40, text.length())).replaceAll("[^ -~]", "?")
                    + "\"");
      };
    }

    private String readText(String what) {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        int length = parser.getStringLength();
        if (length > MOST_ID_CHARACTERS) {
          throw refused(
              "%s: expected at most %d characters, got %d"
                  .formatted(what, MOST_ID_CHARACTERS, length));
        }
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

    /// Reads a log event. Without a string `message` it has an empty one: it is an unreadable
    /// record, and does not fail the payload.
    private void readEvent() {
      batch.beginEvent();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (key) {
          case "id" -> batch.eventId(readText("logEvents.id"));
          case "message" -> readMessage(value);
          default -> parser.skipChildren();
        }
      }
      batch.endEvent();
      if (batch.heldBytes() > maxInflatedBytes) { // a file can be larger than a payload
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
