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

/// Reads files of whatever flow logs come in, and finds out which by looking:
/// - Lambda events and subscription messages, one or several, each a payload;
/// - the `data` of a Lambda event by itself;
/// - lines of flow log text or JSON records, with or without a header, as S3 gets them, or with a
///   time in front of each, as CloudWatch Logs exports them; a file is a payload.
///
/// Any of these may be gzipped.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html">Flow log
///   files</a>
/// @see <a href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html">Exporting
///   log data to Amazon S3</a>
public final class LogFileReader {
  /// How far to look for what tells a file's kind. Of a JSON object, a key near its beginning does.
  private static final int LOOK_AHEAD_BYTES = 64 * 1024;

  /// How base64 of gzip begins.
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
  /// @param name names it in errors
  /// @throws IOException where it can't be read, or is nothing that flow logs come in
  /// @throws dev.flowbell.input.UndecodableEventException where it is an event, a message or gzip,
  ///   and damaged
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
    // A record never begins like an array or a string of JSON, but a mistake may.
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

  /// Editors on Windows put one in front of UTF-8.
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

  /// Keys of records that other JSON has too: an EventBridge event, a Lambda destination's record.
  private static final Set<FlowField> KEYS_OF_MANY =
      EnumSet.of(FlowField.VERSION, FlowField.REGION, FlowField.TYPE);

  /// Looks at the keys of the first object until one tells. What is broken before that is left to
  /// the reader of lines: it counts broken ones.
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
      // One line among others may be anything; a file that is nothing else is a mistake.
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

  /// Passes over the time that an export puts in front: `2026-11-22T10:14:05.000Z `.
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
