package dev.flowbell.lambda;

import dev.flowbell.pipeline.TimeLimit;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// A stream that fails while there is still time to do something about it. It is asked for bytes
/// often enough: each reader here asks for some thousands at once, and a thousand times as much is
/// the most that they inflate to.
final class TimedStream extends FilterInputStream {
  private final TimeLimit limit;
  private final Duration least;
  private final String name;

  /// @param least the time that has to be left at each read
  /// @param name of the stream in the error
  TimedStream(InputStream in, TimeLimit limit, Duration least, String name) {
    super(in);
    this.limit = limit;
    this.least = least;
    this.name = name;
  }

  @Override
  public int read() throws IOException {
    check();
    return super.read();
  }

  @Override
  public int read(byte[] target, int start, int length) throws IOException {
    check();
    return super.read(target, start, length);
  }

  private void check() throws IOException {
    if (limit.remaining().compareTo(least) < 0) {
      throw new IOException(
          name
              + ": not read to its end "
              + least.toSeconds()
              + " s before the function's timeout; nothing of it was counted");
    }
  }
}
