package dev.flowbell.record;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A field of flow log records: AWS's name for it, the version that introduced it, and the kind of
/// its values.
///
/// To add a field, add a line here. If Flowbell is to use it, mark it [Use#READ] and add an
/// accessor to [FlowRecord].
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html">Transit gateway
///   flow logs</a>
public enum FlowField {
  // Version 2: the default format, in its order.
  VERSION("version", 2, FieldKind.DECIMAL, Use.CHECKED),
  ACCOUNT_ID("account-id", 2, FieldKind.TEXT, Use.READ),
  INTERFACE_ID("interface-id", 2, FieldKind.TEXT, Use.READ, "eni-"),
  SRCADDR("srcaddr", 2, FieldKind.ADDRESS, Use.READ),
  DSTADDR("dstaddr", 2, FieldKind.ADDRESS, Use.READ),
  SRCPORT("srcport", 2, FieldKind.PORT, Use.READ),
  DSTPORT("dstport", 2, FieldKind.PORT, Use.READ),
  PROTOCOL("protocol", 2, FieldKind.PROTOCOL, Use.READ),
  PACKETS("packets", 2, FieldKind.DECIMAL, Use.READ),
  BYTES("bytes", 2, FieldKind.DECIMAL, Use.READ),
  START("start", 2, FieldKind.DECIMAL, Use.READ),
  END("end", 2, FieldKind.DECIMAL, Use.READ),
  ACTION("action", 2, FieldKind.ACTION, Use.READ),
  LOG_STATUS("log-status", 2, FieldKind.LOG_STATUS, Use.READ),
  // Version 3.
  VPC_ID("vpc-id", 3, FieldKind.TEXT, Use.READ, "vpc-"),
  SUBNET_ID("subnet-id", 3, FieldKind.TEXT, Use.READ, "subnet-"),
  INSTANCE_ID("instance-id", 3, FieldKind.TEXT, Use.READ, "i-"),
  TCP_FLAGS("tcp-flags", 3, FieldKind.TCP_FLAGS, Use.READ),
  TYPE("type", 3, FieldKind.TEXT, Use.READ, "IPv4|IPv6|EFA"),
  PKT_SRCADDR("pkt-srcaddr", 3, FieldKind.ADDRESS, Use.READ),
  PKT_DSTADDR("pkt-dstaddr", 3, FieldKind.ADDRESS, Use.READ),
  // Version 4.
  REGION("region", 4, FieldKind.TEXT, Use.READ),
  AZ_ID("az-id", 4, FieldKind.TEXT, Use.READ),
  SUBLOCATION_TYPE("sublocation-type", 4, FieldKind.TEXT, Use.CHECKED),
  SUBLOCATION_ID("sublocation-id", 4, FieldKind.TEXT, Use.CHECKED),
  // Version 5.
  PKT_SRC_AWS_SERVICE("pkt-src-aws-service", 5, FieldKind.TEXT, Use.READ),
  PKT_DST_AWS_SERVICE("pkt-dst-aws-service", 5, FieldKind.TEXT, Use.CHECKED),
  FLOW_DIRECTION("flow-direction", 5, FieldKind.TEXT, Use.READ, "ingress|egress"),
  TRAFFIC_PATH("traffic-path", 5, FieldKind.DECIMAL, Use.CHECKED),
  // Version 6: transit gateway flow logs only.
  RESOURCE_TYPE("resource-type", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_ID("tgw-id", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_ATTACHMENT_ID("tgw-attachment-id", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_SRC_VPC_ACCOUNT_ID("tgw-src-vpc-account-id", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_DST_VPC_ACCOUNT_ID("tgw-dst-vpc-account-id", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_SRC_VPC_ID("tgw-src-vpc-id", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_DST_VPC_ID("tgw-dst-vpc-id", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_SRC_SUBNET_ID("tgw-src-subnet-id", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_DST_SUBNET_ID("tgw-dst-subnet-id", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_SRC_ENI("tgw-src-eni", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_DST_ENI("tgw-dst-eni", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_SRC_AZ_ID("tgw-src-az-id", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_DST_AZ_ID("tgw-dst-az-id", 6, FieldKind.TEXT, Use.CHECKED),
  TGW_PAIR_ATTACHMENT_ID("tgw-pair-attachment-id", 6, FieldKind.TEXT, Use.CHECKED),
  PACKETS_LOST_NO_ROUTE("packets-lost-no-route", 6, FieldKind.DECIMAL, Use.READ),
  PACKETS_LOST_BLACKHOLE("packets-lost-blackhole", 6, FieldKind.DECIMAL, Use.READ),
  PACKETS_LOST_MTU_EXCEEDED("packets-lost-mtu-exceeded", 6, FieldKind.DECIMAL, Use.READ),
  PACKETS_LOST_TTL_EXPIRED("packets-lost-ttl-expired", 6, FieldKind.DECIMAL, Use.READ),
  // Version 7.
  ECS_CLUSTER_ARN("ecs-cluster-arn", 7, FieldKind.TEXT, Use.CHECKED),
  ECS_CLUSTER_NAME("ecs-cluster-name", 7, FieldKind.TEXT, Use.CHECKED),
  ECS_CONTAINER_INSTANCE_ARN("ecs-container-instance-arn", 7, FieldKind.TEXT, Use.CHECKED),
  ECS_CONTAINER_INSTANCE_ID("ecs-container-instance-id", 7, FieldKind.TEXT, Use.CHECKED),
  ECS_CONTAINER_ID("ecs-container-id", 7, FieldKind.TEXT, Use.CHECKED),
  ECS_SECOND_CONTAINER_ID("ecs-second-container-id", 7, FieldKind.TEXT, Use.CHECKED),
  ECS_SERVICE_NAME("ecs-service-name", 7, FieldKind.TEXT, Use.CHECKED),
  ECS_TASK_DEFINITION_ARN("ecs-task-definition-arn", 7, FieldKind.TEXT, Use.CHECKED),
  ECS_TASK_ARN("ecs-task-arn", 7, FieldKind.TEXT, Use.CHECKED),
  ECS_TASK_ID("ecs-task-id", 7, FieldKind.TEXT, Use.CHECKED),
  // Version 8.
  REJECT_REASON("reject-reason", 8, FieldKind.TEXT, Use.READ),
  // Version 9.
  RESOURCE_ID("resource-id", 9, FieldKind.TEXT, Use.CHECKED),
  // Version 10.
  ENCRYPTION_STATUS("encryption-status", 10, FieldKind.DECIMAL, Use.CHECKED),
  // Version 11, since June 2026. Tag values are percent-encoded.
  INSTANCE_TAG("instance-tag", 11, FieldKind.TEXT, Use.READ),
  INSTANCE_TAG_2("instance-tag-2", 11, FieldKind.TEXT, Use.CHECKED),
  INTERFACE_TAG("interface-tag", 11, FieldKind.TEXT, Use.READ),
  INTERFACE_TAG_2("interface-tag-2", 11, FieldKind.TEXT, Use.CHECKED),
  ASG_TAG("asg-tag", 11, FieldKind.TEXT, Use.READ),
  ASG_TAG_2("asg-tag-2", 11, FieldKind.TEXT, Use.CHECKED),
  INTERFACE_TYPE("interface-type", 11, FieldKind.TEXT, Use.READ),
  NEXT_HOP_INTERFACE_ID("next-hop-interface-id", 11, FieldKind.TEXT, Use.CHECKED),
  NEXT_HOP_SUBNET_ID("next-hop-subnet-id", 11, FieldKind.TEXT, Use.CHECKED),
  NEXT_HOP_AZ_ID("next-hop-az-id", 11, FieldKind.TEXT, Use.CHECKED),
  NEXT_HOP_VPC_ID("next-hop-vpc-id", 11, FieldKind.TEXT, Use.CHECKED),
  NEXT_HOP_INTERFACE_TYPE("next-hop-interface-type", 11, FieldKind.TEXT, Use.CHECKED);

  /// Whether Flowbell uses the values of a field.
  enum Use {
    /// Used for counts, classes or notifications.
    READ,
    /// Only checked for their kind.
    CHECKED
  }

  private static final Map<String, FlowField> BY_AWS_NAME = new HashMap<>();
  private static final Map<String, FlowField> BY_KEY = new HashMap<>();

  static {
    for (FlowField field : values()) {
      BY_AWS_NAME.put(field.awsName, field);
      BY_KEY.put(toKey(field.awsName), field);
    }
  }

  private final String awsName;
  private final int version;
  private final FieldKind kind;
  private final Use use;
  private final String typical;

  FlowField(String awsName, int version, FieldKind kind, Use use) {
    this(awsName, version, kind, use, "");
  }

  /// @param typical what AWS's values have in common: their beginning, such as `eni-`, or all of
  ///   them, such as `a|b`
  FlowField(String awsName, int version, FieldKind kind, Use use, String typical) {
    this.awsName = awsName;
    this.version = version;
    this.kind = kind;
    this.use = use;
    this.typical = typical;
  }

  /// Returns AWS's name, such as `pkt-srcaddr`.
  public String awsName() {
    return awsName;
  }

  /// Returns the flow log version that introduced this field, 2 to 11.
  public int version() {
    return version;
  }

  /// Returns the kind of its values.
  public FieldKind kind() {
    return kind;
  }

  boolean isRead() {
    return use == Use.READ;
  }

  /// Returns whether a value looks like AWS's values of this field. Another value is not a fault,
  /// but this decides between two formats that both fit a line.
  boolean isTypical(byte[] buffer, int start, int end) {
    if (typical.isEmpty()) {
      return true;
    }
    String text = new String(buffer, start, end - start, StandardCharsets.ISO_8859_1);
    return typical.endsWith("-")
        ? text.startsWith(typical)
        : List.of(typical.split("\\|", -1)).contains(text);
  }

  /// Returns the field with this name, in AWS's spelling, or `null`.
  public static @Nullable FlowField findByAwsName(String name) {
    return BY_AWS_NAME.get(name);
  }

  /// Returns the field with this JSON key, or `null`. The key can be spelled `pkt-srcaddr` as on
  /// AWS's pages, `pktSrcAddr` as by the log transformer `parseVPC`, or `pkt_srcaddr`.
  public static @Nullable FlowField findByKey(String key) {
    FlowField exact = BY_KEY.get(key);
    return exact != null ? exact : BY_KEY.get(toKey(key));
  }

  private static String toKey(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }
}
