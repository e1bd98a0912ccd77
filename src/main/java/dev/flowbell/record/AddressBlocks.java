package dev.flowbell.record;

import java.util.Arrays;
import java.util.List;

/// Several blocks of addresses, such as the networks of the user's own hosts.
///
/// @param blocks at least one
public record AddressBlocks(List<AddressBlock> blocks) {
  /// Creates a list with a copy of these blocks.
  public AddressBlocks {
    blocks = List.copyOf(blocks);
  }

  /// Reads blocks in CIDR notation, separated by commas.
  ///
  /// @throws IllegalArgumentException where a block is malformed
  public static AddressBlocks parse(String text) {
    return new AddressBlocks(
        Arrays.stream(text.split(",", -1)).map(String::strip).map(AddressBlock::parse).toList());
  }

  /// Returns whether an address is in one of the blocks.
  public boolean contains(IpAddress address) {
    return contains(address.high(), address.low());
  }

  /// Returns whether an address is in one of the blocks.
  ///
  /// @param high, low the halves of the address, as in [IpAddress]
  public boolean contains(long high, long low) {
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).contains(high, low)) {
        return true;
      }
    }
    return false;
  }
}
