package dev.flowbell.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {
  static final List<Arguments> TEXTS =
      List.of(
          Arguments.of("", List.of()),
          Arguments.of("\n", List.of("")),
          Arguments.of("a", List.of("a")),
          Arguments.of("a\n", List.of("a")),
          Arguments.of("a\n\n", List.of("a", "")),
          Arguments.of("a\r\nb", List.of("a", "b")),
          Arguments.of("a \t\r\nb \t\r", List.of("a", "b")),
          Arguments.of(" a b", List.of(" a b")),
          Arguments.of("a\rb\r", List.of("a\rb")),
          Arguments.of(" \r\n \t", List.of("", "")),
          Arguments.of("\r", List.of("")),
          Arguments.of("a\u000b\f\u0085\n", List.of("a\u000b\f\u0085")));

  @ParameterizedTest
  @FieldSource("TEXTS")
  void next_line(String text, List<String> lines) throws IOException {
    assertThat(read(text.getBytes(ISO_8859_1), 1 << 20)).isEqualTo(lines);
    assertThat(read(text.getBytes(ISO_8859_1), 1)).isEqualTo(lines);
    assertThat(naive(text)).isEqualTo(lines);
  }

  @Test
  void next_afterTheLast() throws IOException {
    LineReader reader = new LineReader(new ByteArrayInputStream(new byte[] {'x'}));

    assertThat(reader.next()).isTrue();
    assertThat(reader.next()).isFalse();
    assertThat(reader.next()).isFalse();
  }

  /// Reads random bytes, many of them line breaks and blanks, in random pieces.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void next_likeItsNaiveTwin(long seed) throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    byte[] alphabet = "\n\r \tab\u00e9\u0000".getBytes(ISO_8859_1);
    for (int round = 0; round < 200; round++) {
      byte[] bytes = new byte[random.nextInt(round % 20 == 0 ? 200_000 : 300)];
      int breaks = random.nextInt(1, 1_000);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            random.nextInt(breaks) < 3
                ? alphabet[random.nextInt(8)]
                : (byte) random.nextInt('!', 256);
      }

      assertThat(read(bytes, random.nextInt(1, 100_000)))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(naive(new String(bytes, ISO_8859_1)));
    }
  }

  @Test
  void next_longestLine() throws IOException {
    String line = "x".repeat(LineReader.MOST_BYTES);

    assertThat(read((line + "\nnext").getBytes(ISO_8859_1), 100_000)).containsExactly(line, "next");
  }

  @ParameterizedTest
  @ValueSource(ints = {2_200_000, 5_000_000, 12_345_678})
  void next_overlongLine(int length) throws IOException {
    String text = "before\n" + "x".repeat(length) + "\nafter\n";

    assertThat(read(text.getBytes(ISO_8859_1), 77_777))
        .containsExactly("before", "OVERLONG", "after");
    assertThat(read(text.getBytes(ISO_8859_1), Integer.MAX_VALUE))
        .containsExactly("before", "OVERLONG", "after");
  }

  @Test
  void next_overlongLineAtTheEnd() throws IOException {
    assertThat(read("x".repeat(3 << 20).getBytes(ISO_8859_1), 1 << 20)).containsExactly("OVERLONG");
    assertThat(read(("x".repeat(3 << 20) + "\n").getBytes(ISO_8859_1), 1 << 20))
        .containsExactly("OVERLONG");
  }

  @Test
  void next_holdsNoMoreThanItNeeds() throws IOException {
    InputStream endless =
        new InputStream() {
          private long left = 1L << 28;

          @Override
          public int read() {
            return left-- > 0 ? 'x' : -1;
          }

          @Override
          public int read(byte[] target, int start, int length) {
            int count = (int) Math.min(left, length);
            left -= count;
            return count == 0 ? -1 : count;
          }
        };
    LineReader reader = new LineReader(endless);

    assertThat(reader.next()).isTrue();
    assertThat(reader.isOverlong()).isTrue();
    assertThat(reader.buffer()).hasSizeLessThanOrEqualTo(4 << 20);
    assertThat(reader.next()).isFalse();
  }

  private static List<String> read(byte[] bytes, int piece) throws IOException {
    InputStream inPieces =
        new FilterInputStream(new ByteArrayInputStream(bytes)) {
          @Override
          public int read(byte[] target, int start, int length) throws IOException {
            return super.read(target, start, Math.min(length, piece));
          }
        };
    LineReader reader = new LineReader(inPieces);
    List<String> lines = new ArrayList<>();
    while (reader.next()) {
      lines.add(
          reader.isOverlong()
              ? "OVERLONG"
              : new String(
                  reader.buffer(), reader.start(), reader.end() - reader.start(), ISO_8859_1));
    }
    return lines;
  }

  private static List<String> naive(String text) {
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    if (lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    lines.replaceAll(line -> line.replaceFirst("[ \t\r]+$", ""));
    return lines;
  }
}
