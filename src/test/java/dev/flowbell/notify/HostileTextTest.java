package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Severity;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.TrafficType;
import dev.flowbell.testing.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Puts hostile texts wherever a notification shows a text that others choose. Whatever mail
/// clients, Slack and Teams make of the notification, they make of one with harmless texts, too.
class HostileTextTest {
  /// What clients make links of, in the widest form that one of them has. Unicode has dots and
  /// letters of its own; clients ignore what is invisible.
  private static final List<Pattern> LINKS =
      patterns(
          "(?:https?|ftps?|file|mailto|tel|sms|smb|javascript|data|msteams|slack):\\S",
          "[a-z][a-z0-9+.-]{1,30}://\\S+",
          "(?<![:/])//[\\w.-]+",
          "\\\\\\\\\\w",
          "www\\d{0,3}[.\u3002\uff0e\uff61\u2024]\\S+",
          "[\\p{L}\\p{N}_-]{1,63}[.\u3002\uff0e\uff61\u2024]\\p{L}[\\p{L}\\p{N}-]+",
          "\\S{1,64}[@\uff20]\\S+",
          "\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?/\\S*",
          "\\[[0-9a-f]*:[0-9a-f:.]+\\](?::\\d+)?/\\S*",
          "\\+?\\d+(?:[-. ()]+\\d+)*(?=\\D|$)(?<=\\d{2}[-. ()]{1,2}\\d{4})");

  /// What chats and Markdown make markup of.
  private static final List<Pattern> MARKUP =
      patterns(
          "<[^>]*>?",
          "&\\w+;?",
          "[@#]\\w+",
          ":[a-z0-9_+-]+:",
          "(?<![A-Za-z0-9])_[^_\n]+_(?![A-Za-z0-9])",
          "\\*[^*\n]+\\*",
          "~+[^~\n]+~+",
          "`+[^`\n]*`*",
          "!?\\[[^\\]\n]*\\]\\(",
          "(?m)^\\s*\\[[^\\]\n]+\\]:",
          "(?m)^\\s*(?:#{1,6} |> ?|[-*+] |\\d+[.)] |={3,}|-{3,}|\\|)",
          "\\\\[^n\"\\\\/u]",
          "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n]]",
          "[^\\x00-\\x7f]+");

  private static final List<String> FRAGMENTS =
      List.of(
          "www",
          "evil-example",
          ".",
          "com",
          "://",
          "https",
          "ftp",
          "mailto",
          "tel",
          "javascript",
          ":",
          "/",
          "//",
          "@",
          "#",
          "here",
          "channel",
          "<!",
          "<",
          ">",
          "|",
          "&",
          "amp;",
          "*",
          "_",
          "~",
          "`",
          "```",
          "[",
          "](",
          ")",
          "!",
          "\\",
          "-",
          "--",
          "+1",
          "900",
          "555-0199",
          "10.0.3.17",
          "2001:db8::1",
          ":8080",
          "%2e",
          "\n",
          "\r\n",
          "\n# ",
          "\n- ",
          "\t",
          " ",
          "\u3002",
          "\uff0e",
          "\u200b",
          "\u200d",
          "\u202e",
          "\u2066",
          "\u00ad",
          "\ufeff",
          "\u0430",
          "\u2024",
          "\uff20",
          "\uff0f",
          "\u2028",
          "\u001b[31m",
          "\u0000",
          "eni-0a1b2c3d",
          "é",
          "🔔",
          "\ud83d",
          "x.prod",
          "?",
          "=",
          "'",
          "\"",
          "$(",
          "{",
          "}",
          ",");

