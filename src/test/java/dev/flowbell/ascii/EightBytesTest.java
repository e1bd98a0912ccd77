package dev.flowbell.ascii;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// Compares each method with a loop that has the same result.
class EightBytesTest {
  private static final int ROUNDS = 200_000;

  private final Random random = new Random(11);

  @Test
  void get_lowestFirst() {
    byte[] buffer = "-12345678-".getBytes(ISO_8859_1);

    assertThat(EightBytes.get(buffer, 1)).isEqualTo(EightBytes.of("12345678"));
    assertThat(EightBytes.of("12")).isEqualTo(0x3231);
    assertThat(EightBytes.first(EightBytes.get(buffer, 1), 2)).isEqualTo(EightBytes.of("12"));
    assertThat(EightBytes.first(EightBytes.get(buffer, 1), 8)).isEqualTo(EightBytes.get(buffer, 1));
  }

  @Test
  void countTo_asALoop() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = someBytes(" !\u001f\u0000\u00a0\u0080\u00ff");
      int expected = 0;
      while (expected < 8 && bytes[expected] != ' ') {
        expected++;
      }
      assertThat(EightBytes.countTo(EightBytes.each(' '), EightBytes.get(bytes, 0)))
          .as("%016x", EightBytes.get(bytes, 0))
          .isEqualTo(expected);
    }
  }

  @Test
  void findNotPlain_asALoop() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = someBytes("\u0000\u001f !\"#[\\]\u007f\u0080\u00ffa");
      int expected = 0;
      while (expected < 8
          && bytes[expected] >= ' '
          && bytes[expected] != '"'
          && bytes[expected] != '\\') {
        expected++;
      }
      assertThat(EightBytes.countBefore(EightBytes.findNotPlain(EightBytes.get(bytes, 0))))
          .as("%016x", EightBytes.get(bytes, 0))
          .isEqualTo(expected);
    }
  }

  @Test
  void put_upToEight() {
    for (int count = 0; count <= 8; count++) {
      byte[] buffer = "-abcdefgh-".getBytes(ISO_8859_1);
      EightBytes.put(buffer, 1, EightBytes.of("12345678"), count);

      assertThat(new String(buffer, ISO_8859_1))
          .isEqualTo("-" + "12345678".substring(0, count) + "abcdefgh".substring(count) + "-");
    }
  }

  @Test
  void countDigits_asALoop() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = someBytes("0123456789/: \u00b0\u00ba");
      int expected = 0;
      while (expected < 8 && bytes[expected] >= '0' && bytes[expected] <= '9') {
        expected++;
      }
      assertThat(EightBytes.countDigits(EightBytes.get(bytes, 0)))
          .as("%016x", EightBytes.get(bytes, 0))
          .isEqualTo(expected);
    }
  }

  @Test
  void toDecimal_asALoop() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = someBytes("0123456789");
      int count = 0;
      long expected = 0;
      while (count < 8 && bytes[count] >= '0' && bytes[count] <= '9') {
        expected = expected * 10 + bytes[count++] - '0';
        assertThat(EightBytes.toDecimal(EightBytes.get(bytes, 0), count)).isEqualTo(expected);
      }
    }
  }

  /// Returns eight random bytes, most of them from the given ones.
  private byte[] someBytes(String these) {
    byte[] bytes = new byte[8];
    random.nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      if (random.nextInt(6) > 0) {
        bytes[i] = (byte) these.charAt(random.nextInt(these.length()));
      }
    }
    return bytes;
  }
}
