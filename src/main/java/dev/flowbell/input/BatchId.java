package dev.flowbell.input;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Computes the id of a batch, event by event. It is the same each time that the same log events
/// arrive.
///
/// The id is a digest of the log group, the log stream, the ids of the first and the last event,
/// the number of events, and a checksum of all messages and their lengths. The first event's id
/// would be enough for CloudWatch Logs, whose event ids are unique. The checksum distinguishes
/// payloads made by hand, whose events often all have the same id.
final class BatchId {
  private static final byte[] NO_BYTES = {};

  private final MessageDigest sha256 = newSha256();
  private final CRC32C messages = new CRC32C();
  private byte[] first = NO_BYTES;
  private byte[] lastBuffer = NO_BYTES;
  private int lastStart;
  private int lastEnd;
  private int count;
  private boolean allHaveIds = true;
  // A hash of the messages' lengths, because the checksum does not depend on where a message ends.
  private long lengths;

  /// Clears the id for the next batch, and gives up the buffer.
  void reset() {
    messages.reset();
    first = NO_BYTES;
    lastBuffer = NO_BYTES;
    count = 0;
    allHaveIds = true;
    lengths = 0;
  }

  /// Adds an event's id, `[start, end)`. The buffer must not change before [#find] is called.
  void addId(byte[] buffer, int start, int end) {
    if (start == end) {
      allHaveIds = false;
      return;
    }
    if (count == 0) {
      first = Arrays.copyOfRange(buffer, start, end);
    }
    lastBuffer = buffer;
    lastStart = start;
    lastEnd = end;
    count++;
  }

  /// Adds an event's message, `[start, end)`.
  void addMessage(byte[] buffer, int start, int end) {
    messages.update(buffer, start, end - start);
    lengths = 31 * lengths + end - start;
  }

  /// Returns 64 hex digits, or `null` where an event has no id, or there are no events.
  @Nullable String find(String logGroup, String logStream) {
    if (count == 0 || !allHaveIds) {
      return null;
    }
    addText(logGroup.getBytes(StandardCharsets.UTF_8));
    addText(logStream.getBytes(StandardCharsets.UTF_8));
    addText(first);
    sha256.update(lastBuffer, lastStart, lastEnd - lastStart);
    sha256.update(
        ByteBuffer.allocate(3 * Long.BYTES)
            .putLong(count)
            .putLong(lengths)
            .putLong(messages.getValue())
            .flip());
    return HexFormat.of().formatHex(sha256.digest());
  }

  private void addText(byte[] text) {
    sha256.update(text);
    sha256.update((byte) 0);
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
