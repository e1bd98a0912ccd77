package dev.flowbell.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.PayloadGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InflatedPayloadTest {
  private final InflatedPayload payload = new InflatedPayload(1 << 20);

  /// Base64 is read in pieces of 32,768 characters. The lengths are around that, so that the end of
  /// a piece can be in the trailer.
  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 2, 3, 100, 24_540, 24_545, 24_550, 24_553, 24_555, 24_560, 49_120, 300_000})
  void read_whole(int length) {
    for (int more = 0; more < 12; more++) {
      byte[] bytes = randomBytes(length + more);

      assertThat(payload.read(base64(PayloadGenerator.gzip(bytes)))).isTrue();
      assertThat(payload.length()).isEqualTo(bytes.length);
      assertThat(Arrays.copyOf(payload.bytes(), bytes.length)).isEqualTo(bytes);
      assertThat(
              Arrays.copyOfRange(
                  payload.bytes(), bytes.length, bytes.length + InflatedPayload.PADDING_BYTES))
          .containsOnly(0);
    }
  }

  @Test
  void read_upToTheBound() {
    InflatedPayload small = new InflatedPayload(70_000);

    assertThat(small.read(base64(PayloadGenerator.gzip(new byte[70_000])))).isTrue();
    assertThat(small.read(base64(PayloadGenerator.gzip(new byte[70_001])))).isFalse();
  }

  @Test
  void read_cutAnywhere() {
    byte[] zipped = PayloadGenerator.gzip(randomBytes(40));
    for (int end = 0; end < zipped.length; end++) {
      assertThat(payload.read(base64(Arrays.copyOf(zipped, end)))).as("%d bytes", end).isFalse();
    }
    assertThat(payload.read(base64(zipped))).isTrue();
  }

  /// The header's time, extra flags and operating system can have any value.
  @Test
  void read_damagedAnywhere() {
    byte[] bytes = randomBytes(40);
    byte[] zipped = PayloadGenerator.gzip(bytes);
    for (int i = 0; i < zipped.length; i++) {
      byte[] damaged = zipped.clone();
      damaged[i] ^= 4;
      assertThat(payload.read(base64(damaged))).as("byte %d", i).isEqualTo(i >= 4 && i < 10);
    }
  }

  @Test
  void read_whatGzipStreamKnows() {
    byte[] member = PayloadGenerator.gzip(randomBytes(40));
    byte[] two = Arrays.copyOf(member, 2 * member.length);
    System.arraycopy(member, 0, two, member.length, member.length);

    assertThat(payload.read(base64(two))).as("two members").isFalse();
    assertThat(payload.read(base64(Arrays.copyOf(member, member.length + 1))))
        .as("zeros")
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "é", "Ł", "日", "=", "\n"})
  void read_notBase64(String wrong) {
    String data = base64(PayloadGenerator.gzip(randomBytes(40_000)));
    for (int at : new int[] {0, 1, 32_767, 32_768, data.length() - 3}) {
      String damaged = data.substring(0, at) + wrong + data.substring(at + 1);
      assertThat(payload.read(damaged)).as("at %d", at).isFalse();
    }
    assertThat(payload.read(data.substring(0, 32_764) + "AA==" + data.substring(32_768))).isFalse();
  }

  private static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
