package dev.flowbell.s3;

import dev.flowbell.aws.SignedEndpoint.ResponseStream;
import java.io.FilterInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The content of an object, while S3 sends it. A connection that breaks or stalls is an
/// [S3Exception], and so is a content that is shorter than its length.
final class ObjectStream extends FilterInputStream {
  private final String uri;
  private final @Nullable String length;
  private long readBytes;

  ObjectStream(String uri, ResponseStream response) {
    super(response.body());
    this.uri = uri;
    this.length = response.header("Content-Length");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int start, int count) throws IOException {
    int read;
    try {
      read = in.read(target, start, count);
    } catch (IOException e) {
      throw broken(String.valueOf(e.getMessage()), e);
    }
    if (read < 0 && length != null && !length.equals(String.valueOf(readBytes))) {
      throw broken("connection ended early", null);
    }
    readBytes += Math.max(0, read);
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] skipped = new byte[(int) Math.min(count, 8_192)];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private S3Exception broken(String why, @Nullable IOException cause) {
    return S3Exception.unanswered(
        "%s: S3 sent %d of %s bytes: %s".formatted(uri, readBytes, length, why), cause);
  }
}