  private static List<Pattern> patterns(String... all) {
    List<Pattern> patterns = new ArrayList<>();
    for (String each : all) {
      patterns.add(Pattern.compile(each, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
    }
    return patterns;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "www.evil-example.com",
        "https://evil-example.com/login",
        "//evil-example.com",
        "/www.evil-example.com/login",
        "evil.example",
        "a@evil.example",
        "mailto:a@evil.example",
        "tel:+19005550199",
        "1-900-555-0199",
        "10.0.3.17/login",
        "10.0.3.17:8080/login",
        "[2001:db8::1]:8080/login",
        "evil\u3002example",
        "ev\u0456l.example",
        "evil\u200b.example",
        "\u202emoc.live",
        "_click_",
        "*click*",
        "~click~",
        "`click`",
        "@here",
        "<!channel>",
        "<https://evil.example|click>",
        "#general",
        ":bell:",
        "[click](https://evil.example)",
        "![](//evil.example/x.png)",
        "<b>click</b>",
        "&lt;b&gt;",
        "\n# Heading",
        "\n- entry",
        "\r\nSubject: x",
        "x.prod"
      })
  void everyForm_ofOneText(String hostile) {
    assertThat(madeOf(hostile)).as(hostile).isSubsetOf(madeOf("word"));
  }

  @Test
  void everyForm_ofRandomTexts() {
    Random random = new Random(27);
    Set<String> harmless = madeOf("word");
    for (int i = 0; i < 150; i++) {
      StringBuilder hostile = new StringBuilder();
      for (int n = 1 + random.nextInt(7); n > 0; n--) {
        hostile.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
      }
      assertThat(madeOf(hostile.toString())).as(hostile.toString()).isSubsetOf(harmless);
    }
  }

  /// Otherwise the tests above hold for patterns that find nothing.
  @Test
  void patterns_findTheFragments() {
    for (Pattern pattern : LINKS) {
      assertThat(
              List.of(
                  "https://evil.example/x \\\\host www.evil.example a@evil.example 10.0.3.17/x",
                  "x //evil.example/x [2001:db8::1]:80/x 1-900-555-0199"))
          .as(pattern.pattern())
          .anyMatch(text -> pattern.matcher(text).find());
    }
    for (Pattern pattern : MARKUP) {
      assertThat("# x\n<b> &amp; @here :bell: _x_ *x* ~x~ `x` [x](y) \\x é \u200b\n[x]: y")
          .as(pattern.pattern())
          .matches(text -> pattern.matcher(text).find());
    }
  }

  @Test
  void everyForm_namesOfAwsStay() {
    for (Alert alert : alertsWith("eni-0a1b2c3d")) {
      AlertMessage message = AlertMessage.of(alert, SampleAlerts.CONTEXT);
      assertThat(message.text()).contains("eni-0a1b2c3d");
      assertThat(message.chat()).contains("eni-0a1b2c3d");
    }
    assertThat(
            AlertMessage.of(alertsWith("eni-0a1b2c3d").getFirst(), SampleAlerts.CONTEXT).subject())
        .contains(" 198.51.100.7 ", " 10.0.2.98,");
  }

  @Test
  void link_onlyToTheConsole() {
    for (String region : List.of("evil.example/", "x", "eu-west-1.evil.example", "eu-west-1@")) {
      AlertMessage message =
          AlertMessage.of(
              SampleAlerts.rejects("10.0.1.5", true),
              new NotificationContext(
                  "prod", region, "1", "/vpc", Thresholds.DEFAULT, TrafficType.ALL));
      assertThat(message.text()).as(region).doesNotContain("://");
    }
  }

  /// Returns the links and markup that clients find in all forms of the notifications with a text.
  private static Set<String> madeOf(String text) {
    NotificationContext context =
        new NotificationContext(text, "eu-west-1", text, text, Thresholds.DEFAULT, TrafficType.ALL);
    Set<String> made = new TreeSet<>();
    List<String> held = new ArrayList<>();
    for (Alert alert : alertsWith(text)) {
      AlertMessage message = AlertMessage.of(alert, context);
      held.add(message.toHeld());
      addMadeOf(message, made);
      assertThat(Json.objectsAt(Json.parseObject(message.json()), "alerts"))
          .as("programs get the text itself")
          .anySatisfy(
              each ->
                  assertThat(List.of("" + each.get("interfaceId"), "" + each.get("logGroup")))
                      .contains(text));
    }
    addMadeOf(AlertMessage.digest(Instant.EPOCH, held, List.of(), context), made);
    return made;
  }

  private static void addMadeOf(AlertMessage message, Set<String> made) {
    assertThat(message.subject()).matches("[ -~]{1,99}");
    List<String> shown = new ArrayList<>(List.of(message.subject()));
    shown.add(withoutOwnLink(message.text()));
    shown.addAll(textsOf(Json.parseObject(message.chat())));
    message.attributes().values().forEach(shown::addAll);
    for (String each : shown) {
      addMatches(each, LINKS, made);
      addMatches(each, MARKUP, made);
    }
    addMatches(withoutOwnLink(message.json()), LINKS, made); // as email-json, a mailbox shows it
  }

  private static String withoutOwnLink(String text) {
    return text.replaceAll("https://eu-west-1\\.console\\.aws\\.amazon\\.com/[!#-~]+", "");
  }

  private static List<String> textsOf(Object value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof Map<?, ?> map) {
      map.values()
          .forEach(each -> texts.addAll(textsOf(String.valueOf(each).isEmpty() ? "" : each)));
    } else if (value instanceof List<?> list) {
      list.forEach(each -> texts.addAll(textsOf(each)));
    } else {
      texts.add(value.toString());
    }
    return texts;
  }

  private static void addMatches(String text, List<Pattern> patterns, Set<String> made) {
    for (Pattern pattern : patterns) {
      pattern.matcher(text).results().forEach(result -> made.add(result.group()));
    }
  }

  private static List<Alert> alertsWith(String text) {
    Place place = new Place(text, text, text, text, text, text);
    return List.of(
        SampleAlerts.outside(List.of(), place),
        SampleAlerts.insideByPorts(place),
        new Alert.LogGroup(
            Rule.SKIPPED_WINDOWS,
            Severity.LOW,
            "skipped-windows|" + text,
            Occasion.NEW,
            text,
            SampleAlerts.rejects("10.0.1.5", true).records(),
            List.of(),
            text,
            SampleAlerts.SINCE,
            SampleAlerts.SINCE));
  }
}
