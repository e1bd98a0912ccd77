package dev.flowbell.input;

import dev.flowbell.ascii.EightBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finds the log events in a subscription message fast, without copying their messages.
///
/// It reads JSON as CloudWatch Logs writes it: ASCII, whole numbers, no escapes in keys. Keys can
/// have any order, and unknown keys are skipped. It leaves every other message, and every wrong
/// one, to Jackson, which reads all of JSON and finds the error. So it must never be lenient, but
/// can be stricter. `EnvelopeScannerTest` checks that both read the same from every message that
/// this one accepts.
///
/// Escapes are replaced within the buffer, because a text never becomes longer: `\"` becomes `"`.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259, JSON</a>
final class EnvelopeScanner {
  /// The deepest nesting of skipped values. CloudWatch Logs sends nothing that is nested as deep.
  private static final int MOST_DEPTH = 16;

  /// The most events, four times as many as fit into a Lambda event. It bounds the arrays, which
  /// are reused.
  private static final int MOST_EVENTS = 100_000;

  private static final int MOST_KEY_BYTES = 256;

  /// Fewer digits than any limit of a JSON reader.
  private static final int MOST_DIGITS = 18;

  private static final int NONE = -1;

  private static final byte[] NO_BYTES = {};

  // The texts around the values of an event, see [#takeUsualBeginning].
  private static final long ID = EightBytes.of("\"id\":\"");
  private static final long TIMESTAMP = EightBytes.of("\",\"times");
  private static final long TIMESTAMP_END = EightBytes.of("tamp\":");
  private static final long MESSAGE = EightBytes.of(",\"messag");
  private static final long MESSAGE_END = EightBytes.of("e\":\"");

  private final long maxInflatedBytes;
  private final BatchId id = new BatchId();
  private byte[] json = NO_BYTES;
  private int position;
  // The last string that was read, without its quotes.
  private int textStart;
  private int textEnd;

  private int eventIdStart;
  private int eventIdEnd;
  private int messageStart;
  private int messageEnd;

  private LogBatch.@Nullable Type type;
  private String owner = "";
  private String logGroup = "";
  private String logStream = "";
  private boolean hasEvents;
  private int[] starts = new int[128];
  private int[] ends = new int[128];
  private int size;
  private long messageBytes;

  /// Creates a scanner.
  ///
  /// @param maxInflatedBytes the most memory that the events of a payload can take
  EnvelopeScanner(long maxInflatedBytes) {
    this.maxInflatedBytes = maxInflatedBytes;
  }

  /// Reads a subscription message.
  ///
  /// @param buffer the JSON, followed by [InflatedPayload#PADDING_BYTES] zero bytes. JSON allows
  ///   zero bytes nowhere, so the first one ends every search. Escapes in messages are replaced
  /// @param length the length of the JSON
  /// @return a batch that is valid until the next call, or `null` where Jackson has to read it
  @Nullable LogBatch find(byte[] buffer, int length) {
    try {
      return read(buffer, length);
    } finally {
      // Otherwise the buffer would be in memory while Jackson reads the message again.
      json = NO_BYTES;
      id.reset();
    }
  }

  private @Nullable LogBatch read(byte[] buffer, int length) {
    json = buffer;
    position = 0;
    type = null;
    owner = "";
    logGroup = "";
    logStream = "";
    hasEvents = false;
    size = 0;
    messageBytes = 0;
    if (!readMembers() || type == null || (type == LogBatch.Type.DATA_MESSAGE && !hasEvents)) {
      return null;
    }
    skipBlanks();
    return position == length
        ? new LogBatch(
            type,
            owner,
            logGroup,
            logStream,
            id.find(logGroup, logStream),
            json,
            starts,
            ends,
            size)
        : null;
  }

  // Each method below reads something at `position`, and returns whether it is there. If so,
  // `position` is after it. If not, `position` is unspecified, and the whole message is left to
  // Jackson.

  private boolean readMembers() {
    if (!take('{')) {
      return false;
    }
    do {
      if (!readKey() || !readMember()) {
        return false;
      }
    } while (take(','));
    return take('}');
  }

  private boolean readMember() {
    if (isText("logEvents")) {
      return !hasEvents && readEvents();
    }
    if (isText("messageType")) {
      return readType();
    }
    if (isText("owner")) {
      if (!readName()) {
        return false;
      }
      owner = text();
      return true;
    }
    if (isText("logGroup")) {
      if (!readName()) {
        return false;
      }
      logGroup = text();
      return true;
    }
    if (isText("logStream")) {
      if (!readName()) {
        return false;
      }
      logStream = text();
      return true;
    }
    return skipValue(0);
  }

