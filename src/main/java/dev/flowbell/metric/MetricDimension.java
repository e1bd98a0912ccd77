package dev.flowbell.metric;

import dev.flowbell.record.FlowField;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a metric can be split up by. Each value makes series of its own, which CloudWatch bills.
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
  /// The Availability Zone's id.
  AZ_ID("AzId", FlowField.AZ_ID),
  /// `ingress` or `egress`, as the interface sees it.
  FLOW_DIRECTION("FlowDirection", FlowField.FLOW_DIRECTION),
  /// Why traffic was rejected, where AWS says so: `BPA`, `EC`.
  REJECT_REASON("RejectReason", FlowField.REJECT_REASON),
  /// The log group that the record came from.
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

  /// Returns the field of a record that has the value, `null` where the payload has it.
  @Nullable FlowField field() {
    return field;
  }

  /// Reads which series to publish besides the totals: names with commas between; `+` joins
  /// dimensions into one series, `VpcId,InterfaceId+RejectReason`. Blank for none.
  ///
  /// @throws IllegalArgumentException where a name is unknown or a series stands twice
  public static List<List<MetricDimension>> parseSets(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    List<List<MetricDimension>> sets =
        Arrays.stream(text.split(",", -1)).map(MetricDimension::parseSet).toList();
    if (sets.stream().distinct().count() != sets.size()) {
      throw new IllegalArgumentException("expected each series once, got \"" + text + "\"");
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
