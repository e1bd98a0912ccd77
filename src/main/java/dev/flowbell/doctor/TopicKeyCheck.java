package dev.flowbell.doctor;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyManagerType;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/// Checks that the key of an encrypted topic can be used, by alarms too.
///
/// @see <a
///   href="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services">SNS:
///   key management, event sources that AWS services are</a>
/// @see <a href="https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html">Key states
///   of AWS KMS keys</a>
final class TopicKeyCheck implements Check {
  /// The AWS managed key. Its policy does not allow CloudWatch alarms, and can't be changed.
  private static final String AWS_MANAGED_KEY = "alias/aws/sns";

  private static final String ALARMS = "cloudwatch.amazonaws.com";

  /// What an alarm needs to publish to an encrypted topic.
  private static final List<String> USE = List.of("kms:Decrypt", "kms:GenerateDataKey");

  private static final String LOST = "neither alarms nor notifications reach anybody";
  private static final String SILENT = "alarms notify nobody, and report no error";

  @Override
  public String name() {
    return "topic key";
  }

  @Override
  public List<String> actions() {
    return List.of("sns:GetTopicAttributes", "kms:DescribeKey", "kms:GetKeyPolicy");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String topicArn = deployment.id(Deployment.TOPIC);
    String keyId;
    try {
      keyId =
          deployment
              .aws()
              .sns()
              .getTopicAttributes(ask -> ask.topicArn(topicArn))
              .attributes()
              .getOrDefault("KmsMasterKeyId", "");
    } catch (software.amazon.awssdk.services.sns.model.NotFoundException _) {
      return List.of(Finding.skipped(name(), "nothing to ask about", "see topic: there is none"));
    }
    return List.of(
        keyId.isEmpty()
            ? Finding.ok(name(), "none: the topic is not encrypted")
            : keyId.endsWith(AWS_MANAGED_KEY)
                ? awsManaged(topicArn, deployment)
                : examine(keyId, topicArn, deployment));
  }

  private Finding examine(String keyId, String topicArn, Deployment deployment) {
    KmsClient kms = deployment.aws().kms();
    KeyMetadata key;
    try {
      key = kms.describeKey(ask -> ask.keyId(keyId)).keyMetadata();
    } catch (NotFoundException _) {
      return another(keyId, "there is no key " + keyId, LOST, topicArn, deployment);
    }
    if (key.keyManager() == KeyManagerType.AWS) {
      return awsManaged(topicArn, deployment);
    }
    if (key.keyState() != KeyState.ENABLED) {
      return Finding.problem(
          name(),
          "%s is %s".formatted(key.keyId(), key.keyStateAsString()),
          LOST,
          enable(key, deployment));
    }
    PolicyDocument policy =
        PolicyDocument.parse(
            kms.getKeyPolicy(ask -> ask.keyId(key.arn()).policyName("default")).policy());
    Map<String, String> facts = Map.of("aws:sourceaccount", deployment.account());
    if (!USE.stream().allMatch(action -> policy.allowsService(ALARMS, action, facts))) {
      String seen = "the policy of %s does not let alarms use it".formatted(key.keyId());
      return isStacksOwn(key.keyId(), deployment)
          ? Finding.problem(
              name(),
              seen,
              SILENT,
              AwsCommand.of("kms put-key-policy")
                  .with("key-id", key.keyId())
                  .with("policy-name", "default")
                  .with("policy", policyOf(deployment))
                  .in(deployment))
          : another(key.keyId(), seen, SILENT, topicArn, deployment);
    }
    return Finding.ok(name(), key.keyId() + " is Enabled, for alarms too");
  }

  private Finding awsManaged(String topicArn, Deployment deployment) {
    return another(
        AWS_MANAGED_KEY,
        "%s is encrypted under %s".formatted(topicArn, AWS_MANAGED_KEY),
        SILENT,
        topicArn,
        deployment);
  }

  private static String enable(KeyMetadata key, Deployment deployment) {
    String enable = AwsCommand.of("kms enable-key").with("key-id", key.keyId()).in(deployment);
    return switch (key.keyState()) {
      case DISABLED -> enable;
      case PENDING_DELETION -> // which leaves it disabled
          AwsCommand.of("kms cancel-key-deletion").with("key-id", key.keyId()).in(deployment)
              + " && "
              + enable;
      default -> AwsCommand.of("kms describe-key").with("key-id", key.keyId()).in(deployment);
    };
  }

  /// Returns the finding whose mend encrypts the topic under the stack's key. If that is the one
  /// that is wrong, or the stack has none, the mend ends the topic's encryption.
  private Finding another(
      String keyId, String seen, String why, String topicArn, Deployment deployment) {
    String own = deployment.findId(Deployment.TOPIC_KEY);
    String key = own == null || isStacksOwn(keyId, deployment) ? "" : own;
    return Finding.problem(
        name(),
        seen,
        key.isEmpty() ? why + ". The command ends the topic's encryption" : why,
        AwsCommand.of("sns set-topic-attributes")
            .with("topic-arn", topicArn)
            .with("attribute-name", "KmsMasterKeyId")
            .with("attribute-value", key)
            .in(deployment));
  }

  /// @param keyId an id or an ARN
  private static boolean isStacksOwn(String keyId, Deployment deployment) {
    String own = deployment.findId(Deployment.TOPIC_KEY);
    return own != null && keyId.substring(keyId.lastIndexOf('/') + 1).equals(own);
  }

  /// Returns the policy that the template gives the key.
  private static String policyOf(Deployment deployment) {
    return """
    {"Version":"2012-10-17","Statement":[{"Sid":"Account","Effect":"Allow",\
    "Principal":{"AWS":"arn:%1$s:iam::%2$s:root"},"Action":"kms:*","Resource":"*"},\
    {"Sid":"AlarmsPublish","Effect":"Allow","Principal":{"Service":"%3$s"},\
    "Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*",\
    "Condition":{"StringEquals":{"aws:SourceAccount":"%2$s"}}}]}\
    """
        .formatted(deployment.partition(), deployment.account(), ALARMS);
  }
}
