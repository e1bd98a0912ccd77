package dev.flowbell.record;

import dev.flowbell.ascii.EightBytes;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads JSON records fast, if they are as log transformers write them: flat, in ASCII, without
/// escapes, with strings, whole numbers or `null` as values. Records usually have the same keys in
/// the same order, so each key is compared with that of the last record before it is looked up.
///
/// It leaves every other object to [JsonRecordReader], and so it must never be lenient.
/// `JsonScannerTest` checks that both read the same from every object that this one accepts.
final class JsonScanner {
  private static final int MOST_KEYS = 100;

  /// Fewer digits than any limit of a JSON reader.
  private static final int MOST_DIGITS = 100;

  private static final int NOT_READ = FieldScanner.NOT_READ;
  private static final long QUOTE = EightBytes.each('"');
  private static final long NULL = EightBytes.of("null");

  /// A key with its quotes and colon, and its field, `null` where the key is unknown.
  private static final class Key {
    private final int length;
    private final long[] words;
    private final @Nullable FlowField field;

    Key(byte[] buffer, int start, int end) {
      length = end - start;
      words = new long[(length + Long.BYTES - 1) / Long.BYTES];
      for (int i = 0; i < words.length; i++) {
        words[i] = wordOf(buffer, start, i);
      }
      field =
          FlowField.findByKey(new String(buffer, start + 1, length - 3, StandardCharsets.US_ASCII));
    }

    boolean isAt(byte[] buffer, int start) {
      for (int i = 0; i < words.length; i++) {
        if (words[i] != wordOf(buffer, start, i)) {
          return false;
        }
      }
      return true;
    }

    private long wordOf(byte[] buffer, int start, int index) {
      int offset = index * Long.BYTES;
      return EightBytes.first(
          EightBytes.get(buffer, start + offset), Math.min(Long.BYTES, length - offset));
    }
  }

  private final FieldScanner values;
  // The keys of the last record, in their order, then those of longer records before it.
  private final @Nullable Key[] keys = new Key[MOST_KEYS];
  private final FlowField[] fields = new FlowField[MOST_KEYS];

  JsonScanner(FieldScanner values) {
    this.values = values;
  }

  /// Reads the object `[start, end)` into `target`, replacing its contents. Adds the object's
  /// fields to `fieldsSeen`.
  ///
  /// @return whether the object was read and has at least one field; else `target` is unspecified
  boolean read(byte[] buffer, int start, int end, FlowRecord target, Set<FlowField> fieldsSeen) {
    if (end > buffer.length - FieldScanner.PADDING_BYTES) {
      return false;
    }
    target.clear(buffer);
    int count = 0;
    int position = start + 1;
    for (int i = 0; i < MOST_KEYS; i++) {
      position = skipBlanks(buffer, position, end);
      Key key = findKey(i, buffer, position, end);
      if (key == null) {
        return false;
      }
      position = skipBlanks(buffer, position + key.length, end);
      FlowField field = key.field;
      if (field == null) {
        position = endOfValue(buffer, position, end);
      } else if (target.has(field)) {
        return false;
      } else {
        position = readValue(field, buffer, position, end, target);
        fields[count++] = field;
      }
      if (position == NOT_READ) {
        return false;
      }
      position = skipBlanks(buffer, position, end);
      if (position == end - 1 && buffer[position] == '}' && target.isFlowLogRecord()) {
        addTo(fieldsSeen, count);
        return true;
      }
      if (position >= end || buffer[position] != ',') {
        return false;
      }
      position++;
    }
    return false;
  }

  private void addTo(Set<FlowField> fieldsSeen, int count) {
    for (int i = 0; i < count; i++) {
      fieldsSeen.add(fields[i]);
    }
  }

  // The methods below return the end of what they read, or NOT_READ. They can read past the end of
  // the object, up to the end of the buffer. The caller checks the position.

  private int readValue(FlowField field, byte[] buffer, int start, int end, FlowRecord target) {
    if (buffer[start] == '"') {
      int valueEnd = readText(field, buffer, start + 1, end, target);
      return valueEnd != NOT_READ && buffer[valueEnd] == '"' ? valueEnd + 1 : NOT_READ;
    }
    int valueEnd = endOfValue(buffer, start, end);
    if (valueEnd == NOT_READ) {
      return NOT_READ;
    }
    if (buffer[start] == 'n') {
      target.setAbsent(field);
      return valueEnd;
    }
    // A number.
    return values.read(field, buffer, start, valueEnd, QUOTE, target) == valueEnd
        ? valueEnd
        : NOT_READ;
  }

  private int readText(FlowField field, byte[] buffer, int start, int end, FlowRecord target) {
    boolean isAbsent = buffer[start] == '-' && buffer[start + 1] == '"';
    if (field.kind() != FieldKind.TEXT || isAbsent) {
      return values.read(field, buffer, start, end, QUOTE, target);
    }
    int valueEnd = endOfPlain(buffer, start, end);
    target.setText(field, start, valueEnd);
    return valueEnd;
  }

  private @Nullable Key findKey(int index, byte[] buffer, int start, int end) {
    Key last = keys[index];
    if (last != null && end - start > last.length && last.isAt(buffer, start)) {
      return last;
    }
    int nameEnd = endOfString(buffer, start, end);
    if (nameEnd == NOT_READ || nameEnd >= end || buffer[nameEnd] != ':') {
      return null;
    }
    Key key = new Key(buffer, start, nameEnd + 1);
    keys[index] = key;
    return key;
  }

  private static int endOfValue(byte[] buffer, int start, int end) {
    if (buffer[start] == 'n') {
      return EightBytes.first(EightBytes.get(buffer, start), 4) == NULL ? start + 4 : NOT_READ;
    }
    return buffer[start] == '"' ? endOfString(buffer, start, end) : endOfNumber(buffer, start, end);
  }

  /// Returns the end of a string, after its closing quote.
  private static int endOfString(byte[] buffer, int start, int end) {
    if (buffer[start] != '"') {
      return NOT_READ;
    }
    int position = endOfPlain(buffer, start + 1, end);
    return buffer[position] == '"' ? position + 1 : NOT_READ;
  }

  private static int endOfPlain(byte[] buffer, int start, int end) {
    for (int position = start; position < end; position += Long.BYTES) {
      long found = EightBytes.findNotPlain(EightBytes.get(buffer, position));
      if (found != 0) {
        return Math.min(position + EightBytes.countBefore(found), end);
      }
    }
    return end;
  }

  private static int endOfNumber(byte[] buffer, int start, int end) {
    int position = start;
    while (position < end && buffer[position] >= '0' && buffer[position] <= '9') {
      position++;
    }
    int digits = position - start;
    boolean hasLeadingZero = digits > 1 && buffer[start] == '0';
    return digits == 0 || digits > MOST_DIGITS || hasLeadingZero ? NOT_READ : position;
  }

  private static int skipBlanks(byte[] buffer, int start, int end) {
    return buffer[start] > ' ' ? start : Slices.trimmedStart(buffer, start, end);
  }
}
