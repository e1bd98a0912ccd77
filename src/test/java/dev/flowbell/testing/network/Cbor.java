package dev.flowbell.testing.network;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads CBOR into maps, lists, strings, longs, doubles and booleans: what the SDK's protocol uses.
/// Tags are skipped.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc8949">RFC 8949, CBOR</a>
final class Cbor {
  private static final int INDEFINITE = 31;
  private static final int BREAK = 0xff;

  private final ByteBuffer bytes;

  private Cbor(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /// Reads a map.
  static Map<String, Object> parseMap(byte[] bytes) {
    Map<String, Object> map = new LinkedHashMap<>();
    ((Map<?, ?>) new Cbor(ByteBuffer.wrap(bytes)).read())
        .forEach((key, value) -> map.put((String) key, value));
    return map;
  }

  private Object read() {
    int first = bytes.get() & 0xff;
    int kind = first >> 5;
    int size = first & 0x1f;
    return switch (kind) {
      case 0 -> readNumber(size);
      case 1 -> -1 - readNumber(size);
      case 3 -> readText(size);
      case 4 -> readList(size);
      case 5 -> readMap(size);
      case 6 -> {
        readNumber(size);
        yield read();
      }
      case 7 -> readOther(size);
      default -> throw new IllegalArgumentException("kind " + kind + " at " + bytes.position());
    };
  }

  private long readNumber(int size) {
    return switch (size) {
      case 24 -> bytes.get() & 0xff;
      case 25 -> bytes.getShort() & 0xffff;
      case 26 -> bytes.getInt() & 0xffff_ffffL;
      case 27 -> bytes.getLong();
      default -> size;
    };
  }

  private String readText(int size) {
    byte[] text = new byte[(int) readNumber(size)];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private List<Object> readList(int size) {
    List<Object> list = new ArrayList<>();
    long length = size == INDEFINITE ? Long.MAX_VALUE : readNumber(size);
    while (list.size() < length && !isAtBreak(size)) {
      list.add(read());
    }
    return list;
  }

  private Map<String, Object> readMap(int size) {
    Map<String, Object> map = new LinkedHashMap<>();
    long length = size == INDEFINITE ? Long.MAX_VALUE : readNumber(size);
    while (map.size() < length && !isAtBreak(size)) {
      map.put((String) read(), read());
    }
    return map;
  }

  private boolean isAtBreak(int size) {
    if (size != INDEFINITE || (bytes.get(bytes.position()) & 0xff) != BREAK) {
      return false;
    }
    bytes.get();
    return true;
  }

  private Object readOther(int size) {
    return switch (size) {
      case 20 -> false;
      case 21 -> true;
      case 26 -> (double) bytes.getFloat();
      case 27 -> bytes.getDouble();
      default -> throw new IllegalArgumentException("value " + size + " at " + bytes.position());
    };
  }

  /// Returns the number that is read as a long or a double.
  static double toDouble(@Nullable Object number) {
    return ((Number) number).doubleValue();
  }
}
