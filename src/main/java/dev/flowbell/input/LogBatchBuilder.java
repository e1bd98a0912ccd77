package dev.flowbell.input;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Collects the log events of one subscription message into the arrays of a [LogBatch].
final class LogBatchBuilder {
  /// The memory for the start and end of an event, in arrays that can be twice as long as needed.
  private static final long EVENT_BYTES = 4 * Integer.BYTES;

  private byte[] bytes = new byte[16 * 1024];
  private int[] ends = new int[128];
  private int size;
  private int length;

  private final BatchId id = new BatchId();
  private String eventId = "";
  private int eventStart;

  void beginEvent() {
    eventId = "";
    eventStart = length;
  }

  void eventId(String id) {
    eventId = id;
  }

  /// Adds the event's message as UTF-8. It replaces an earlier one: if a JSON key is repeated, its
  /// last value counts.
  void eventMessage(char[] text, int start, int count) {
    length = eventStart;
    ensureBytes(count);
    for (int i = start; i < start + count; i++) {
      char c = text[i];
      if (c >= 0x80) {
        appendUtf8(new String(text, i, start + count - i));
        return;
      }
      bytes[length++] = (byte) c;
    }
  }

  void endEvent() {
    byte[] idBytes = eventId.getBytes(StandardCharsets.UTF_8);
    id.addId(idBytes, 0, idBytes.length);
    id.addMessage(bytes, eventStart, length);
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
    }
    ends[size] = length;
    size++;
  }

  /// Returns about how much memory the events take, in bytes.
  long heldBytes() {
    return heldBytes(length, size);
  }

  static long heldBytes(long messageBytes, int events) {
    return messageBytes + events * EVENT_BYTES;
  }

  LogBatch build(LogBatch.Type type, String owner, String logGroup, String logStream) {
    int[] starts = new int[ends.length];
    System.arraycopy(ends, 0, starts, 1, ends.length - 1);
    return new LogBatch(
        type, owner, logGroup, logStream, id.find(logGroup, logStream), bytes, starts, ends, size);
  }

  private void appendUtf8(String rest) {
    byte[] encoded = rest.getBytes(StandardCharsets.UTF_8);
    ensureBytes(encoded.length);
    System.arraycopy(encoded, 0, bytes, length, encoded.length);
    length += encoded.length;
  }

  private void ensureBytes(int more) {
    if (more > bytes.length - length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }
}
