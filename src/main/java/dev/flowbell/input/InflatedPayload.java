package dev.flowbell.input;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// A payload's JSON, inflated into a buffer that the next payload reuses.
///
/// It reads payloads as CloudWatch Logs writes them: base64 on one line, one gzip member without
/// optional header fields, the right checksum and length. Any other payload is left to
/// [GzipStream], which reads all of gzip and finds the error. Base64 is decoded in pieces, so
/// neither the text nor the compressed bytes are copied as a whole.
final class InflatedPayload {
  /// How many zero bytes follow the JSON at least. They let a reader process eight bytes at a time
  /// up to its end.
  static final int PADDING_BYTES = 16;

  /// A multiple of four, so that each piece can be decoded alone.
  private static final int PIECE_CHARACTERS = 32 * 1024;

  private static final int FIRST_BUFFER_BYTES = 64 * 1024;

  /// The largest JSON. A Lambda event of 1 MB inflates to about 6 MB of flow logs. A larger payload
  /// is read as a stream, which only stores its messages.
  private static final int MOST_BYTES = 16 << 20;

  /// The largest buffer that is kept for the next payload. It has room for what a Lambda event of 1
  /// MB inflates to.
  private static final int MOST_BYTES_KEPT = 8 << 20;

  /// The beginning of a gzip member without optional fields: magic, deflate, no flags. Then come
  /// time, extra flags and operating system, which are ignored.
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0};

  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;

  private final int mostBytes;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final CharsetEncoder latin1 = StandardCharsets.ISO_8859_1.newEncoder();
  private final CharBuffer characters = CharBuffer.allocate(PIECE_CHARACTERS);
  private final byte[] piece = new byte[PIECE_CHARACTERS];
  private final byte[] compressed = new byte[PIECE_CHARACTERS / 4 * 3];
  private final ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
  private byte[] bytes = new byte[FIRST_BUFFER_BYTES];
  private int length;

  /// Creates an empty payload.
  ///
  /// @param maxInflatedBytes the most bytes that a payload can inflate to
  InflatedPayload(long maxInflatedBytes) {
    mostBytes = (int) Math.min(maxInflatedBytes, MOST_BYTES);
  }

  /// Returns the buffer, which begins with the JSON.
  byte[] bytes() {
    return bytes;
  }

  /// Returns the length of the JSON, in bytes.
  int length() {
    return length;
  }

  /// Replaces the buffer with a small one.
  void clear() {
    bytes = new byte[FIRST_BUFFER_BYTES];
    length = 0;
  }

  /// Reads a payload, replacing the one before.
  ///
  /// @return whether it is as CloudWatch Logs writes it, and was read to its end; else the contents
  ///   are unspecified
  boolean read(String data) {
    if (bytes.length > MOST_BYTES_KEPT) {
      clear();
    }
    inflater.reset();
    checksum.reset();
    trailer.clear();
    length = 0;
    for (int start = 0; start < data.length(); start += PIECE_CHARACTERS) {
      int end = Math.min(data.length(), start + PIECE_CHARACTERS);
      int count = decodeBase64(data, start, end);
      boolean isCut = end < data.length() && count < compressed.length; // by padding
      boolean isHeaded = start > 0 || isHeader(count);
      if (count < 0 || isCut || !isHeaded || !inflate(start == 0 ? HEADER_BYTES : 0, count)) {
        return false;
      }
    }
    if (!inflater.finished() || trailer.hasRemaining() || !isTrailer()) {
      return false;
    }
    Arrays.fill(bytes, length, length + PADDING_BYTES, (byte) 0);
    return true;
  }

  /// Decodes `[start, end)` into `compressed`.
  ///
  /// @return the number of bytes, or -1 where it is not base64
  private int decodeBase64(String data, int start, int end) {
    // The JDK's decoder reads whole arrays, so the last piece, which is shorter, has its own.
    byte[] text = end - start == PIECE_CHARACTERS ? piece : new byte[end - start];
    data.getChars(start, end, characters.array(), 0);
    characters.clear().limit(end - start);
    if (latin1.reset().encode(characters, ByteBuffer.wrap(text), true).isError()) {
      return -1;
    }
    try {
      return Base64.getDecoder().decode(text, compressed);
    } catch (IllegalArgumentException e) {
      return -1; // SubscriptionDecoder reads it again and finds the error
    }
  }

  private boolean isHeader(int count) {
    return count >= HEADER_BYTES
        && Arrays.equals(compressed, 0, HEADER.length, HEADER, 0, HEADER.length);
  }

  /// Inflates `[start, end)` of `compressed`, and appends the result.
  private boolean inflate(int start, int end) {
    int position = start;
    if (!inflater.finished()) {
      inflater.setInput(compressed, start, end - start);
      while (!inflater.finished() && !inflater.needsInput()) {
        if (!inflateMore()) {
          return false;
        }
      }
      position = end - inflater.getRemaining();
    }
    if (end - position > trailer.remaining()) {
      return false; // another member, or padding
    }
    trailer.put(compressed, position, end - position);
    return true;
  }

  private boolean inflateMore() {
    if (length == mostBytes) {
      return false;
    }
    if (length + PADDING_BYTES == bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(2 * bytes.length, mostBytes + PADDING_BYTES));
    }
    int count;
    try {
      count = inflater.inflate(bytes, length, bytes.length - PADDING_BYTES - length);
    } catch (DataFormatException e) {
      return false;
    }
    checksum.update(bytes, length, count);
    length += count;
    return length <= mostBytes && !inflater.needsDictionary();
  }

  private boolean isTrailer() {
    trailer.flip();
    // Numbers in gzip are little-endian.
    return Integer.reverseBytes(trailer.getInt()) == (int) checksum.getValue()
        && Integer.reverseBytes(trailer.getInt()) == length;
  }
}
