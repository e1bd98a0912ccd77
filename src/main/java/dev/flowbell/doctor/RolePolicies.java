package dev.flowbell.doctor;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;

/// Reads the policies of an IAM role.
final class RolePolicies {
  private RolePolicies() {}

  /// Returns the IAM actions that reading a role needs, and others of a check.
  static List<String> actionsWith(String... others) {
    return Stream.concat(
            Stream.of(others),
            Stream.of(
                "iam:GetRole",
                "iam:ListRolePolicies",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:GetPolicy",
                "iam:GetPolicyVersion"))
        .toList();
  }

  /// Returns the trust policy of a role, `null` if there is no such role.
  static @Nullable PolicyDocument findTrust(String roleName, IamClient iam) {
    try {
      return document(iam.getRole(ask -> ask.roleName(roleName)).role().assumeRolePolicyDocument());
    } catch (NoSuchEntityException _) {
      return null;
    }
  }

  /// Returns the inline and attached policies of a role.
  static List<PolicyDocument> of(String roleName, IamClient iam) {
    List<PolicyDocument> policies = new ArrayList<>();
    for (String policyName :
        iam.listRolePoliciesPaginator(ask -> ask.roleName(roleName)).policyNames()) {
      policies.add(
          document(
              iam.getRolePolicy(ask -> ask.roleName(roleName).policyName(policyName))
                  .policyDocument()));
    }
    for (AttachedPolicy attached :
        iam.listAttachedRolePoliciesPaginator(ask -> ask.roleName(roleName)).attachedPolicies()) {
      String version =
          iam.getPolicy(ask -> ask.policyArn(attached.policyArn())).policy().defaultVersionId();
      policies.add(
          document(
              iam.getPolicyVersion(ask -> ask.policyArn(attached.policyArn()).versionId(version))
                  .policyVersion()
                  .document()));
    }
    return policies;
  }

  /// Decodes a document of IAM: "URL-encoded compliant with RFC 3986", where `+` is a plus sign.
  private static PolicyDocument document(String encoded) {
    return PolicyDocument.parse(
        URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
  }
}
