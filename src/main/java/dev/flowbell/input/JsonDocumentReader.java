package dev.flowbell.input;

import dev.flowbell.record.FlowField;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/// Finds payloads and records anywhere in JSON: in what tools of AWS print, in events of other
/// services, in queue messages.
/// - An object with `awslogs`, or one that begins like a subscription message, is a payload.
/// - An object with three keys or more that name flow log fields is a record.
/// - A string at a key such as `message` or `Body` is text, or JSON again; one at `data` may be
///   that in base64, and gzipped. So is each string of an array.
/// - In `{"field": "@message", "value": …}` of Logs Insights, and in the `VarCharValue` cells of
///   Athena, an array is a row of a table.
///
/// Anything else is read over.
final class JsonDocumentReader {
  /// Keys whose strings have records, in lower case and without `@`.
  private static final Set<String> CONTENT =
      Set.of("message", "body", "data", "log", "event", "payload", "rawdata", "records");

  /// The keys that a subscription message may begin with.
  private static final Set<String> SUBSCRIPTION_KEYS =
      Set.of("messageType", "owner", "logGroup", "logStream", "subscriptionFilters", "logEvents");

  /// A key that every event of the Open Cybersecurity Schema Framework has.
  static final String OCSF_KEY = "class_uid";

  /// With fewer fields, an object is something else.
  private static final int FEWEST_FIELDS = 3;

  private static final int SHORTEST_BASE64 = 32;
  private static final int DEEPEST = 64;

  private final JsonFactory factory = SubscriptionDecoder.newFactory(64 << 20);
  private final SubscriptionDecoder decoder;
  private final Consumer<LogBatch> target;
  private final RecordLines lines;
  private final Nested nested;
  private final String name;

  /// Reads what was gzipped in a string.
  interface Nested {
    void read(InputStream content) throws IOException;
  }

  JsonDocumentReader(
      String name,
      SubscriptionDecoder decoder,
      Consumer<LogBatch> target,
      RecordLines lines,
      Nested nested) {
    this.name = name;
    this.decoder = decoder;
    this.target = target;
    this.lines = lines;
    this.nested = nested;
  }