  private boolean readType() {
    if (!readText()) {
      return false;
    }
    if (isText("DATA_MESSAGE")) {
      type = LogBatch.Type.DATA_MESSAGE;
      return true;
    }
    type = LogBatch.Type.CONTROL_MESSAGE;
    return isText("CONTROL_MESSAGE");
  }

  private boolean readEvents() {
    hasEvents = true;
    if (!take('[')) {
      return false;
    }
    if (take(']')) {
      return true;
    }
    do {
      if (!readEvent()) {
        return false;
      }
    } while (take(','));
    return take(']');
  }

  private boolean readEvent() {
    if (!take('{')) {
      return false;
    }
    eventIdStart = position;
    eventIdEnd = position;
    messageStart = position;
    messageEnd = position;
    if (takeUsualBeginning()) {
      if (!readMessage()) {
        return false;
      }
      return take('}') ? addEvent() : take(',') && readEventMembers();
    }
    return take('}') ? addEvent() : readEventMembers();
  }

  private boolean readMessage() {
    boolean isRead = readText();
    messageStart = textStart;
    messageEnd = textEnd;
    return isRead;
  }

  /// Reads the rest of an event: its members, in any order, and the closing brace.
  private boolean readEventMembers() {
    do {
      if (!readKey()) {
        return false;
      }
      if (isText("id")) {
        if (!readTextOrOther()) {
          return false;
        }
        eventIdStart = textStart;
        eventIdEnd = textEnd;
      } else if (isText("message") && isNext('"')) {
        if (!readMessage()) {
          return false;
        }
      } else if (!skipValue(0)) {
        return false;
      }
    } while (take(','));
    return take('}') && addEvent();
  }

  /// Reads `"id":"…","timestamp":…,"message":` before a string, eight bytes at a time: CloudWatch
  /// Logs begins every event like this. `position` does not change if the event begins otherwise.
  private boolean takeUsualBeginning() {
    byte[] bytes = json;
    int idStart = position + 6;
    if (!isAt(bytes, position, ID, 6)) {
      return false;
    }
    int idEnd = endOfPlain(bytes, idStart);
    int digits = idEnd + 14;
    if (!isAt(bytes, idEnd, TIMESTAMP, 8) || !isAt(bytes, idEnd + 8, TIMESTAMP_END, 6)) {
      return false;
    }
    int end = endOfNumber(bytes, digits);
    if (end == NONE || !isAt(bytes, end, MESSAGE, 8) || !isAt(bytes, end + 8, MESSAGE_END, 4)) {
      return false;
    }
    eventIdStart = idStart;
    eventIdEnd = idEnd;
    position = end + 11; // at the message's quote
    return true;
  }

  /// Returns whether an ASCII word of `length` bytes is at a position.
  private static boolean isAt(byte[] bytes, int position, long word, int length) {
    return EightBytes.first(EightBytes.get(bytes, position), length) == word;
  }

