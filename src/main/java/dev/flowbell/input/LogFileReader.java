package dev.flowbell.input;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.RecordFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads files of flow logs, and detects the form of each file:
/// - Lambda events and subscription messages, one or more; each is a payload;
/// - the `data` of a Lambda event alone;
/// - lines of flow log text or JSON records, with or without a header as in S3, or each with a time
///   before it as in exports from CloudWatch Logs; the file is one payload.
///
/// Each of these can be gzipped.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html">Flow log
///   files</a>
/// @see <a href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html">Exporting
///   log data to Amazon S3</a>
public final class LogFileReader {
  /// How much of a file is read to detect its form. In a JSON object, a key in this part decides.
  private static final int LOOK_AHEAD_BYTES = 64 * 1024;

  /// The beginning of gzip in base64.
  private static final String BASE64_OF_GZIP = "H4sI";

  private static final String PARQUET = "PAR1";

  private final SubscriptionDecoder decoder;
  private final FileTarget target;
  private final JsonFactory json = new JsonFactory();

  /// Creates a reader.
  ///
  /// @param decoder unwraps the events and messages in files
  /// @param target receives everything that is read
  public LogFileReader(SubscriptionDecoder decoder, FileTarget target) {
    this.decoder = decoder;
    this.target = target;
  }

  /// Reads one file to its end.
  ///
  /// @param name the file's name in errors
  /// @throws IOException where the file cannot be read, or has none of the forms
  /// @throws UndecodableEventException where an event, a message or gzip is damaged
  public void read(String name, InputStream in) throws IOException {
    byte[] start = in.readNBytes(2);
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(start), in);
    boolean isGzip = start.length == 2 && GzipStream.isMagic(start[0] & 0xff, start[1] & 0xff);
    readInflated(name, isGzip ? new GzipStream(whole, name, Long.MAX_VALUE) : whole);
  }

  private void readInflated(String name, InputStream in) throws IOException {
    byte[] ahead = withoutByteOrderMark(in.readNBytes(LOOK_AHEAD_BYTES));
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(ahead), in);
    String text = new String(ahead, StandardCharsets.ISO_8859_1).stripLeading();
    if (text.isEmpty()) {
      return;
    }
    if (text.startsWith(PARQUET)) {
      throw new IOException(
          name + ": expected text or JSON, got Parquet (read it with Athena, or deliver text)");
    }
    if (text.indexOf('\0') >= 0) {
      throw new IOException(name + ": expected text or JSON, got binary data");
    }
    if (text.startsWith(BASE64_OF_GZIP)) {
      String data = new String(whole.readAllBytes(), StandardCharsets.ISO_8859_1);
      target.addBatch(decoder.decode(data.strip(), name));
      return;
    }
    // No record begins like a JSON array or string, but another file that was named by mistake can.
    switch ("{[\"".indexOf(text.charAt(0)) >= 0 ? kindOf(ahead) : JsonKind.RECORDS) {
      case EVENTS -> decoder.decodeEach(whole, name, target::addBatch);
      case RECORDS -> readLines(name, whole);
      case OTHER ->
          throw new IOException(
              name
                  + ": expected a Lambda event with awslogs.data, a subscription message or flow"
                  + " log records, got other JSON");
    }
  }

  /// Removes the byte order mark, which editors on Windows write before UTF-8.
  private static byte[] withoutByteOrderMark(byte[] text) {
    boolean isMarked =
        text.length >= 3
            && text[0] == (byte) 0xef
            && text[1] == (byte) 0xbb
            && text[2] == (byte) 0xbf;
    return isMarked ? Arrays.copyOfRange(text, 3, text.length) : text;
  }

  private enum JsonKind {
    EVENTS,
    RECORDS,
    OTHER
  }

  /// Keys of records that other JSON has too, such as EventBridge events and records of Lambda
  /// destinations.
  private static final Set<FlowField> KEYS_OF_MANY =
      EnumSet.of(FlowField.VERSION, FlowField.REGION, FlowField.TYPE);

  /// Returns what the first object is, by the first of its keys that decides. If the JSON is broken
  /// before that, the file is read as lines, and broken lines are counted.
  private JsonKind kindOf(byte[] ahead) {
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), ahead)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return parser.nextToken() == null ? JsonKind.OTHER : JsonKind.RECORDS;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        switch (key) {
          case "awslogs", "messageType", "logEvents", "logGroup", "subscriptionFilters" -> {
            return JsonKind.EVENTS;
          }
          default -> {
            FlowField field = FlowField.findByKey(key);
            if (field != null && !KEYS_OF_MANY.contains(field)) {
              return JsonKind.RECORDS;
            }
          }
        }
        parser.nextToken();
        parser.skipChildren();
      }
      // One line among others can be any JSON. A file with only one object is a mistake.
      return parser.nextToken() == null ? JsonKind.OTHER : JsonKind.RECORDS;
    } catch (JacksonException e) {
      return JsonKind.RECORDS;
    }
  }

  private void readLines(String name, InputStream in) throws IOException {
    LineTarget lineTarget = target.beginFile(name);
    LineReader lines = new LineReader(in);
    while (lines.next()) {
      if (lines.isOverlong()) {
        lineTarget.addOverlongLine();
        continue;
      }
      byte[] buffer = lines.buffer();
      int start = startOfRecord(buffer, lines.start(), lines.end());
      int end = lines.end();
      RecordFormat header = RecordFormat.findHeader(buffer, start, end);
      if (header != null) {
        lineTarget.useFormat(header);
      } else if (start < end) {
        lineTarget.addLine(buffer, start, end);
      }
    }
    target.endFile();
  }

  /// Skips the time before a line of an export: `2026-11-22T10:14:05.000Z `.
  private static int startOfRecord(byte[] buffer, int start, int end) {
    byte[] shape = "dddd-dd-ddTdd:dd:dd".getBytes(StandardCharsets.US_ASCII);
    if (end - start <= shape.length) {
      return start;
    }
    for (int i = 0; i < shape.length; i++) {
      byte b = buffer[start + i];
      boolean fits = shape[i] == 'd' ? b >= '0' && b <= '9' : b == shape[i];
      if (!fits) {
        return start;
      }
    }
    int position = start + shape.length;
    while (position < end && buffer[position] != ' ') {
      position++;
    }
    return Math.min(end, position + 1);
  }
}
