package dev.flowbell.notify;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Makes a text that others choose harmless for readers: the texts of records, of envelopes and of
/// settings. Anybody who can write to the log group can choose the text of a record. Every form of
/// a notification gets such a text only through this class.
///
/// Mail clients and chats make links and markup by themselves, each by rules of its own. So there
/// is no list of what is dangerous. Letters, digits, single `-` and `/`, and `_` inside a word are
/// kept: no client makes anything of them, and AWS's ids, account numbers, Regions and the names of
/// most log groups consist of them. Nothing else is kept as it is.
final class SafeText {
  private static final int MOST_CHARACTERS = 128;

  /// Shown in brackets, as in `www[.]example[.]com`: people who look at attacks know this form, and
  /// can read it.
  private static final String BROKEN = ".:#";

  /// Phones and mail clients offer to call numbers of so many digits, with `-` between.
  private static final int FEWEST_PHONE_DIGITS = 7;

  private SafeText() {}

  /// Returns the first 128 characters of a text as text in which nothing is a link, markup or a
  /// line break. `.`, `:`, `#`, a second `/` and the `-` of a telephone number are in brackets; `?`
  /// replaces all other characters.
  static String of(String text) {
    String start = text.substring(0, Math.min(text.length(), MOST_CHARACTERS));
    StringBuilder safe = new StringBuilder(start.length() + 16);
    for (int i = 0; i < start.length(); i++) {
      char c = start.charAt(i);
      if (isBroken(start, i)) {
        safe.append('[').append(c).append(']');
      } else {
        safe.append(isKept(start, i) ? c : '?');
      }
    }
    return safe.toString();
  }

  /// Returns several words as [#of] returns one, with the blanks between them. A blank between
  /// digits is a `?`, because a telephone number may have blanks.
  static String words(String text) {
    StringBuilder safe = new StringBuilder();
    for (String word : text.strip().split(" +", -1)) {
      if (!safe.isEmpty()) {
        boolean isBetweenDigits = isDigit(safe.toString(), safe.length() - 1) && isDigit(word, 0);
        safe.append(isBetweenDigits ? '?' : ' ');
      }
      safe.append(of(word));
    }
    return safe.substring(0, Math.min(safe.length(), MOST_CHARACTERS));
  }

  private static boolean isBroken(String text, int index) {
    return switch (text.charAt(index)) {
      case '/' -> index > 0 && text.charAt(index - 1) == '/';
      case '-' -> isInPhoneNumber(text, index);
      default -> BROKEN.indexOf(text.charAt(index)) >= 0;
    };
  }

  private static boolean isKept(String text, int index) {
    return switch (text.charAt(index)) {
      case '/', '-' -> true;
      // Markdown and Slack make emphasis of `_` only at the edge of a word.
      case '_' -> isLetterOrDigit(text, index - 1) && isLetterOrDigit(text, index + 1);
      default -> isLetterOrDigit(text, index);
    };
  }

  private static boolean isInPhoneNumber(String text, int hyphen) {
    if (!isDigit(text, hyphen - 1) || !isDigit(text, hyphen + 1)) {
      return false; // of an AWS id, a Region, a word
    }
    int digits = 0;
    for (int i = hyphen; i >= 0 && (text.charAt(i) == '-' || isDigit(text, i)); i--) {
      digits += isDigit(text, i) ? 1 : 0;
    }
    for (int i = hyphen; i < text.length() && (text.charAt(i) == '-' || isDigit(text, i)); i++) {
      digits += isDigit(text, i) ? 1 : 0;
    }
    return digits >= FEWEST_PHONE_DIGITS;
  }

  private static boolean isDigit(String text, int index) {
    return index >= 0
        && index < text.length()
        && text.charAt(index) >= '0'
        && text.charAt(index) <= '9';
  }

  private static boolean isLetter(String text, int index) {
    return isLetterOrDigit(text, index) && !isDigit(text, index);
  }

  private static boolean isLetterOrDigit(String text, int index) {
    if (index < 0 || index >= text.length()) {
      return false;
    }
    char c = text.charAt(index);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /// Returns a text as a JSON string, with its quotes. Programs read the text unchanged. A mailbox
  /// that shows the JSON itself makes no link of it: every character is escaped but letters,
  /// digits, `_`, the `|` of keys, a single `/`, and a `-` beside a letter.
  static String toJson(String text) {
    StringBuilder json = new StringBuilder(text.length() + 16).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isPlain =
          switch (c) {
            case '_', '|' -> true;
            case '/' -> !isBroken(text, i);
            case '-' -> isLetter(text, i - 1) || isLetter(text, i + 1);
            default -> isLetterOrDigit(text, i);
          };
      if (isPlain) {
        json.append(c);
      } else {
        json.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    return json.append('"').toString();
  }

  /// Returns whether a text is this prefix and lower-case letters and digits, at most 128
  /// characters: it is then safe in a shell command.
  static boolean isId(@Nullable String id, String prefix) {
    if (id == null || !id.startsWith(prefix) || id.length() == prefix.length()) {
      return false;
    }
    for (int i = prefix.length(); i < id.length(); i++) {
      if (!isLetterOrDigit(id, i) || Character.isUpperCase(id.charAt(i))) {
        return false;
      }
    }
    return id.length() <= MOST_CHARACTERS;
  }
}
