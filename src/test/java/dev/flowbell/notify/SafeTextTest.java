package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "eni-0a1b2c3d",
        "eni-1235b8ca123456789",
        "i-01234567890123456",
        "vpc-abcdefab",
        "subnet-0123456789abcdef0",
        "tgw-attach-0123456789abcdef0",
        "123456789012",
        "us-gov-west-1",
        "/vpc/flow-logs",
        "/aws/vendedlogs/vpc_prod-2",
        "/vpc/123456789012-b/flow",
        "Prod-Stack-7"
      })
  void of_keepsNamesOfAws(String text) {
    assertThat(SafeText.of(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "www.evil-example.com|www[.]evil-example[.]com",
        "https://x.y/z|https[:]/[/]x[.]y/z",
        "//localhost/z|/[/]localhost/z",
        "mailto:a@b.example|mailto[:]a?b[.]example",
        "tel:+1-900-555-0199|tel[:]?1[-]900[-]555[-]0199",
        "/vpc/2026-11-27|/vpc/2026[-]11[-]27",
        "030-1234567|030[-]1234567",
        "10.0.3.17:8080/login|10[.]0[.]3[.]17[:]8080/login",
        "[2001:db8::1]|?2001[:]db8[:][:]1?",
        "example\u3002com|example?com",
        "ex\u0430mple.com|ex?mple[.]com",
        "example\u200b.\u202ecom|example?[.]?com",
        "\\\\host\\share|??host?share",
        "#channel|[#]channel",
        "@here <!here>|?here???here?",
        "*bold* ~gone~ `code`|?bold???gone???code?",
        "_it_ a_b __init__|?it??a_b???init??",
        ":bell:|[:]bell[:]",
        "[text](//x.y)|?text??/[/]x[.]y?",
        "$(reboot);a|b&c|??reboot??a?b?c",
        "a\u0000b\u001b[0mc\nd\re\tf\u007fg|a?b??0mc?d?e?f?g",
        "é🔔|???"
      })
  void of_breaksAndReplaces(String line) {
    int last = line.lastIndexOf('|');

    assertThat(SafeText.of(line.substring(0, last))).isEqualTo(line.substring(last + 1));
  }

  @Test
  void of_shortened() {
    assertThat(SafeText.of("x".repeat(128))).isEqualTo("x".repeat(128));
    assertThat(SafeText.of("x".repeat(129))).isEqualTo("x".repeat(128));
    assertThat(SafeText.of(".".repeat(10_000))).isEqualTo("[.]".repeat(128));
    assertThat(SafeText.of("x".repeat(127) + "_x")).isEqualTo("x".repeat(127) + "?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/vpc/flow_logs-1|x",
        "www.evil-example.com",
        "\"<a href='x'>\\",
        "a\u0000\n\u2028é\ud83d\udd14"
      })
  void toJson_isTheSameText(String text) {
    String json = SafeText.toJson(text);

    assertThat(json).matches("\"(?:[A-Za-z0-9/|_-]|\\\\u[0-9a-f]{4})*\"");
    assertThat(Json.parseObject("{\"text\":" + json + "}")).containsEntry("text", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"eni-0a1b2c3d", "eni-1235b8ca123456789"})
  void isId_id(String text) {
    assertThat(SafeText.isId(text, "eni-")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0a1b2c3d",
        "ENI-0a",
        "eni-",
        "eni-0a b",
        "eni-0a;ls",
        "eni-0a\n",
        " eni-0a",
        "eni-?",
        "eni-*",
        "eni-0A",
        "eni-0a.b",
        "eni-0a/b",
        "eni-0a-b"
      })
  void isId_other(String text) {
    assertThat(SafeText.isId(text, "eni-")).isFalse();
    assertThat(SafeText.isId("eni-" + "x".repeat(200), "eni-")).isFalse();
    assertThat(SafeText.isId(null, "eni-")).isFalse();
  }
}
