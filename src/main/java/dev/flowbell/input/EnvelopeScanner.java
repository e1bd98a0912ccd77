package dev.flowbell.input;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finds the log events in a subscription message, where its messages stay where they are.
///
/// Reads JSON as CloudWatch Logs writes it: ASCII, whole numbers, no escapes in keys. Keys may
/// stand in any order, unknown ones are passed over. At the first thing that is otherwise, or
/// wrong, it gives up, and the message is left to Jackson, which reads all of JSON and names
/// errors. So this must never be lenient, and may be as strict as it likes: `EnvelopeScannerTest`
/// holds that what it accepts means the same to both.
///
/// A message with escapes is unescaped where it lies, for it never grows: `\"` becomes `"`.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259, JSON</a>
final class EnvelopeScanner {
  /// Nested deeper than this is nothing that CloudWatch Logs sends.
  private static final int MOST_DEPTH = 16;

  /// Four times what a payload holds that Lambda can carry; the arrays for these are kept.
  private static final int MOST_EVENTS = 100_000;

  private static final int MOST_KEY_BYTES = 256;

  /// Fewer digits than any JSON reader takes offence at.
  private static final int MOST_DIGITS = 18;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  // What stands around the values of an event, see [#takeUsualBeginning].
  private static final long ID = word("\"id\":\"");
  private static final long TIMESTAMP = word("\",\"times");
  private static final long TIMESTAMP_END = word("tamp\":");
  private static final long MESSAGE = word(",\"messag");
  private static final long MESSAGE_END = word("e\":");

  private final long maxInflatedBytes;
  private final BatchId id = new BatchId();
  private byte[] json = {};
  private int position;
  // The last string read, without its quotes.
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

  /// @param maxInflatedBytes how much memory the events of a payload may take
  EnvelopeScanner(long maxInflatedBytes) {
    this.maxInflatedBytes = maxInflatedBytes;
  }

  /// Reads a subscription message.
  ///
  /// @param buffer the JSON, which is changed where messages have escapes, and zero bytes behind
  ///   it, [InflatedPayload#PADDING_BYTES] of them: neither blank nor allowed anywhere, the first
  ///   ends whatever is being read
  /// @param length of the JSON
  /// @return a batch that holds until the next call, or `null` where Jackson has to have a look
  @Nullable LogBatch find(byte[] buffer, int length) {
    json = buffer;
    position = 0;
    type = null;
    owner = "";
    logGroup = "";
    logStream = "";
    hasEvents = false;
    size = 0;
    messageBytes = 0;
    id.reset();
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

  // Each method below returns whether what it is to read stands at `position`, and then stands
  // behind it; else nothing is known, and all of them return false.

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
      if (!readTextOrOther()) {
        return false;
      }
      owner = text();
      return true;
    }
    if (isText("logGroup")) {
      if (!readTextOrOther()) {
        return false;
      }
      logGroup = text();
      return true;
    }
    if (isText("logStream")) {
      if (!readTextOrOther()) {
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

  /// Reads the rest of an event: its members, in any order, and its end.
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

  /// Takes `"id":"…","timestamp":…,"message":` before a string, which is how CloudWatch Logs begins
  /// an event, by comparing eight bytes at a time. Where something else stands, `position` stays at
  /// the first member.
  private boolean takeUsualBeginning() {
    int first = position;
    if (!takeWord(ID, 6)) {
      return false;
    }
    int start = position;
    int end = endOfPlain(start);
    position = end;
    if (takeWord(TIMESTAMP, 8)
        && takeWord(TIMESTAMP_END, 6)
        && skipDigits()
        && takeWord(MESSAGE, 8)
        && takeWord(MESSAGE_END, 3)
        && isNext('"')) {
      eventIdStart = start;
      eventIdEnd = end;
      return true;
    }
    position = first;
    return false;
  }

  private boolean addEvent() {
    if (size == MOST_EVENTS) {
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

  /// Reads a string; of any other value, what remains is an empty one.
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

  private boolean readText() {
    if (!take('"')) {
      return false;
    }
    textStart = position;
    position = endOfPlain(position);
    if (json[position] == '\\') {
      return unescape();
    }
    textEnd = position++;
    return json[textEnd] == '"';
  }

  /// Reads the rest of a string from its first escape on, moving it together.
  private boolean unescape() {
    int target = position;
    while (json[position] == '\\') {
      byte escaped = json[position + 1];
      position += 2;
      switch (escaped) {
        case '"', '\\', '/' -> json[target++] = escaped;
        case 'b' -> json[target++] = '\b';
        case 'f' -> json[target++] = '\f';
        case 'n' -> json[target++] = '\n';
        case 'r' -> json[target++] = '\r';
        case 't' -> json[target++] = '\t';
        default -> {
          return false; // \u00e9 for one: rare, and a world of its own
        }
      }
      int end = endOfPlain(position);
      System.arraycopy(json, position, json, target, end - position);
      target += end - position;
      position = end;
    }
    textEnd = target;
    return json[position++] == '"';
  }

  /// Returns where the first byte is that is not plain: a quote, a backslash, a control character,
  /// or no ASCII. The padding has one.
  private int endOfPlain(int start) {
    int at = start;
    while (true) {
      long found = notPlain((long) LONG.get(json, at));
      if (found != 0) {
        return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
      }
      at += Long.BYTES;
    }
  }

  /// Looks at eight characters at once. The lowest bit set is the highest bit of the first one, in
  /// little-endian order, that isn't plain; 0 where all are.
  ///
  /// For a byte b without its highest bit, `b - n` borrows, and so gets it, just where b < n: that
  /// finds control characters (n = 0x20), and with b ^ c in place of b and n = 1 the character c. A
  /// borrow may make the next byte up look like a find; it never hides one, and only the lowest is
  /// asked for.
  ///
  /// @see <a href="https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord">Bit
  ///   Twiddling Hacks, a byte less than n</a>
  static long notPlain(long word) {
    long ones = 0x0101_0101_0101_0101L;
    long quotes = (word ^ ('"' * ones)) - ones;
    long backslashes = (word ^ ('\\' * ones)) - ones;
    long controls = word - 0x20 * ones;
    return (quotes | backslashes | controls | word) & 0x8080_8080_8080_8080L;
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
      default -> skipDigits();
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

  /// What may follow a value is seen to by whoever comes next: `truex` is no JSON either way.
  private boolean skipWord(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (json[position] != word.charAt(i)) {
        return false;
      }
      position++;
    }
    return true;
  }

  private boolean skipDigits() {
    int start = position;
    while (json[position] >= '0' && json[position] <= '9') {
      position++;
    }
    int digits = position - start;
    boolean hasLeadingZero = digits > 1 && json[start] == '0';
    return digits > 0 && digits <= MOST_DIGITS && !hasLeadingZero;
  }

  /// Takes an ASCII word of `count` bytes, where it stands right here.
  private boolean takeWord(long word, int count) {
    long bytes = (long) LONG.get(json, position) & (-1L >>> ((Long.BYTES - count) * Byte.SIZE));
    if (bytes != word) {
      return false;
    }
    position += count;
    return true;
  }

  private static long word(String ascii) {
    long word = 0;
    for (int i = 0; i < ascii.length(); i++) {
      word |= (long) ascii.charAt(i) << (i * Byte.SIZE);
    }
    return word;
  }

  private boolean take(char c) {
    if (!isNext(c)) {
      return false;
    }
    position++;
    return true;
  }

  private boolean isNext(char c) {
    skipBlanks();
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
