package dev.flowbell.benchmarks;

import java.util.Base64;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Only inflates a payload: the lower bound for any way to read it.
///
/// Base64 is decoded before, the checksum isn't checked, and all buffers are reused.
final class BareInflate {
  /// RFC 1952: the header that the generator writes has no optional parts; CRC32 and length follow.
  private static final int HEADER_BYTES = 10;

  private static final int TRAILER_BYTES = 8;

  private final Inflater inflater = new Inflater(true);
  private final byte[] gzip;
  private final byte[] inflated = new byte[1 << 24];

  BareInflate(String data) {
    gzip = Base64.getDecoder().decode(data);
  }

  /// Returns the number of bytes inflated.
  int run() {
    inflater.reset();
    inflater.setInput(gzip, HEADER_BYTES, gzip.length - HEADER_BYTES - TRAILER_BYTES);
    try {
      int count = inflater.inflate(inflated);
      if (!inflater.finished()) {
        throw new IllegalStateException("larger than the buffer");
      }
      return count;
    } catch (DataFormatException e) {
      throw new IllegalStateException(e);
    }
  }
}
