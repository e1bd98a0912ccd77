package dev.flowbell.input;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Collects one message's log events into the arrays of a [LogBatch].
final class LogBatchBuilder {
  private byte[] bytes = new byte[16 * 1024];
  private int[] ends = new int[128];
  private int size;
  private int length;

  private final MessageDigest ids = newSha256();
  private boolean allHaveIds = true;
  private @Nullable String eventId;
  private int eventStart;

  void beginEvent() {
    eventId = null;
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
    if (eventId == null || eventId.isEmpty()) {
      allHaveIds = false;
    } else {
      ids.update(eventId.getBytes(StandardCharsets.UTF_8));
      ids.update((byte) 0);
    }
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
    }
    ends[size] = length;
    size++;
  }

  /// Returns how much memory the events take, near enough.
  long heldBytes() {
    return length + (long) size * Integer.BYTES;
  }

  LogBatch build(LogBatch.Type type, String owner, String logGroup, String logStream) {
    String id = size > 0 && allHaveIds ? digest(logGroup, logStream) : null;
    return new LogBatch(type, owner, logGroup, logStream, id, bytes, ends, size);
  }

  /// The ids alone would do for what CloudWatch Logs sends. The messages' checksum keeps apart
  /// payloads made by hand, whose ids are often all alike.
  private String digest(String logGroup, String logStream) {
    CRC32C messages = new CRC32C();
    messages.update(bytes, 0, length);
    MessageDigest all = newSha256();
    all.update(logGroup.getBytes(StandardCharsets.UTF_8));
    all.update((byte) 0);
    all.update(logStream.getBytes(StandardCharsets.UTF_8));
    all.update((byte) 0);
    all.update(ids.digest());
    all.update(Long.toHexString(messages.getValue()).getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(all.digest());
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

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
