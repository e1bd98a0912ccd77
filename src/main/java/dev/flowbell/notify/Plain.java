package dev.flowbell.notify;

import org.jspecify.annotations.Nullable;

/// Makes text out of records harmless in e-mail, chat and shell commands. Whoever can write to the
/// log group chooses what stands in a record.
final class Plain {
  private static final int MOST_CHARACTERS = 128;

  private Plain() {}

  /// Returns an id with nothing in it but letters, digits, `-`, `_` and `.`: enough for every id
  /// that AWS gives, and neither markup nor a link. Anything else becomes `?`.
  static String id(String id) {
    return filter(id, "-_.");
  }

  /// Returns a log group's or a file's name, which may have `/`, `#`, `:` and spaces besides.
  static String name(String name) {
    return filter(name, "-_./#: ");
  }

  /// Returns whether an id can stand in a shell command as it is.
  static boolean isId(@Nullable String id, String prefix) {
    return id != null && id.startsWith(prefix) && !id.isEmpty() && id(id).equals(id);
  }

  private static String filter(String text, String allowed) {
    StringBuilder plain = new StringBuilder(Math.min(text.length(), MOST_CHARACTERS));
    for (int i = 0; i < text.length() && i < MOST_CHARACTERS; i++) {
      char c = text.charAt(i);
      boolean isPlain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || allowed.indexOf(c) >= 0;
      plain.append(isPlain ? c : '?');
    }
    return plain.toString();
  }
}
