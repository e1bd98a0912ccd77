package dev.flowbell.input;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Cuts a stream into lines, as slices of a buffer: one line at a time is held, and no more of it
/// than a record can need.
final class LineReader {
  /// Far beyond any record: the largest log event. @see <a
  /// href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html">CloudWatch
  /// Logs quotas</a> (read 2026-11-23: 1 MB)
  static final int MOST_BYTES = 1 << 20;

  private final InputStream in;
  private byte[] buffer = new byte[64 * 1024];
  private int limit;
  private int nextStart;
  private int start;
  private int end;
  private boolean isOverlong;

  LineReader(InputStream in) {
    this.in = in;
  }

  /// Goes to the next line.
  ///
  /// @return whether there is one
  boolean next() throws IOException {
    start = nextStart;
    isOverlong = false;
    int position = start;
    while (true) {
      while (position < limit && buffer[position] != '\n') {
        position++;
      }
      if (position < limit) {
        end = trimmed(position);
        nextStart = position + 1;
        return true;
      }
      if (position - start > MOST_BYTES) {
        isOverlong = true;
        position = start; // forgets what was read of it
        limit = start;
      }
      int moved = start;
      if (!fill()) {
        end = trimmed(limit);
        nextStart = limit;
        return limit > start || isOverlong;
      }
      position -= moved - start;
    }
  }

  private int trimmed(int position) {
    int trimmed = position;
    while (trimmed > start
        && (buffer[trimmed - 1] == '\r'
            || buffer[trimmed - 1] == ' '
            || buffer[trimmed - 1] == '\t')) {
      trimmed--;
    }
    return trimmed;
  }

  /// Reads more, behind what is there of the line, which moves to the front of the buffer.
  private boolean fill() throws IOException {
    System.arraycopy(buffer, start, buffer, 0, limit - start);
    limit -= start;
    start = 0;
    if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int count = in.read(buffer, limit, buffer.length - limit);
    limit += Math.max(0, count);
    return count > 0;
  }

  /// Returns whether the line is longer than is held; only its rest is in the buffer then.
  boolean isOverlong() {
    return isOverlong;
  }

  /// Returns the buffer that the line lies in until [#next] is called again.
  byte[] buffer() {
    return buffer;
  }

  /// Returns where the line starts.
  int start() {
    return start;
  }

  /// Returns where the line ends, exclusive, without its line break and white space before that.
  int end() {
    return end;
  }
}
