package dev.flowbell.notify;

import org.jspecify.annotations.Nullable;

/// Makes text from records harmless in e-mail, chat and shell commands. Anybody who can write to
/// the log group can choose the text of a record.
final class SafeText {
  private static final int MOST_CHARACTERS = 128;

  private SafeText() {}

  /// Returns the first 128 characters of an id. Each character becomes `?`, except letters, digits,
  /// `-`, `_` and `.`. Every id of AWS consists of these, and markup and links don't.
  static String id(String id) {
    return filter(id, "-_.");
  }

  /// Returns the first 128 characters of a log group's or file's name. It may also contain `/`,
  /// `#`, `:` and spaces.
  static String name(String name) {
    return filter(name, "-_./#: ");
  }

  /// Returns whether a text has this prefix and is an id that is safe in a shell command.
  static boolean isId(@Nullable String id, String prefix) {
    return id != null && id.startsWith(prefix) && !id.isEmpty() && id(id).equals(id);
  }

  private static String filter(String text, String allowed) {
    StringBuilder safe = new StringBuilder(Math.min(text.length(), MOST_CHARACTERS));
    for (int i = 0; i < text.length() && i < MOST_CHARACTERS; i++) {
      char c = text.charAt(i);
      boolean isSafe =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || allowed.indexOf(c) >= 0;
      safe.append(isSafe ? c : '?');
    }
    return safe.toString();
  }
}
