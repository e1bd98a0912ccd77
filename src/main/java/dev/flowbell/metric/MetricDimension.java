package dev.flowbell.metric;

import dev.flowbell.record.FlowField;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A dimension that metrics can have. Each of its values is another CloudWatch metric, which AWS
/// bills.
public enum MetricDimension {
  /// The VPC.
  VPC_ID("VpcId", FlowField.VPC_ID),
  /// The subnet.
  SUBNET_ID("SubnetId", FlowField.SUBNET_ID),
  /// The network interface.
  INTERFACE_ID("InterfaceId", FlowField.INTERFACE_ID),
  /// The account that owns the network interface.
  ACCOUNT_ID("AccountId", FlowField.ACCOUNT_ID),
  /// The Region.
  REGION("Region", FlowField.REGION),
  /// The ID of the Availability Zone.
  AZ_ID("AzId", FlowField.AZ_ID),
  /// `ingress` or `egress`, seen from the network interface.
  FLOW_DIRECTION("FlowDirection", FlowField.FLOW_DIRECTION),
  /// AWS's reason for the rejection, such as `BPA` or `EC`.
  REJECT_REASON("RejectReason", FlowField.REJECT_REASON),
  /// The log group of the record.
  LOG_GROUP("LogGroup", null);

  private final String awsName;
  private final @Nullable FlowField field;

  MetricDimension(String awsName, @Nullable FlowField field) {
    this.awsName = awsName;
    this.field = field;
  }

  /// Returns the dimension's name in CloudWatch.
  public String awsName() {
    return awsName;
  }

  /// Returns the record's field with the value, `null` where it is the payload's log group.
  @Nullable FlowField field() {
    return field;
  }

  /// Reads which series to publish besides the totals, such as `VpcId,InterfaceId+RejectReason`:
  /// commas separate sets of dimensions, `+` joins the dimensions of a set. Blank means none.
  ///
  /// @throws IllegalArgumentException where a name is unknown, or a dimension or a set is repeated,
  ///   a set in any order
  public static List<List<MetricDimension>> parseSets(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    List<List<MetricDimension>> sets =
        Arrays.stream(text.split(",", -1)).map(MetricDimension::parseSet).toList();
    // CloudWatch knows no order of dimensions: both orders would add to the same series.
    if (sets.stream().map(EnumSet::copyOf).distinct().count() != sets.size()) {
      throw new IllegalArgumentException(
          "expected each series once, whatever the order of its dimensions, got \"" + text + "\"");
    }
    return sets;
  }

  private static List<MetricDimension> parseSet(String text) {
    List<MetricDimension> set =
        Arrays.stream(text.split("\\+", -1))
            .map(String::strip)
            .map(MetricDimension::parse)
            .toList();
    if (set.stream().distinct().count() != set.size()) {
      throw new IllegalArgumentException("expected each dimension once, got \"" + text + "\"");
    }
    return set;
  }

  private static MetricDimension parse(String name) {
    for (MetricDimension dimension : values()) {
      if (dimension.awsName.equals(name)) {
        return dimension;
      }
    }
    throw new IllegalArgumentException(
        "expected dimensions out of "
            + Arrays.stream(values())
                .map(MetricDimension::awsName)
                .collect(Collectors.joining(", "))
            + ", got \""
            + name
            + "\"");
  }
}