  /// Reads the JSON values of a stream, one after another.
  ///
  /// @throws IOException where the stream can't be read, or has events of another schema
  /// @throws UndecodableEventException where the JSON, or a payload in it, is damaged
  void read(InputStream json) throws IOException {
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
      while (parser.nextToken() != null) {
        readValue(parser, null, 0);
      }
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      throw SubscriptionDecoder.toUndecodable(e, name);
    }
  }

  /// Reads a line that has JSON values.
  ///
  /// @return `false` where it has none; then nothing of it was read
  boolean readLine(byte[] buffer, int start, int end) throws IOException {
    return readIfJson(new String(buffer, start, end - start, StandardCharsets.UTF_8).strip(), 0);
  }

  /// Reads a text that may be JSON.
  ///
  /// @return whether it was
  private boolean readIfJson(String text, int depth) throws IOException {
    if (text.isEmpty() || (text.charAt(0) != '{' && text.charAt(0) != '[') || depth > DEEPEST) {
      return false;
    }
    if (!isJson(text)) {
      return false;
    }
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
      while (parser.nextToken() != null) {
        readValue(parser, null, depth + 1);
      }
    }
    return true;
  }

  private boolean isJson(String text) {
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
      while (parser.nextToken() != null) {
        parser.skipChildren();
      }
      return true;
    } catch (JacksonException _) {
      return false;
    }
  }

  private void readValue(JsonParser parser, @Nullable String key, int depth) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        Members members = readObject(parser, depth + 1);
        if (members != null) {
          passRecord(members);
        }
      }
      case START_ARRAY -> readArray(parser, depth + 1);
      case VALUE_STRING -> {
        if (key == null || isContent(key)) {
          readContent(parser.getString(), depth + 1);
        }
      }
      default -> {
        // a number, true, false or null
      }
    }
  }

  private static boolean isContent(String key) {
    return CONTENT.contains(key.toLowerCase(Locale.ROOT).replace("@", ""));
  }

  /// The scalar members of an object.
  ///
  /// @param fields by flow log field
  /// @param cell `field` and `value` of Logs Insights, or `VarCharValue` alone of Athena
  private record Members(Map<FlowField, String> fields, @Nullable Cell cell) {}

  private record Cell(@Nullable String column, String value) {}

  /// Reads an object to its end.
  ///
  /// @return `null` where it was a payload
  private @Nullable Members readObject(JsonParser parser, int depth) throws IOException {
    Map<FlowField, String> fields = new LinkedHashMap<>();
    String column = null;
    String value = null;
    String athena = null;
    boolean isFirst = true;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      if (isFirst && SUBSCRIPTION_KEYS.contains(key)) {
        target.accept(decoder.decodeRest(parser, name));
        return null;
      }
      isFirst = false;
      JsonToken token = parser.nextToken();
      if (key.equals(OCSF_KEY)) {
        throw new IOException(
            name
                + ": expected flow log records, got OCSF events, as Security Lake stores them;"
                + " read the flow logs that VPC delivers");
      }
      if (key.equals("awslogs") && token == JsonToken.START_OBJECT) {
        target.accept(decoder.decodeAwsLogs(parser, name));
        continue;
      }
      FlowField field = FlowField.findByKey(key);
      if (token.isScalarValue() && field != null) {
        fields.put(field, token == JsonToken.VALUE_NULL ? "-" : parser.getString());
      } else if (token == JsonToken.VALUE_STRING && key.equals("field")) {
        column = parser.getString();
      } else if (token == JsonToken.VALUE_STRING && key.equals("value")) {
        value = parser.getString();
      } else if (token == JsonToken.VALUE_STRING && key.equals("VarCharValue")) {
        athena = parser.getString();
      } else {
        readValue(parser, key, depth);
      }
    }
    Cell cell =
        athena != null
            ? new Cell(null, athena)
            : column != null && value != null ? new Cell(column, value) : null;
    return new Members(fields, cell);
  }

  private void readArray(JsonParser parser, int depth) throws IOException {
    List<Cell> cells = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        Members members = readObject(parser, depth + 1);
        if (members != null && members.cell() != null) {
          cells.add(members.cell());
        } else if (members != null) {
          passRecord(members);
        }
      } else {
        readValue(parser, null, depth + 1);
      }
    }
    if (!cells.isEmpty()) {
      passRow(cells);
    }
  }

  private void passRow(List<Cell> cells) {
    Map<FlowField, String> fields = new LinkedHashMap<>();
    for (Cell cell : cells) {
      if (cell.column() == null) {
        lines.addRow(cells.stream().map(Cell::value).toList());
        return;
      }
      if (cell.column().equals("@message")) {
        lines.add(cell.value());
        return;
      }
      FlowField field = FlowField.findByKey(cell.column());
      if (field != null) {
        fields.put(field, cell.value());
      }
    }
    passRecord(new Members(fields, null));
  }

  private void passRecord(Members members) {
    long own =
        members.fields().keySet().stream()
            .filter(f -> !LogFileReader.KEYS_OF_MANY.contains(f))
            .count();
    if (own < FEWEST_FIELDS) {
      return;
    }
    StringBuilder json = new StringBuilder("{");
    members
        .fields()
        .forEach(
            (field, value) -> {
              json.append(json.length() == 1 ? "" : ",");
              json.append('"').append(field.awsName()).append("\":\"");
              json.append(JsonStringEncoder.getInstance().quoteAsCharArray(value));
              json.append('"');
            });
    byte[] bytes = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    lines.add(bytes, 0, bytes.length);
  }

  /// Reads a string: JSON again, base64, or lines.
  private void readContent(String text, int depth) throws IOException {
    String content = text.strip();
    if (content.isEmpty() || readIfJson(content, depth)) {
      return;
    }
    byte[] decoded = decodedBase64(content);
    if (decoded == null) {
      lines.add(text);
    } else if (content.startsWith(LogFileReader.BASE64_OF_GZIP)) {
      nested.read(new ByteArrayInputStream(decoded));
    } else {
      String inner = new String(decoded, StandardCharsets.UTF_8);
      if (!readIfJson(inner.strip(), depth)) {
        lines.add(inner);
      }
    }
  }

  /// Returns what a string has in base64, `null` if it is no base64 of gzip or text.
  private static byte @Nullable [] decodedBase64(String text) {
    if (text.length() < SHORTEST_BASE64 || text.indexOf(' ') >= 0) {
      return null;
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(text);
      if (GzipStream.isMagic(bytes[0] & 0xff, bytes[1] & 0xff)) {
        return bytes;
      }
      for (byte b : bytes) {
        if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
          return null;
        }
      }
      return bytes;
    } catch (IllegalArgumentException _) {
      return null;
    }
  }
}
