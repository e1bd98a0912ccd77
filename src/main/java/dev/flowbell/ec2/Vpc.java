package dev.flowbell.ec2;

import dev.flowbell.record.AddressBlock;
import java.util.List;

/// A VPC as EC2 describes it.
///
/// @param id `vpc-…`
/// @param blocks its IPv4 and IPv6 blocks that are associated now
/// @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html">Vpc</a>
public record Vpc(String id, List<AddressBlock> blocks) {
  /// Creates a VPC with a copy of the list.
  public Vpc {
    blocks = List.copyOf(blocks);
  }
}
