package dev.flowbell.input;

import dev.flowbell.record.FlowField;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads files of flow logs, and detects the form of each file:
/// - Lambda events and subscription messages, one or more; each is a payload;
/// - the `data` of a Lambda event alone;
/// - lines with flow log records, as text or JSON, see [RecordLines]; the lines of a file are one
///   payload;
/// - other JSON with any of these in it, see [JsonDocumentReader].
///
/// Each of these can be gzipped, once or more.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html">Flow log
///   files</a>
/// @see <a href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html">Exporting
///   log data to Amazon S3</a>
public final class LogFileReader {
  /// How much of a file is read to detect its form. In a JSON object, a key in this part decides.
  private static final int LOOK_AHEAD_BYTES = 64 * 1024;

  /// The beginning of gzip in base64.
  static final String BASE64_OF_GZIP = "H4sI";

  /// The beginning of a Parquet file.
  static final String PARQUET = "PAR1";

  private static final String BZIP2 = "BZh";
  private static final String ZSTANDARD = "(\u00b5/\u00fd";
  private static final String UTF_16_LITTLE = "\u00ff\u00fe";
  private static final String UTF_16_BIG = "\u00fe\u00ff";

  /// Gzip in gzip, or in base64 in gzip, is an accident of one step too many. More was made to
  /// exhaust something.
  private static final int DEEPEST = 4;

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
    RecordLines lines = new RecordLines(() -> target.beginFile(name), target::addUnknownField);
    Content content = new Content(name, lines);
    boolean isWhole = false;
    try {
      content.read(in, 0);
      isWhole = true;
    } finally {
      if (lines.hasLines()) {
        target.endFile(isWhole);
      }
    }
    if (content.isNotEmpty && !content.hasBatch && !lines.hasLines()) {
      throw new IOException(
          name
              + ": expected a Lambda event with awslogs.data, a subscription message or flow log"
              + " records, got other "
              + (content.isJson ? "JSON" : "text"));
    }
  }

  /// Reads a table from another reader.
  ///
  /// @param name the table's name in errors
  /// @param columns the names of its columns, in any spelling
  /// @param rows the cells of its rows, each valid until the next one is asked for; `-` is none
  /// @throws IOException where the columns are none of flow logs
  public void readTable(String name, List<String> columns, Iterator<List<String>> rows)
      throws IOException {
    RecordLines lines = new RecordLines(() -> target.beginFile(name), target::addUnknownField);
    if (!lines.useHeader(columns)) {
      throw new IOException(name + ": expected columns such as srcaddr and action, got " + columns);
    }
    boolean isWhole = false;
    try {
      rows.forEachRemaining(lines::addCells);
      isWhole = true;
    } finally {
      if (lines.hasLines()) {
        target.endFile(isWhole);
      }
    }
  }

  private enum JsonKind {
    EVENTS,
    RECORDS,
    OTHER
  }

  /// Keys of records that other JSON has too, such as EventBridge events and records of Lambda
  /// destinations.
  static final Set<FlowField> KEYS_OF_MANY =
      EnumSet.of(FlowField.VERSION, FlowField.REGION, FlowField.TYPE, FlowField.ACCOUNT_ID);

  /// What one file has.
  private final class Content {
    private final String name;
    private final RecordLines lines;
    private boolean isNotEmpty;
    private boolean isJson;
    private boolean hasBatch;

    Content(String name, RecordLines lines) {
      this.name = name;
      this.lines = lines;
    }

    void read(InputStream in, int depth) throws IOException {
      byte[] start = in.readNBytes(2);
      InputStream whole = new SequenceInputStream(new ByteArrayInputStream(start), in);
      if (start.length == 2 && GzipStream.isMagic(start[0] & 0xff, start[1] & 0xff)) {
        if (depth == DEEPEST) {
          throw new IOException(name + ": expected gzip within gzip at most " + DEEPEST + " times");
        }
        read(new GzipStream(whole, name, Long.MAX_VALUE), depth + 1);
      } else {
        readInflated(whole, depth);
      }
    }

    private void readInflated(InputStream in, int depth) throws IOException {
      byte[] ahead = withoutByteOrderMark(in.readNBytes(LOOK_AHEAD_BYTES));
      InputStream whole = new SequenceInputStream(new ByteArrayInputStream(ahead), in);
      String text = new String(ahead, StandardCharsets.ISO_8859_1).stripLeading();
      if (text.isEmpty()) {
        return;
      }
      isNotEmpty = true;
      refuseOtherForms(text);
      if (text.startsWith(BASE64_OF_GZIP)) {
        readBase64(whole, depth);
        return;
      }
      char first = text.charAt(0);
      switch (first == '{' ? kindOf(ahead) : isJson(ahead) ? JsonKind.OTHER : JsonKind.RECORDS) {
        case EVENTS -> decoder.decodeEach(whole, name, this::addBatch);
        case RECORDS -> readLines(whole, null);
        case OTHER -> readDocument(whole, ahead, depth);
      }
    }

    private void addBatch(LogBatch batch) {
      hasBatch = true;
      target.addBatch(batch);
    }

    private void refuseOtherForms(String text) throws IOException {
      String other =
          text.startsWith(PARQUET)
              ? "Parquet, which is read from files alone"
              : text.startsWith(UTF_16_LITTLE) || text.startsWith(UTF_16_BIG)
                  ? "UTF-16 (save it as UTF-8)"
                  : text.startsWith(BZIP2)
                      ? "bzip2 (unpack it first, with bunzip2)"
                      : text.startsWith(ZSTANDARD)
                          ? "Zstandard (unpack it first, with unzstd)"
                          : text.startsWith("{'") || text.startsWith("[{'")
                              ? "Python's notation (print it with json.dumps)"
                              : isUtf16WithoutMark(text)
                                  ? "UTF-16 (save it as UTF-8)"
                                  : text.indexOf('\0') >= 0 ? "binary data" : "";
      if (!other.isEmpty()) {
        throw new IOException(name + ": expected text or JSON, got " + other);
      }
    }

    /// Returns whether every second byte of the beginning is zero.
    private static boolean isUtf16WithoutMark(String text) {
      int looked = Math.min(text.length() - text.length() % 2, 64);
      if (looked < 4) {
        return false;
      }
      int zeros = 0;
      for (int i = 0; i < looked; i++) {
        zeros += text.charAt(i) == 0 ? 1 : 0;
      }
      return zeros * 2 >= looked - 2;
    }

    /// Reads the `data` of an event, on one line or wrapped.
    private void readBase64(InputStream in, int depth) throws IOException {
      String data =
          new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).replaceAll("\\s+", "");
      byte[] gzip;
      try {
        gzip = Base64.getDecoder().decode(data);
      } catch (IllegalArgumentException _) {
        addBatch(decoder.decode(data, name)); // its error says where
        return;
      }
      if (depth == 0 && isSubscription(gzip)) {
        addBatch(decoder.decode(data, name));
      } else {
        read(new ByteArrayInputStream(gzip), depth + 1);
      }
    }

    private boolean isSubscription(byte[] gzip) throws IOException {
      byte[] inflated;
      try {
        inflated =
            new GzipStream(new ByteArrayInputStream(gzip), name, Long.MAX_VALUE).readNBytes(4096);
      } catch (UndecodableEventException _) {
        return true; // the decoder says what is wrong
      }
      return inflated.length == 0 || inflated[0] != '{' || kindOf(inflated) == JsonKind.EVENTS;
    }

    private void readDocument(InputStream in, byte[] ahead, int depth) throws IOException {
      isJson = true;
      JsonDocumentReader reader =
          new JsonDocumentReader(
              name, decoder, this::addBatch, lines, content -> read(content, depth + 1));
      if (!isOneValueOnALine(ahead)) {
        reader.read(in);
        return;
      }
      readLines(in, reader);
    }

    /// Reads lines. A damaged one loses no other one.
    ///
    /// @param json reads the lines that are JSON, `null` if the lines are records
    private void readLines(InputStream in, @Nullable JsonDocumentReader json) throws IOException {
      LineReader each = new LineReader(in);
      while (each.next()) {
        if (each.isOverlong()) {
          lines.addOverlong();
        } else if (json == null || !json.readLine(each.buffer(), each.start(), each.end())) {
          lines.add(each.buffer(), each.start(), each.end());
        }
      }
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

  /// Returns what the first object is, by its keys. If the JSON is broken, the file is read as
  /// lines, and broken lines are counted.
  private JsonKind kindOf(byte[] ahead) {
    boolean hasField = false;
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), ahead)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        switch (key) {
          case "awslogs", "messageType", "logEvents", "logGroup", "subscriptionFilters" -> {
            return JsonKind.EVENTS;
          }
          case JsonDocumentReader.OCSF_KEY -> {
            return JsonKind.OTHER;
          }
          default -> {
            FlowField field = FlowField.findByKey(key);
            hasField |= field != null && !KEYS_OF_MANY.contains(field);
          }
        }
        parser.nextToken();
        parser.skipChildren();
      }
      return hasField && isOneValueOnALine(ahead) ? JsonKind.RECORDS : JsonKind.OTHER;
    } catch (JacksonException e) {
      return isCut(ahead) && !hasField ? JsonKind.OTHER : JsonKind.RECORDS;
    }
  }

  private static boolean isCut(byte[] ahead) {
    return ahead.length >= LOOK_AHEAD_BYTES - 3; // the byte order mark
  }

  /// Returns whether JSON begins here, as an array or a string does.
  private boolean isJson(byte[] ahead) {
    int start = 0;
    while (start < ahead.length && ahead[start] <= ' ') {
      start++;
    }
    if (start == ahead.length || (ahead[start] != '[' && ahead[start] != '"')) {
      return false;
    }
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), ahead)) {
      while (parser.nextToken() != null) {
        parser.skipChildren();
      }
      return true;
    } catch (JacksonException e) {
      return ahead[start] == '[' && isCut(ahead);
    }
  }

  /// Returns whether the first line is a whole JSON value.
  private boolean isOneValueOnALine(byte[] ahead) {
    int start = 0;
    while (start < ahead.length && ahead[start] <= ' ') {
      start++;
    }
    int end = start;
    while (end < ahead.length && ahead[end] != '\n') {
      end++;
    }
    try (JsonParser parser =
        json.createParser(ObjectReadContext.empty(), ahead, start, end - start)) {
      parser.nextToken();
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (JacksonException _) {
      return end == ahead.length && isCut(ahead);
    }
  }
}
