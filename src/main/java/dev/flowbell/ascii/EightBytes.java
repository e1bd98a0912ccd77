package dev.flowbell.ascii;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Processes eight bytes of text at once, as one long. The first byte is the lowest.
///
/// Each method has the same result as a loop over the bytes. `EightBytesTest` compares both.
///
/// @see <a href="https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord">Bit Twiddling
///   Hacks</a>
public final class EightBytes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

  private EightBytes() {}

  /// Returns the eight bytes from `position` on. All of them must be in the buffer.
  public static long get(byte[] buffer, int position) {
    return (long) LONG.get(buffer, position);
  }

  /// Replaces `count` bytes, 0 to 8, from `position` on. All eight must be in the buffer.
  public static void put(byte[] buffer, int position, long bytes, int count) {
    // Java shifts a long by the lowest six bits of the count: a shift by 64 would be one by 0.
    long kept = count == Long.BYTES ? 0 : get(buffer, position) & (-1L << (count * Byte.SIZE));
    long put = count == 0 ? 0 : first(bytes, count);
    LONG.set(buffer, position, kept | put);
  }

  /// Returns an ASCII word of at most eight characters, as [#get] and [#first] return it.
  public static long of(String word) {
    long bytes = 0;
    byte[] ascii = word.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < ascii.length; i++) {
      bytes |= (long) ascii[i] << (i * Byte.SIZE);
    }
    return bytes;
  }

  /// Returns the first `count` bytes, 1 to 8. The others become zeros.
  public static long first(long bytes, int count) {
    return bytes & (-1L >>> ((Long.BYTES - count) * Byte.SIZE));
  }

  /// Returns the same ASCII character eight times, for [#countTo].
  public static long each(char c) {
    return c * ONES;
  }

  /// Returns how many bytes are before the first occurrence of a character, 8 without one.
  ///
  /// `b ^ c` is 0 only for the character. Only a zero byte has no highest bit and gets it when 1 is
  /// subtracted, with a borrow. The borrow can mark the byte above wrongly, but never a byte below.
  /// The lowest mark counts, so the result is right.
  ///
  /// @param sought the character, from [#each]
  public static int countTo(long sought, long bytes) {
    long others = bytes ^ sought;
    return countBefore((others - ONES) & ~others & HIGHEST_BITS);
  }

  /// Returns marks of the bytes that are not plain, for [#countBefore]; 0 where all are plain.
  /// Plain bytes stand for themselves in a JSON string: ASCII, no quote, backslash or control
  /// character.
  ///
  /// For a byte b without its highest bit, `b - n` has that bit only if b < n, because of the
  /// borrow. This finds control characters with n = 0x20, and a character c with `b ^ c` for b and
  /// n = 1. A borrow can mark the byte above wrongly, but never a byte below.
  ///
  /// @see <a href="https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord">Bit
  ///   Twiddling Hacks, a byte less than n</a>
  public static long findNotPlain(long bytes) {
    long quotes = (bytes ^ ('"' * ONES)) - ONES;
    long backslashes = (bytes ^ ('\\' * ONES)) - ONES;
    long controls = bytes - ' ' * ONES;
    return (quotes | backslashes | controls | bytes) & HIGHEST_BITS;
  }

  /// Returns how many bytes are before the first mark.
  public static int countBefore(long found) {
    return Long.numberOfTrailingZeros(found) / Byte.SIZE;
  }

  /// Returns how many decimal digits the bytes begin with, 0 to 8.
  ///
  /// `b ^ '0'` is 0 to 9 only for digits. Plus 0x76, it is 0x80 or more from 10 on. A byte above
  /// 0x89 carries into the byte above it, whose mark can then be wrong. That byte is after the
  /// first mark, so the result is right.
  public static int countDigits(long bytes) {
    long values = bytes ^ ('0' * ONES);
    return countBefore(((values + 0x76 * ONES) | values) & HIGHEST_BITS);
  }

  /// Returns the value of the first `count` bytes, 1 to 8, which must be digits.
  ///
  /// A shift moves the digits to the end, with zeros before them: `"443 ..."` to `"00000443"`. Then
  /// neighbours are combined, three times. The digits are a to h, and the first is the lowest byte:
  ///
  /// ```
  /// digits        a     b     c     d     e     f     g     h      one byte each
  /// times 2561    .  10a+b    .  10c+d    .  10e+f    .  10g+h     2561 = 10 << 8 | 1
  /// times 6553601 .        .  100(ab)+cd  .        .  100(ef)+gh   6553601 = 100 << 16 | 1
  /// times 42949672960001                          10000(abcd)+efgh  = 10000 << 32 | 1
  /// ```
  ///
  /// @see <a href="https://lemire.me/blog/2022/01/21/swar-explained-parsing-eight-digits/">Lemire,
  ///   SWAR explained: parsing eight digits</a>
  public static long toDecimal(long bytes, int count) {
    long digits = (bytes & (0x0f * ONES)) << ((Long.BYTES - count) * Byte.SIZE);
    long pairs = ((digits * 2561) >>> 8) & 0x00ff_00ff_00ff_00ffL;
    long fours = ((pairs * 6_553_601) >>> 16) & 0x0000_ffff_0000_ffffL;
    return (fours * 42_949_672_960_001L) >>> 32;
  }
}
