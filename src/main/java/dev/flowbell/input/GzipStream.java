package dev.flowbell.input;

import dev.flowbell.input.UndecodableEventException.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The inflated bytes of a gzip file, up to a bound.
///
/// Unlike `java.util.zip.GZIPInputStream`, it says at which offset the input is cut or damaged, and
/// stops at a bound. It reads several members in a row, as `cat a.gz b.gz` writes them, and checks
/// the checksum and length of each.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952, GZIP file format</a>
public final class GzipStream extends InputStream {
  private static final int MAGIC_FIRST = 0x1f;
  private static final int MAGIC_SECOND = 0x8b;
  private static final int METHOD_DEFLATE = 8;
  private static final int FLAG_HEADER_CHECKSUM = 0x02;
  private static final int FLAG_EXTRA = 0x04;
  private static final int FLAG_NAME = 0x08;
  private static final int FLAG_COMMENT = 0x10;
  private static final int FLAGS_RESERVED = 0xe0;

  private final InputStream source;
  private final String where;
  private final long maxInflatedBytes;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final byte[] compressed = new byte[8192];
  private int position;
  private int limit;
  private long bytesRead;
  private long inflatedBytes;
  private long memberInflatedBytes;
  private boolean inMember;
  private boolean ended;

  /// Creates a stream.
  ///
  /// @param where the name of the input in errors, such as `awslogs.data` or a file
  /// @param maxInflatedBytes the most inflated bytes; one more is an error
  public GzipStream(InputStream source, String where, long maxInflatedBytes) {
    this.source = source;
    this.where = where;
    this.maxInflatedBytes = maxInflatedBytes;
  }

  /// Returns whether these two bytes begin a gzip file.
  public static boolean isMagic(int first, int second) {
    return first == MAGIC_FIRST && second == MAGIC_SECOND;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /// Reads inflated bytes.
  ///
  /// @throws UndecodableEventException where the input is not gzip, is cut or damaged, or inflates
  ///   past the bound
  @Override
  public int read(byte[] target, int start, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      if (!inMember) {
        readHeader();
        inMember = true;
      }
      int count = inflate(target, start, length);
      if (count > 0) {
        inflatedBytes += count;
        memberInflatedBytes += count;
        if (inflatedBytes > maxInflatedBytes) {
          throw failure("gzip inflates past the bound of " + maxInflatedBytes + " bytes");
        }
        checksum.update(target, start, count);
        return count;
      }
      if (inflater.finished()) {
        position = limit - inflater.getRemaining();
        inMember = false;
        readTrailer();
        ended = !hasAnotherMember();
      } else if (inflater.needsDictionary()) {
        throw failure("gzip asks for a preset dictionary, which the format does not have");
      } else if (!fill()) {
        throw endedEarly();
      } else {
        inflater.setInput(compressed, 0, limit);
      }
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    source.close();
  }

  private int inflate(byte[] target, int start, int length) {
    try {
      return inflater.inflate(target, start, length);
    } catch (DataFormatException e) {
      throw failure("gzip is damaged near byte " + consumed() + " (" + e.getMessage() + ")");
    }
  }

  private void readHeader() throws IOException {
    if (!isMagic(next(), next())) {
      throw failure("not gzip: expected the bytes 1f 8b at byte " + (consumed() - 2));
    }
    int method = next();
    if (method != METHOD_DEFLATE) {
      throw failure("gzip method: expected 8 (deflate), got " + method);
    }
    int flags = next();
    if ((flags & FLAGS_RESERVED) != 0) {
      throw failure("gzip flags: expected the reserved bits to be 0, got " + flags);
    }
    skip(6); // modification time, extra flags, operating system
    if ((flags & FLAG_EXTRA) != 0) {
      skip(next() | next() << 8);
    }
    if ((flags & FLAG_NAME) != 0) {
      skipPastZero();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipPastZero();
    }
    if ((flags & FLAG_HEADER_CHECKSUM) != 0) {
      skip(2);
    }
    checksum.reset();
    memberInflatedBytes = 0;
    inflater.reset();
    inflater.setInput(compressed, position, limit - position);
  }

  private void readTrailer() throws IOException {
    long expectedChecksum = nextFourBytes();
    long expectedLength = nextFourBytes();
    if (expectedChecksum != checksum.getValue()) {
      throw failure("gzip is damaged: its checksum differs from its content's");
    }
    if (expectedLength != (memberInflatedBytes & 0xffff_ffffL)) {
      throw failure("gzip is damaged: its length differs from its content's");
    }
  }

  /// Returns whether another member follows. Zeros at the end are padding, from tape blocks or some
  /// object stores. Any other bytes must be a member.
  private boolean hasAnotherMember() throws IOException {
    while (position < limit || fill()) {
      if (compressed[position] != 0) {
        return true;
      }
      position++;
    }
    return false;
  }

  private int next() throws IOException {
    if (position == limit && !fill()) {
      throw endedEarly();
    }
    return compressed[position++] & 0xff;
  }

  private long nextFourBytes() throws IOException {
    return (next() | next() << 8 | next() << 16 | (long) next() << 24) & 0xffff_ffffL;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  private void skipPastZero() throws IOException {
    while (next() != 0) {
      // skips the name of a file, or a comment
    }
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, source.read(compressed, 0, compressed.length));
    bytesRead += limit;
    return limit > 0;
  }

  /// Returns the offset in the input. Within a member the inflater has it, and `position`
  /// otherwise.
  private long consumed() {
    return bytesRead - (inMember ? inflater.getRemaining() : limit - position);
  }

  private UndecodableEventException endedEarly() {
    return failure("gzip ended early after " + bytesRead + " bytes");
  }

  private UndecodableEventException failure(String what) {
    return new UndecodableEventException(Layer.GZIP, consumed(), where + ": " + what);
  }
}
