package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {
  @ParameterizedTest
  @CsvSource({
    "eni-0a1b2c3d, eni-0a1b2c3d",
    "A.b_C-9, A.b_C-9",
    "'', ''",
    "$(reboot), ??reboot?",
    "a;b|c&d, a?b?c?d",
    "<b>`x`</b>, ?b??x???b?",
    "@channel, ?channel",
    "https://x.y/z, https???x.y?z",
    "*bold*, ?bold?",
    "été, ?t?",
    "🔔, ??"
  })
  void id_keepsLettersDigitsAndPunctuation(String text, String plain) {
    assertThat(SafeText.id(text)).isEqualTo(plain);
  }

  @Test
  void id_controlCharacters() {
    assertThat(SafeText.id("a\u0000b\u001b[0mc\nd\re\tf\u007fg\u202eh"))
        .isEqualTo("a?b??0mc?d?e?f?g?h");
  }

  @Test
  void id_shortened() {
    assertThat(SafeText.id("x".repeat(128))).isEqualTo("x".repeat(128));
    assertThat(SafeText.id("x".repeat(129))).isEqualTo("x".repeat(128));
    assertThat(SafeText.id("x".repeat(10_000))).hasSize(128);
  }

  @Test
  void name_keepsCharactersOfLogGroups() {
    assertThat(SafeText.name("/aws/vpc_1.2-3#a:b c")).isEqualTo("/aws/vpc_1.2-3#a:b c");
    assertThat(SafeText.name("a\nb<c>'d'")).isEqualTo("a?b?c??d?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"eni-0a1b2c3d", "eni-1235b8ca123456789", "eni-"})
  void isId_id(String text) {
    assertThat(SafeText.isId(text, "eni-")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0a1b2c3d", "ENI-0a", "eni-0a b", "eni-0a;ls", "eni-0a\n", " eni-0a"})
  void isId_other(String text) {
    assertThat(SafeText.isId(text, "eni-")).isFalse();
    assertThat(SafeText.isId("eni-" + "x".repeat(200), "eni-")).isFalse();
    assertThat(SafeText.isId(null, "eni-")).isFalse();
  }
}
