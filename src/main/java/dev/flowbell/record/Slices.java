package dev.flowbell.record;

/// Searches and compares slices `[start, end)` of a buffer, without creating strings.
final class Slices {
  private Slices() {}

  /// Returns the position of the next space, or `end`.
  static int indexOfSpace(byte[] buffer, int start, int end) {
    int position = start;
    while (position < end && buffer[position] != ' ') {
      position++;
    }
    return position;
  }

  /// Returns the end without the white space before it, such as a line's `\r\n`.
  static int trimmedEnd(byte[] buffer, int start, int end) {
    int trimmed = end;
    while (trimmed > start && isWhitespace(buffer[trimmed - 1])) {
      trimmed--;
    }
    return trimmed;
  }

  /// Returns the start without the white space after it.
  static int trimmedStart(byte[] buffer, int start, int end) {
    int trimmed = start;
    while (trimmed < end && isWhitespace(buffer[trimmed])) {
      trimmed++;
    }
    return trimmed;
  }

  /// Returns whether the slice is this ASCII word.
  static boolean equals(String word, byte[] buffer, int start, int end) {
    if (end - start != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (buffer[start + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWhitespace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }
}
