package dev.flowbell.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.input.UndecodableEventException.Layer;
import dev.flowbell.testing.generator.PayloadGenerator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952, GZIP file format</a>
class GzipStreamTest {
  private static final byte[] HELLO = PayloadGenerator.gzip("hello".getBytes(UTF_8));

  @Test
  void read_oneMember() throws IOException {
    assertThat(inflate(HELLO)).isEqualTo("hello");
  }

  @Test
  void read_nothingCompressed() throws IOException {
    assertThat(inflate(PayloadGenerator.gzip(new byte[0]))).isEmpty();
  }

  @Test
  void read_severalMembers() throws IOException {
    byte[] world = PayloadGenerator.gzip(", world".getBytes(UTF_8));
    byte[] empty = PayloadGenerator.gzip(new byte[0]);
    assertThat(inflate(concat(HELLO, empty, world, empty))).isEqualTo("hello, world");
  }

  @Test
  void read_zerosAfterMembers() throws IOException {
    assertThat(inflate(concat(HELLO, new byte[1]))).isEqualTo("hello");
    assertThat(inflate(concat(HELLO, new byte[20_000]))).isEqualTo("hello");
    assertThat(inflate(concat(HELLO, new byte[9_000], HELLO))).isEqualTo("hellohello");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8191, 8192, 8193, 100_000, 1_000_000})
  void read_muchThatHardlyCompresses(int bytes) throws IOException {
    byte[] noise = new byte[bytes];
    new Random(bytes).nextBytes(noise);
    byte[] zipped = concat(PayloadGenerator.gzip(noise), HELLO);
    try (GzipStream stream = stream(zipped, bytes + 5)) {
      assertThat(stream.readNBytes(bytes)).isEqualTo(noise);
      assertThat(new String(stream.readAllBytes(), UTF_8)).isEqualTo("hello");
    }
  }

  /// Network streams return only the bytes that they have.
  @Test
  void read_fromASourceThatGivesSingleBytes() throws IOException {
    InputStream drops =
        new ByteArrayInputStream(concat(HELLO, HELLO)) {
          @Override
          public synchronized int read(byte[] target, int start, int length) {
            return super.read(target, start, Math.min(length, 1));
          }
        };
    try (GzipStream stream = new GzipStream(drops, "x", 10)) {
      assertThat(new String(stream.readAllBytes(), UTF_8)).isEqualTo("hellohello");
    }
  }

  @Test
  void read_oneByteAtATime() throws IOException {
    try (GzipStream stream = stream(PayloadGenerator.gzip(new byte[] {(byte) 0xff, 0, 7}), 9)) {
      assertThat(stream.read()).isEqualTo(255);
      assertThat(stream.read()).isEqualTo(0);
      assertThat(stream.read()).isEqualTo(7);
      assertThat(stream.read()).isEqualTo(-1);
      assertThat(stream.read()).isEqualTo(-1);
    }
  }

  @Test
  void read_intoPartOfAnArray() throws IOException {
    byte[] target = "........".getBytes(UTF_8);
    try (GzipStream stream = stream(HELLO, 9)) {
      assertThat(stream.read(target, 3, 0)).isEqualTo(0);
      assertThat(stream.read(target, 3, 2)).isEqualTo(2);
      assertThat(new String(target, UTF_8)).isEqualTo("...he...");
      assertThat(stream.read(target, 4, 4)).isEqualTo(3);
      assertThat(new String(target, UTF_8)).isEqualTo("...hllo.");
      assertThat(stream.read(target, 0, 8)).isEqualTo(-1);
      assertThat(stream.read(target, 0, 0)).isEqualTo(0);
    }
  }

  // Headers, made by hand: Java writes none of these flags.

  @ParameterizedTest
  @CsvSource({
    "00, ''",
    "01, ''", // FTEXT, a hint without a field
    "02, abcd", // FHCRC, which is not checked
    "04, 0000", // FEXTRA of no bytes
    "04, 0300616263", // FEXTRA of 3 bytes
    "08, 00", // FNAME, empty
    "08, 612e6c6f6700", // FNAME a.log
    "10, 6f6820212000", // FCOMMENT
    "1f, 020061626e616d6500636f6d6d656e7400abcd" // all of them, in their order
  })
  void read_headerFields(String flags, String fields) throws IOException {
    byte[] gzip = concat(hex("1f8b08" + flags + "0102030402ff" + fields), bodyOf(HELLO));
    assertThat(inflate(gzip)).isEqualTo("hello");
    assertThat(inflate(concat(gzip, gzip))).isEqualTo("hellohello");
  }

  @Test
  void read_longExtraFieldAndName() throws IOException {
    byte[] extra = new byte[65_535];
    byte[] name = "n".repeat(10_000).getBytes(UTF_8);
    byte[] gzip = concat(hex("1f8b080c000000000003ffff"), extra, name, new byte[1], bodyOf(HELLO));
    assertThat(inflate(gzip)).isEqualTo("hello");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "'' => 0 => x: gzip ended early after 0 bytes",
        "1f => 1 => x: gzip ended early after 1 bytes",
        "1f8b => 2 => x: gzip ended early after 2 bytes",
        "1f8b08 => 3 => x: gzip ended early after 3 bytes",
        "1f8b080001020304 => 8 => x: gzip ended early after 8 bytes",
        "1f8b0804000000000003ff => 11 => x: gzip ended early after 11 bytes",
        "1f8b0804000000000003020061 => 13 => x: gzip ended early after 13 bytes",
        "1f8b0808000000000003616263 => 13 => x: gzip ended early after 13 bytes",
        "1f8b0810000000000003616263 => 13 => x: gzip ended early after 13 bytes",
        "1f8b0802000000000003ab => 11 => x: gzip ended early after 11 bytes",
        "1f8b0800000000000003 => 10 => x: gzip ended early after 10 bytes",
        "0000 => 2 => x: not gzip: expected the bytes 1f 8b at byte 0",
        "1f8c => 2 => x: not gzip: expected the bytes 1f 8b at byte 0",
        "1e8b => 2 => x: not gzip: expected the bytes 1f 8b at byte 0",
        "7b22 => 2 => x: not gzip: expected the bytes 1f 8b at byte 0",
        "1f8b07 => 3 => x: gzip method: expected 8 (deflate), got 7",
        "1f8bff => 3 => x: gzip method: expected 8 (deflate), got 255",
        "1f8b0820 => 4 => x: gzip flags: expected the reserved bits to be 0, got 32",
        "1f8b0880 => 4 => x: gzip flags: expected the reserved bits to be 0, got 128",
        "1f8b08ff => 4 => x: gzip flags: expected the reserved bits to be 0, got 255",
        // a deflate block of the invalid type, and a stored block with an invalid length
        "1f8b080000000000000307 => 11 => x: gzip is damaged near byte 11 (invalid block type)",
        "1f8b08000000000000030105000000 => 15 => x: gzip is damaged near byte 15 (invalid stored"
            + " block lengths)"
      })
  void read_refusal(String gzip, long offset, String message) {
    assertRefused(hex(gzip), offset, message);
  }

  @Test
  void read_cutAnywhere() {
    for (int end = 0; end < HELLO.length; end++) {
      assertRefused(Arrays.copyOf(HELLO, end), end, "x: gzip ended early after " + end + " bytes");
    }
  }

  /// The second of two members is cut. The offset is in the whole file.
  @Test
  void read_secondMemberCutAnywhere() {
    for (int end = 1; end < HELLO.length; end++) {
      int offset = HELLO.length + end;
      assertRefused(
          concat(HELLO, Arrays.copyOf(HELLO, end)),
          offset,
          "x: gzip ended early after " + offset + " bytes");
    }
  }

  @Test
  void read_trailerDamaged() {
    for (int i = HELLO.length - 8; i < HELLO.length; i++) {
      byte[] damaged = HELLO.clone();
      damaged[i] ^= 0x40;
      assertRefused(
          damaged,
          HELLO.length,
          "x: gzip is damaged: its %s differs from its content's"
              .formatted(i < HELLO.length - 4 ? "checksum" : "length"));
    }
  }

  @Test
  void read_garbageAfterMember() {
    assertRefused(
        concat(HELLO, "{}".getBytes(UTF_8)),
        HELLO.length + 2,
        "x: not gzip: expected the bytes 1f 8b at byte " + HELLO.length);
    assertRefused(
        concat(HELLO, new byte[3], "{}".getBytes(UTF_8)),
        HELLO.length + 5,
        "x: not gzip: expected the bytes 1f 8b at byte " + (HELLO.length + 3));
    assertRefused(
        concat(HELLO, "{".getBytes(UTF_8)),
        HELLO.length + 1,
        "x: gzip ended early after " + (HELLO.length + 1) + " bytes");
  }

  /// Damages each byte in turn. The stream is refused, unless the byte has no meaning.
  @Test
  void read_anyByteDamaged() {
    for (int i = 0; i < HELLO.length; i++) {
      byte[] damaged = HELLO.clone();
      damaged[i] ^= 0x20;
      // time, extra flags, operating system, and the unused bits of deflate's last byte
      boolean isMeaningless = (i >= 4 && i < 10) || i == HELLO.length - 9;
      if (isMeaningless) {
        assertThat(inflateOrFault(damaged)).as("byte %d", i).isEqualTo("hello");
      } else {
        assertThat(inflateOrFault(damaged)).as("byte %d", i).startsWith("x: ");
      }
    }
  }

  @Test
  void read_bound() throws IOException {
    byte[] twice = concat(HELLO, HELLO);
    try (GzipStream stream = stream(twice, 10)) {
      assertThat(new String(stream.readAllBytes(), UTF_8)).isEqualTo("hellohello");
    }
    assertThatThrownBy(() -> stream(twice, 9).readAllBytes())
        .isInstanceOf(UndecodableEventException.class)
        .hasMessage("x: gzip inflates past the bound of 9 bytes");
    assertThatThrownBy(() -> stream(HELLO, 4).readAllBytes())
        .isInstanceOf(UndecodableEventException.class)
        .hasMessage("x: gzip inflates past the bound of 4 bytes");
  }

  @Test
  void close_closesItsSource() throws IOException {
    AtomicBoolean isClosed = new AtomicBoolean();
    InputStream source =
        new ByteArrayInputStream(HELLO) {
          @Override
          public void close() {
            isClosed.set(true);
          }
        };
    new GzipStream(source, "x", 5).close();
    assertThat(isClosed).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"31, 139, true", "31, 140, false", "30, 139, false", "139, 31, false"})
  void isMagic_bothBytes(int first, int second, boolean expected) {
    assertThat(GzipStream.isMagic(first, second)).isEqualTo(expected);
  }

  private static void assertRefused(byte[] gzip, long offset, String message) {
    assertThatThrownBy(() -> stream(gzip, 1000).readAllBytes())
        .isInstanceOfSatisfying(
            UndecodableEventException.class,
            e -> {
              assertThat(e).hasMessage(message);
              assertThat(e.layer()).isEqualTo(Layer.GZIP);
              assertThat(e.offset()).as(message).isEqualTo(offset);
            });
  }

  private static String inflate(byte[] gzip) throws IOException {
    try (GzipStream stream = stream(gzip, 1000)) {
      return new String(stream.readAllBytes(), ISO_8859_1);
    }
  }

  private static String inflateOrFault(byte[] gzip) {
    try {
      return inflate(gzip);
    } catch (UndecodableEventException | IOException e) {
      return e.getMessage();
    }
  }

  private static GzipStream stream(byte[] gzip, long maxInflatedBytes) {
    return new GzipStream(new ByteArrayInputStream(gzip), "x", maxInflatedBytes);
  }

  private static byte[] bodyOf(byte[] gzip) {
    return Arrays.copyOfRange(gzip, 10, gzip.length);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
