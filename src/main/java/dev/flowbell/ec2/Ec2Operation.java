package dev.flowbell.ec2;

/// An EC2 operation that Flowbell calls. None of them changes anything.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html">Actions</a>
public enum Ec2Operation {
  /// Which flow logs deliver to a log group.
  DESCRIBE_FLOW_LOGS("DescribeFlowLogs", "flowLogSet"),
  /// Network interfaces.
  DESCRIBE_NETWORK_INTERFACES("DescribeNetworkInterfaces", "networkInterfaceSet"),
  /// Security groups with their rules.
  DESCRIBE_SECURITY_GROUPS("DescribeSecurityGroups", "securityGroupInfo"),
  /// Network ACLs with their entries.
  DESCRIBE_NETWORK_ACLS("DescribeNetworkAcls", "networkAclSet"),
  /// Subnets.
  DESCRIBE_SUBNETS("DescribeSubnets", "subnetSet"),
  /// Prefix lists, without their entries.
  DESCRIBE_MANAGED_PREFIX_LISTS("DescribeManagedPrefixLists", "prefixListSet"),
  /// The entries of a prefix list.
  GET_MANAGED_PREFIX_LIST_ENTRIES("GetManagedPrefixListEntries", "entrySet"),
  /// VPCs.
  DESCRIBE_VPCS("DescribeVpcs", "vpcSet"),
  /// Tags of resources.
  DESCRIBE_TAGS("DescribeTags", "tagSet");

  private final String action;
  private final String set;

  Ec2Operation(String action, String set) {
    this.action = action;
    this.set = set;
  }

  /// Returns its name in requests: `DescribeVpcs`.
  public String action() {
    return action;
  }

  /// Returns the permission that it needs: `ec2:DescribeVpcs`.
  public String iamAction() {
    return "ec2:" + action;
  }

  /// Returns the element of its answer that holds the items.
  String set() {
    return set;
  }
}
