package dev.flowbell.ec2;

import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.util.List;

/// A subnet as EC2 describes it.
///
/// @param id `subnet-…`
/// @param blocks its IPv4 block, and its IPv6 blocks
/// @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html">Subnet</a>
public record Subnet(String id, List<AddressBlock> blocks) {
  /// Creates a subnet with a copy of the list.
  public Subnet {
    blocks = List.copyOf(blocks);
  }

  /// Returns whether an address is in the subnet.
  boolean contains(IpAddress address) {
    return blocks.stream().anyMatch(block -> block.contains(address));
  }
}
