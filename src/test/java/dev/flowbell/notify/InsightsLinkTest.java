package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.record.IpAddress;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InsightsLinkTest {
  private static final Instant START = Instant.parse("2026-11-22T09:44:05Z");
  private static final Instant END = Instant.parse("2026-11-22T10:45:03.500Z");

  @Test
  void of_canBeDecoded() {
    String query = InsightsLink.queryFor(IpAddress.find("198.51.100.7"));

    Decoded decoded =
        Decoded.from(InsightsLink.of("eu-west-1", "/vpc/flow-logs", query, START, END));

    assertThat(decoded)
        .isEqualTo(
            new Decoded(
                "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1",
                "2026-11-22T10:45:03.500Z",
                "2026-11-22T09:44:05.000Z",
                query,
                "/vpc/flow-logs"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "it's",
        "~(x)",
        "100%",
        "$25",
        "*2a",
        "#&?=+",
        "\"<script>\"",
        "line\nbreak",
        "naïve 🔔"
      })
  void of_anyGroupAndQuery(String text) {
    String link = InsightsLink.of("eu-west-1", text, "filter " + text, START, END);

    assertThat(link).matches("[!-~]+").doesNotContain("<", "\"", "'", "(", ")", " ");
    assertThat(URI.create(link).getFragment()).startsWith("logsV2:logs-insights");
    Decoded decoded = Decoded.from(link);
    assertThat(decoded.logGroup).isEqualTo(text);
    assertThat(decoded.query).isEqualTo("filter " + text);
  }

  @Test
  void of_groupThatIsADomain() {
    String link = InsightsLink.of("eu-west-1", "/www.evil-example.com", "limit 1", START, END);

    assertThat(link).endsWith("*2fwww*2eevil-example*2ecom$2529$2529");
    assertThat(Decoded.from(link).logGroup).isEqualTo("/www.evil-example.com");
  }

  @ParameterizedTest
  @CsvSource({
    "us-east-1, https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1",
    "cn-north-1, https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1",
    "us-gov-west-1,"
        + " https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1"
  })
  void of_partition(String region, String page) {
    assertThat(InsightsLink.of(region, "group", "limit 1", START, END))
        .startsWith(page + "#logsV2:");
  }

  @Test
  void queryFor_source() {
    assertThat(InsightsLink.queryFor(IpAddress.find("198.51.100.7")))
        .isEqualTo(
            "fields @timestamp, @message | filter @message like /REJECT/ and @message like"
                + " /(^|[^0-9a-f.:])198\\.51\\.100\\.7($|[^0-9a-f.:])/"
                + " | sort @timestamp desc | limit 200");
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.7, '2 - eni-0 198.51.100.7 10.0.0.1', true",
    "198.51.100.7, '198.51.100.7 10.0.0.1', true",
    "198.51.100.7, '10.0.0.1 198.51.100.7', true",
    "198.51.100.7, '{\"srcaddr\":\"198.51.100.7\"}', true",
    "198.51.100.7, '2 - eni-0 198.51.100.70 10.0.0.1', false",
    "198.51.100.7, '2 - eni-0 1198.51.100.7 10.0.0.1', false",
    "198.51.100.7, '2 - eni-0 198.51.10007 10.0.0.1', false",
    "2001:db8::7, '2 2001:db8::7 22', true",
    "2001:db8::7, '2 2001:db8::7:8 22', false",
    "2001:db8::7, '2 1:2001:db8::7 22', false",
    "2001:db8::7, '2 2001:db8::7f 22', false"
  })
  void queryFor_findsWholeAddressesOnly(String source, String message, boolean isFound) {
    String query = InsightsLink.queryFor(IpAddress.find(source));
    Matcher pattern = Pattern.compile("like /(\\(.*)/ \\| sort").matcher(query);

    assertThat(pattern.find()).isTrue();
    assertThat(Pattern.compile(pattern.group(1)).matcher(message).find()).isEqualTo(isFound);
  }

  @Test
  void queryFor_payload() {
    assertThat(InsightsLink.queryFor(null))
        .isEqualTo(
            "fields @timestamp, @message | filter @message like /SKIPDATA|NODATA/ or @message not"
                + " like /(ACCEPT|REJECT)/ | sort @timestamp desc | limit 200");
  }

  /// The parts of a link: decoded from percent-encoding twice, with `$` for `%`, and then from the
  /// console's notation.
  private record Decoded(String page, String end, String start, String query, String logGroup) {
    private static final Pattern DETAIL =
        Pattern.compile(
            "logsV2:logs-insights\\?queryDetail=~\\(end~'([^~]*)~start~'([^~]*)~timeType~'ABSOLUTE"
                + "~tz~'UTC~editorString~'([^~]*)~source~\\(~'([^~]*)\\)\\)");

    static Decoded from(String link) {
      int hash = link.indexOf('#');
      String once =
          URLDecoder.decode(link.substring(hash + 1).replace('$', '%'), StandardCharsets.UTF_8);
      Matcher detail = DETAIL.matcher(URLDecoder.decode(once, StandardCharsets.UTF_8));
      assertThat(detail.matches()).as(once).isTrue();
      return new Decoded(
          link.substring(0, hash),
          unescaped(detail.group(1)),
          unescaped(detail.group(2)),
          unescaped(detail.group(3)),
          unescaped(detail.group(4)));
    }

    private static String unescaped(String text) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) == '*') {
          bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        } else {
          bytes.write(text.charAt(i));
        }
      }
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
