package dev.flowbell.ascii;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Looks at eight bytes of text at once, as one long: the first is the lowest byte.
///
/// What each method comes to is what a loop over the bytes would; `EightBytesTest` compares both.
///
/// @see <a href="https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord">Bit Twiddling
///   Hacks</a>
public final class EightBytes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

  private EightBytes() {}

  /// Returns the bytes from `position` on; all eight must be in the buffer.
  public static long get(byte[] buffer, int position) {
    return (long) LONG.get(buffer, position);
  }

  /// Replaces the first `count` bytes from `position` on, 0 to 8; all eight must be in the buffer.
  public static void put(byte[] buffer, int position, long bytes, int count) {
    // A long is shifted by six bits of a number: 64 would be 0.
    long kept = count == Long.BYTES ? 0 : get(buffer, position) & (-1L << (count * Byte.SIZE));
    long put = count == 0 ? 0 : first(bytes, count);
    LONG.set(buffer, position, kept | put);
  }

  /// Returns an ASCII word of at most eight characters, as [#get] and [#first] would.
  public static long of(String word) {
    long bytes = 0;
    byte[] ascii = word.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < ascii.length; i++) {
      bytes |= (long) ascii[i] << (i * Byte.SIZE);
    }
    return bytes;
  }

  /// Returns the first `count` bytes, 1 to 8, the rest as zeros.
  public static long first(long bytes, int count) {
    return bytes & (-1L >>> ((Long.BYTES - count) * Byte.SIZE));
  }

  /// Returns eight times the same ASCII character, for [#countTo].
  public static long each(char c) {
    return c * ONES;
  }

  /// Returns how many of the bytes are before the first that is a certain one; 8 where none is.
  ///
  /// `b ^ c` is 0 for that character alone, and a zero byte alone borrows when 1 is taken from it
  /// and had no highest bit itself. The borrow may make a find of the byte above, never of one
  /// below, and the lowest counts.
  ///
  /// @param sought the character, as [#each] has it
  public static int countTo(long sought, long bytes) {
    long others = bytes ^ sought;
    return countBefore((others - ONES) & ~others & HIGHEST_BITS);
  }

  /// Returns 0 where a JSON string may hold all of the bytes as they are: ASCII, no quote, no
  /// backslash, no control character; else what [#countBefore] takes, which a loop over a long text
  /// needs but once.
  ///
  /// For a byte b without its highest bit, `b - n` borrows, and so gets it, just where b < n: that
  /// finds control characters (n = 0x20), and with b ^ c in place of b and n = 1 the character c.
  /// Here, too, a borrow may make a find of the byte above alone.
  ///
  /// @see <a href="https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord">Bit
  ///   Twiddling Hacks, a byte less than n</a>
  public static long findNotPlain(long bytes) {
    long quotes = (bytes ^ ('"' * ONES)) - ONES;
    long backslashes = (bytes ^ ('\\' * ONES)) - ONES;
    long controls = bytes - ' ' * ONES;
    return (quotes | backslashes | controls | bytes) & HIGHEST_BITS;
  }

  /// Returns how many bytes are before the first that was found.
  public static int countBefore(long found) {
    return Long.numberOfTrailingZeros(found) / Byte.SIZE;
  }

  /// Returns how many decimal digits the bytes begin with, 0 to 8.
  ///
  /// `b ^ '0'` is 0 to 9 for digits alone. Adding 0x76 to that reaches 0x80 from 10 on. A byte
  /// beyond 0x8a carries into the one above, which then may not be told apart; that one comes
  /// later.
  public static int countDigits(long bytes) {
    long values = bytes ^ ('0' * ONES);
    return countBefore(((values + 0x76 * ONES) | values) & HIGHEST_BITS);
  }

  /// Returns the value of the first `count` bytes, 1 to 8, all of them digits.
  ///
  /// Shifting moves the digits to the end and zeros before them: `"443 ..."` to `"00000443"`. Then
  /// neighbours are put together, three times over, eight digits a to h with the first lowest:
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
