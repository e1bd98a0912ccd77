package dev.flowbell.ec2;

import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.util.List;

/// A prefix list as EC2 describes it: AWS's own, such as that of CloudFront, or the user's.
///
/// @param id `pl-…`
/// @param name such as `com.amazonaws.global.cloudfront.origin-facing`
/// @param version counts the changes of the user's lists; AWS's own have 0
/// @param blocks its entries
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedPrefixList.html">ManagedPrefixList</a>
public record PrefixList(String id, String name, long version, List<AddressBlock> blocks) {
  /// Creates a list with a copy of the blocks.
  public PrefixList {
    blocks = List.copyOf(blocks);
  }

  /// Returns whether an address is in the list.
  public boolean contains(IpAddress address) {
    return blocks.stream().anyMatch(block -> block.contains(address));
  }
}
