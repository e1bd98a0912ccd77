package dev.flowbell.record;

/// A block of addresses in CIDR notation.
///
/// @param network the first address of the block
/// @param prefixLength how many leading bits of 128 all addresses of the block share
/// @see <a href="https://www.rfc-editor.org/rfc/rfc4632#section-3.1">RFC 4632, CIDR notation</a>
public record AddressBlock(IpAddress network, int prefixLength) {
  /// A longer prefix than this one holds addresses of one family alone: `::ffff:0:0/96` is where
  /// [IpAddress] keeps IPv4.
  private static final int SHORTEST_COMMON = 96;

  /// Reads `10.0.0.0/8` or `fe80::/10`.
  ///
  /// @throws IllegalArgumentException where the text is not a block, or has bits after the prefix
  public static AddressBlock parse(String cidr) {
    AddressBlock block = read(cidr);
    if (!block.equals(block.masked())) {
      throw malformed(cidr);
    }
    return block;
  }

  /// Reads `10.0.0.0/8` or `fe80::/10`, and clears the bits after the prefix: `10.1.2.3/8` is
  /// `10.0.0.0/8`.
  ///
  /// @throws IllegalArgumentException where the text is not a block
  public static AddressBlock parseMasked(String cidr) {
    return read(cidr).masked();
  }

  private static AddressBlock read(String cidr) {
    int slash = cidr.indexOf('/');
    IpAddress network = slash < 0 ? null : IpAddress.find(cidr.substring(0, slash));
    if (network == null) {
      throw malformed(cidr);
    }
    int length;
    try {
      length = Integer.parseInt(cidr, slash + 1, cidr.length(), 10);
    } catch (NumberFormatException e) {
      throw malformed(cidr);
    }
    int bits = network.isIpv4() ? 32 : 128;
    if (length < 0 || length > bits) {
      throw malformed(cidr);
    }
    return new AddressBlock(network, length + 128 - bits);
  }

  /// Returns whether an address is in this block. No IPv6 block holds IPv4 addresses, not even
  /// `::/0`.
  public boolean contains(IpAddress address) {
    return contains(address.high(), address.low());
  }

  /// Returns the block in CIDR notation.
  @Override
  public String toString() {
    return network + "/" + (network.isIpv4() ? prefixLength - 96 : prefixLength);
  }

  /// Returns whether all addresses of another block are in this one.
  public boolean contains(AddressBlock other) {
    return other.prefixLength >= prefixLength && contains(other.network);
  }

  boolean contains(long high, long low) {
    return (high & mask(prefixLength)) == network.high()
        && (low & mask(prefixLength - 64)) == network.low()
        && (prefixLength > SHORTEST_COMMON || isIpv4(high, low) == network.isIpv4());
  }

  private static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }

  private AddressBlock masked() {
    return new AddressBlock(
        new IpAddress(network.high() & mask(prefixLength), network.low() & mask(prefixLength - 64)),
        prefixLength);
  }

  private static long mask(int leadingOnes) {
    return leadingOnes <= 0 ? 0 : leadingOnes >= 64 ? -1 : -1L << (64 - leadingOnes);
  }

  private static IllegalArgumentException malformed(String cidr) {
    return new IllegalArgumentException(
        "expected an address block such as 10.0.0.0/8 or fe80::/10, got \"" + cidr + "\"");
  }
}
