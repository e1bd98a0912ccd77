package dev.flowbell.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads records that are JSON objects as log transformers write them, fast: flat, ASCII, without
/// escapes, each value a string, a whole number or `null`, and the same keys in the same order from
/// one record to the next, so that a key is looked up once and then compared.
///
/// What is otherwise, or wrong, it leaves to [JsonRecordReader]. So this must never be lenient;
/// `JsonScannerTest` holds that what it accepts means the same to both.
final class JsonScanner {
  private static final int MOST_KEYS = 100;

  /// Fewer than any JSON reader takes offence at.
  private static final int MOST_DIGITS = 100;

  private static final int NOT_READ = -1;

  /// A key as it stands in records, quotes and colon included, and the field it names.
  private static final class Key {
    private final byte[] text;
    private final @Nullable FlowField field;

    Key(byte[] text, @Nullable FlowField field) {
      this.text = text;
      this.field = field;
    }
  }

  private final RecordParser fieldReader;
  // The keys of the last record, in their order; what is behind them is of records before.
  private final @Nullable Key[] keys = new Key[MOST_KEYS];
  private final FlowField[] fields = new FlowField[MOST_KEYS];

  JsonScanner(RecordParser fieldReader) {
    this.fieldReader = fieldReader;
  }

  /// Reads the object `[start, end)`, replacing the contents of `target`, and adds the fields it
  /// has to `fieldsSeen`.
  ///
  /// @return whether it is an object with a field at least, all of them right; else `target` is
  ///   unspecified
  boolean read(byte[] buffer, int start, int end, FlowRecord target, Set<FlowField> fieldsSeen) {
    target.clear(buffer);
    int count = 0;
    int position = start + 1;
    for (int i = 0; i < MOST_KEYS; i++) {
      position = skipBlanks(buffer, position, end);
      Key key = findKey(i, buffer, position, end);
      if (key == null) {
        return false;
      }
      int valueStart = skipBlanks(buffer, position + key.text.length, end);
      int valueEnd = endOfValue(buffer, valueStart, end);
      if (valueEnd == NOT_READ) {
        return false;
      }
      FlowField field = key.field;
      if (field != null) {
        if (target.has(field) || !readField(field, buffer, valueStart, valueEnd, target)) {
          return false;
        }
        fields[count++] = field;
      }
      position = skipBlanks(buffer, valueEnd, end);
      if (position == end - 1 && buffer[position] == '}' && count > 0) {
        addTo(fieldsSeen, count);
        return true;
      }
      if (position == end || buffer[position] != ',') {
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

  private boolean readField(FlowField field, byte[] buffer, int start, int end, FlowRecord target) {
    if (buffer[start] == 'n') {
      target.setAbsent(field);
      return true;
    }
    int quotes = buffer[start] == '"' ? 1 : 0;
    return fieldReader.readField(field, start + quotes, end - quotes, buffer, target) == null;
  }

  private @Nullable Key findKey(int index, byte[] buffer, int start, int end) {
    Key last = keys[index];
    if (last != null
        && end - start > last.text.length
        && Arrays.equals(buffer, start, start + last.text.length, last.text, 0, last.text.length)) {
      return last;
    }
    int nameEnd = endOfString(buffer, start, end);
    if (nameEnd == NOT_READ || nameEnd == end || buffer[nameEnd] != ':') {
      return null;
    }
    String name = new String(buffer, start + 1, nameEnd - start - 2, StandardCharsets.US_ASCII);
    Key key = new Key(Arrays.copyOfRange(buffer, start, nameEnd + 1), FlowField.findByKey(name));
    keys[index] = key;
    return key;
  }

  private static int endOfValue(byte[] buffer, int start, int end) {
    if (start == end) {
      return NOT_READ;
    }
    if (buffer[start] == 'n') {
      boolean isNull = end - start > 4 && Slices.equals("null", buffer, start, start + 4);
      return isNull ? start + 4 : NOT_READ;
    }
    return buffer[start] == '"' ? endOfString(buffer, start, end) : endOfNumber(buffer, start, end);
  }

  /// Returns where a string ends, behind its quote.
  private static int endOfString(byte[] buffer, int start, int end) {
    if (start == end || buffer[start] != '"') {
      return NOT_READ;
    }
    int position = start + 1;
    // A byte that is no ASCII is negative.
    while (position < end && buffer[position] >= ' ' && buffer[position] != '"') {
      if (buffer[position] == '\\') {
        return NOT_READ;
      }
      position++;
    }
    return position < end && buffer[position] == '"' ? position + 1 : NOT_READ;
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
    return Slices.trimmedStart(buffer, start, end);
  }
}