  private boolean addEvent() {
    if (size == MOST_EVENTS || eventIdEnd - eventIdStart > SubscriptionDecoder.MOST_ID_CHARACTERS) {
      return false;
    }
    id.addId(json, eventIdStart, eventIdEnd);
    id.addMessage(json, messageStart, messageEnd);
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
    }
    starts[size] = messageStart;
    ends[size] = messageEnd;
    size++;
    messageBytes += messageEnd - messageStart;
    return LogBatchBuilder.heldBytes(messageBytes, size) <= maxInflatedBytes;
  }

  // JSON.

  /// Reads a key and its colon.
  private boolean readKey() {
    return readText() && textEnd - textStart <= MOST_KEY_BYTES && take(':');
  }

  /// Reads a string. Any other value is skipped, and counts as an empty string.
  private boolean readTextOrOther() {
    if (isNext('"')) {
      return readText();
    }
    int emptyAt = position;
    boolean isRead = skipValue(0);
    textStart = emptyAt;
    textEnd = emptyAt;
    return isRead;
  }

  /// Reads a name of AWS. A longer one is left to Jackson, which refuses it.
  private boolean readName() {
    return readTextOrOther() && textEnd - textStart <= SubscriptionDecoder.MOST_ID_CHARACTERS;
  }

  private boolean readText() {
    if (!take('"')) {
      return false;
    }
    byte[] bytes = json;
    int start = position;
    int end = endOfPlain(bytes, start);
    if (bytes[end] == '\\') {
      return unescape(start, end);
    }
    textStart = start;
    textEnd = end;
    position = end + 1;
    return bytes[end] == '"';
  }

  /// Reads the rest of a string from its first escape on. The text after an escape moves forward.
  private boolean unescape(int start, int firstEscape) {
    byte[] bytes = json;
    int from = firstEscape;
    int to = firstEscape;
    while (bytes[from] == '\\') {
      byte meant = toMeaning(bytes[from + 1]);
      if (meant == 0) {
        return false;
      }
      bytes[to++] = meant;
      from += 2;
      long word = EightBytes.get(bytes, from);
      long found = EightBytes.findNotPlain(word);
      while (found == 0) {
        EightBytes.put(bytes, to, word, Long.BYTES);
        from += Long.BYTES;
        to += Long.BYTES;
        word = EightBytes.get(bytes, from);
        found = EightBytes.findNotPlain(word);
      }
      int count = EightBytes.countBefore(found);
      EightBytes.put(bytes, to, word, count);
      from += count;
      to += count;
    }
    textStart = start;
    textEnd = to;
    position = from + 1;
    return bytes[from] == '"';
  }

  /// Returns the character of an escape, or 0 for an escape such as `\u00e9`, which is rare and
  /// left to Jackson.
  private static byte toMeaning(byte escaped) {
    return switch (escaped) {
      case '"', '\\', '/' -> escaped;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> 0;
    };
  }

  /// Returns the position of the first byte that is not plain: a quote, a backslash, a control
  /// character, or not ASCII. There is always one, because the padding is zeros.
  private static int endOfPlain(byte[] bytes, int start) {
    int position = start;
    while (true) {
      long found = EightBytes.findNotPlain(EightBytes.get(bytes, position));
      if (found != 0) {
        return position + EightBytes.countBefore(found);
      }
      position += Long.BYTES; // does not depend on the result, so the CPU can read ahead
    }
  }

  private boolean skipValue(int depth) {
    skipBlanks();
    return switch (json[position]) {
      case '"' -> readText();
      case '{' -> depth < MOST_DEPTH && skipObject(depth + 1);
      case '[' -> depth < MOST_DEPTH && skipArray(depth + 1);
      case 't' -> skipWord("true");
      case 'f' -> skipWord("false");
      case 'n' -> skipWord("null");
      default -> skipNumber();
    };
  }

  private boolean skipObject(int depth) {
    position++;
    if (take('}')) {
      return true;
    }
    do {
      if (!readKey() || !skipValue(depth)) {
        return false;
      }
    } while (take(','));
    return take('}');
  }

  private boolean skipArray(int depth) {
    position++;
    if (take(']')) {
      return true;
    }
    do {
      if (!skipValue(depth)) {
        return false;
      }
    } while (take(','));
    return take(']');
  }

  /// Skips `true`, `false` or `null`. The next method checks what follows: it refuses `truex`.
  private boolean skipWord(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (json[position] != word.charAt(i)) {
        return false;
      }
      position++;
    }
    return true;
  }

  private boolean skipNumber() {
    int end = endOfNumber(json, position);
    position = Math.max(position, end);
    return end != NONE;
  }

  /// Returns the end of a whole number, or [#NONE].
  private static int endOfNumber(byte[] bytes, int start) {
    int position = start;
    int count = EightBytes.countDigits(EightBytes.get(bytes, position));
    while (count == Long.BYTES) {
      position += Long.BYTES;
      count = EightBytes.countDigits(EightBytes.get(bytes, position));
    }
    position += count;
    int digits = position - start;
    boolean hasLeadingZero = digits > 1 && bytes[start] == '0';
    return digits == 0 || digits > MOST_DIGITS || hasLeadingZero ? NONE : position;
  }

  private boolean take(char c) {
    if (!isNext(c)) {
      return false;
    }
    position++;
    return true;
  }

  private boolean isNext(char c) {
    if (json[position] != c) {
      skipBlanks();
    }
    return json[position] == c;
  }

  private void skipBlanks() {
    while (isBlank(json[position])) {
      position++;
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private boolean isText(String word) {
    if (textEnd - textStart != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (json[textStart + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String text() {
    return new String(json, textStart, textEnd - textStart, StandardCharsets.US_ASCII);
  }
}
