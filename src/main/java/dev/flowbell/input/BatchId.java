package dev.flowbell.input;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What a batch is known by when it comes again, made out event by event.
///
/// A digest of log group, log stream, the first event's id, the last one's, their number, and a
/// checksum of all messages with their lengths. The first id alone would do for what CloudWatch
/// Logs sends, where no two events share one. The checksum keeps apart payloads made by hand, whose
/// ids are often all alike.
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
  // Mixes those of the messages, since a checksum doesn't see where one ends.
  private long lengths;

  /// Forgets the events of the batch before.
  void reset() {
    messages.reset();
    first = NO_BYTES;
    lastBuffer = NO_BYTES;
    count = 0;
    allHaveIds = true;
    lengths = 0;
  }

  /// Takes note of an event's id, `[start, end)`. The buffer must stay as it is until [#find].
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

  /// Takes note of an event's message, `[start, end)`.
  void addMessage(byte[] buffer, int start, int end) {
    messages.update(buffer, start, end - start);
    lengths = 31 * lengths + end - start;
  }

  /// Returns 64 hex digits, or `null` where an event has no id or there are none.
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
