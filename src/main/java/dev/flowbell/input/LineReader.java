package dev.flowbell.input;

import dev.flowbell.ascii.EightBytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Reads the lines of a stream, as slices of a buffer. The buffer holds one line at a time, up to
/// the length of the longest log event.
final class LineReader {
  /// The length of the largest log event, far longer than any record. @see <a
  /// href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html">CloudWatch
  /// Logs quotas</a> (read 2026-11-23: 1 MB)
  static final int MOST_BYTES = 1 << 20;

  private static final long LINE_BREAK = EightBytes.each('\n');

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

  /// Reads the next line.
  ///
  /// @return whether there is one
  boolean next() throws IOException {
    start = nextStart;
    isOverlong = false;
    int position = start;
    while (true) {
      position = indexOfLineBreak(position);
      if (position < limit) {
        end = trimmedEnd(buffer, start, position);
        nextStart = position + 1;
        return true;
      }
      if (position - start > MOST_BYTES) {
        isOverlong = true;
        position = start; // drops the part that was read
        limit = start;
      }
      int moved = start;
      if (!fill()) {
        end = trimmedEnd(buffer, start, limit);
        nextStart = limit;
        return limit > start || isOverlong;
      }
      position -= moved - start;
    }
  }

  /// Returns the position of the next line break, or the end of what was read.
  private int indexOfLineBreak(int from) {
    int position = from;
    while (position + Long.BYTES <= limit) {
      int count = EightBytes.countTo(LINE_BREAK, EightBytes.get(buffer, position));
      position += count;
      if (count < Long.BYTES) {
        return position;
      }
    }
    while (position < limit && buffer[position] != '\n') {
      position++;
    }
    return position;
  }

  /// Returns the end of a line without its line break and the white space before that.
  static int trimmedEnd(byte[] buffer, int start, int end) {
    int trimmed = end;
    while (trimmed > start
        && (buffer[trimmed - 1] == '\r'
            || buffer[trimmed - 1] == ' '
            || buffer[trimmed - 1] == '\t')) {
      trimmed--;
    }
    return trimmed;
  }

  /// Reads more of the line, after moving its beginning to the front of the buffer.
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

  /// Returns whether the line is longer than the limit. Then the buffer has only its last part.
  boolean isOverlong() {
    return isOverlong;
  }

  /// Returns the buffer with the line, which is valid until [#next] is called again.
  byte[] buffer() {
    return buffer;
  }

  /// Returns the start of the line.
  int start() {
    return start;
  }

  /// Returns the end of the line, without its line break and the white space before that.
  int end() {
    return end;
  }
}
