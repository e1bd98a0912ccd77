package dev.flowbell.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Compares the list in `docs/settings.md` with [Setting#ALL]. With `-Dflowbell.write=true` it
/// writes the list first.
class SettingsDocumentTest {
  private static final Path DOCUMENT = Path.of("docs", "settings.md");
  private static final String BEGIN = "<!-- begin of the generated list -->\n";
  private static final String END = "<!-- end of the generated list -->\n";
  private static final int COLUMNS = 100;
  private static final String SPACE_OUTSIDE_CODE = " (?=([^`]*`[^`]*`)*[^`]*$)";

  @Test
  void document_listsEverySetting() throws IOException {
    String document = Files.readString(DOCUMENT);
    int begin = document.indexOf(BEGIN) + BEGIN.length();
    int end = document.indexOf(END);
    String list =
        Setting.ALL.stream().map(SettingsDocumentTest::entry).collect(Collectors.joining());
    if (Boolean.getBoolean("flowbell.write")) {
      document = document.substring(0, begin) + list + document.substring(end);
      Files.writeString(DOCUMENT, document);
      end = begin + list.length();
    }

    assertThat(document.substring(begin, end))
        .as("run mvn test -Dtest=SettingsDocumentTest -Dflowbell.write=true")
        .isEqualTo(list);
  }

  /// Returns a list item: names, sentence, values and default.
  private static String entry(Setting setting) {
    StringBuilder text = new StringBuilder("- **`").append(setting.name()).append("`**");
    if (!setting.option().isEmpty()) {
      text.append(", `").append(setting.option()).append('`');
    }
    text.append(": ").append(code(setting.description()));
    text.append(" *Values:* ").append(code(setting.bounds().words()));
    text.append(". *Default:* ");
    if (setting.defaultWords().isEmpty()) {
      text.append("none.");
    } else if (setting.defaultWords().equals(setting.defaultText())) {
      text.append('`').append(setting.defaultText().replace(",", "`, `")).append("`.");
    } else {
      text.append(setting.defaultWords()).append('.');
    }
    return wrap(text.toString());
  }

  /// Marks field names and ARNs as code.
  private static String code(String text) {
    return text.replace("${srcaddr} ${dstaddr}", "`${srcaddr} ${dstaddr}`")
        .replaceAll("arn:[a-z0-9:-]+", "`$0`")
        .replaceAll(" ([.\\-_/#:]{3,})(?= |$)", " `$1`");
  }

  /// Breaks lines at spaces outside code; the lines after the first are indented as the list item's
  /// text is.
  private static String wrap(String text) {
    StringBuilder wrapped = new StringBuilder();
    int column = 0;
    for (String word : text.split(SPACE_OUTSIDE_CODE, -1)) {
      if (column > 0 && column + 1 + word.length() > COLUMNS) {
        wrapped.append("\n  ");
        column = 2;
      } else if (column > 0) {
        wrapped.append(' ');
        column++;
      }
      wrapped.append(word);
      column += word.length();
    }
    return wrapped.append('\n').toString();
  }
}
