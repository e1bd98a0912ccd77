package dev.flowbell.input;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Collects one message's log events into the arrays of a [LogBatch], one message behind another.
final class LogBatchBuilder {
  /// Where an event starts and ends, in arrays that are up to twice as long as need be.
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

  /// Takes the message as UTF-8. A key that stands twice counts as JSON readers have it: the last
  /// one holds.
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

  /// Returns how much memory the events take, near enough.
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
