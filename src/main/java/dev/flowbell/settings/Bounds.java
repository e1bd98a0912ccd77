package dev.flowbell.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The values that a setting may have.
public sealed interface Bounds {
  /// Returns what is expected, in words, as errors and `docs/settings.md` say it.
  String words();

  /// Returns whether the text is one of these values.
  boolean contain(String text);

  /// Whole numbers in a range.
  ///
  /// @param least at least 0
  /// @param most inclusive
  record Numbers(String words, long least, long most) implements Bounds {
    /// Makes the bounds of a count or a size.
    static Numbers between(long least, long most) {
      return new Numbers("a whole number from " + least + " to " + most, least, most);
    }

    @Override
    public boolean contain(String text) {
      long number = toNumber(text);
      return number >= least && number <= most;
    }

    /// Converts the text to a number.
    ///
    /// @return -1, which is below every range, for a text that is no whole number
    static long toNumber(String text) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException e) {
        return -1;
      }
    }
  }

  /// One of a few words.
  record Choice(List<String> choices) implements Bounds {
    /// Makes the bounds of a setting that chooses one of an enum's constants.
    static Choice of(Enum<?>... constants) {
      return new Choice(Arrays.stream(constants).map(Choice::toWord).toList());
    }

    /// Converts an enum's constant to the word that users write.
    static String toWord(Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String words() {
      return choices.stream().collect(Collectors.joining(" or "));
    }

    @Override
    public boolean contain(String text) {
      return choices.contains(text);
    }
  }

  /// A name that a pattern describes.
  record Name(String words, Pattern pattern) implements Bounds {
    @Override
    public boolean contain(String text) {
      return pattern.matcher(text).matches();
    }
  }

  /// A text that has a parser. The parser finds what is wrong, and says where.
  record Parsed(String words) implements Bounds {
    @Override
    public boolean contain(String text) {
      return true;
    }
  }
}
