package dev.flowbell.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.flowbell.testing.twin.NaiveTwin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// A text is refused with a position, or its format has the same names. Nothing else happens.
class RecordFormatFuzzTest {
  @FuzzTest
  void parse_anyText(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    List<String> names = findNames(text);
    try {
      RecordFormat format = RecordFormat.parse(text);

      assertThat(names).isNotNull();
      assertThat(format.toString()).isEqualTo("${" + String.join("} ${", names) + "}");
      assertThat(RecordFormat.parse(format.toString())).isEqualTo(format);
    } catch (InvalidFormatException e) {
      assertThat(names).isNull();
      assertThat(e.getMessage())
          .matches("(?s)field \\d+ \\(character \\d+\\): expected .*, got .*");
    }
  }

  @FuzzTest
  void findHeader_anyLine(byte[] line) {
    RecordFormat format = RecordFormat.findHeader(line, 0, line.length);

    List<String> names = NaiveTwin.format(new String(line, UTF_8));
    boolean isHeader =
        NaiveTwin.FIELDS.containsAll(names) && new HashSet<>(names).size() == names.size();
    assertThat(format).isEqualTo(isHeader ? RecordFormat.parse(String.join(" ", names)) : null);
  }

  /// Returns the names of a format, or `null` where the text is not a format.
  private static List<String> findNames(String text) {
    List<String> names = new ArrayList<>(List.of(text.strip().split("\\p{javaWhitespace}+", -1)));
    names.replaceAll(
        token -> token.matches("(?s)\\$\\{.*\\}") ? token.substring(2, token.length() - 1) : token);
    boolean isFormat =
        NaiveTwin.FIELDS.containsAll(names) && new HashSet<>(names).size() == names.size();
    return isFormat ? names : null;
  }
}
