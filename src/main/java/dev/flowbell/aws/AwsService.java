package dev.flowbell.aws;

import java.net.URI;
import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;

/// A service that Flowbell calls without the SDK's module for it: see `docs/RATIONALE.md`.
///
/// @see <a
///   href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html">Service-specific
///   endpoints</a>
public enum AwsService {
  /// Amazon DynamoDB.
  DYNAMODB("dynamodb", "AWS_ENDPOINT_URL_DYNAMODB", "aws.endpointUrlDynamoDb"),
  /// Amazon EC2.
  EC2("ec2", "AWS_ENDPOINT_URL_EC2", "aws.endpointUrlEc2"),
  /// Amazon SQS.
  SQS("sqs", "AWS_ENDPOINT_URL_SQS", "aws.endpointUrlSqs");

  /// The service's name in signatures, host names and profiles.
  private final String id;

  private final String environmentVariable;
  private final String systemProperty;

  AwsService(String id, String environmentVariable, String systemProperty) {
    this.id = id;
    this.environmentVariable = environmentVariable;
    this.systemProperty = systemProperty;
  }

  String id() {
    return id;
  }

  /// Returns the service's endpoint: what `AWS_ENDPOINT_URL_…`, `AWS_ENDPOINT_URL`, their system
  /// properties or the profile set, else the service's own in this Region and its partition.
  URI findEndpoint(Region region) {
    return AwsClientEndpointProvider.builder()
        .serviceEndpointOverrideEnvironmentVariable(environmentVariable)
        .serviceEndpointOverrideSystemProperty(systemProperty)
        .serviceProfileProperty(id)
        .profileFile(ProfileFile::defaultProfileFile)
        .profileName(ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow())
        .serviceEndpointPrefix(id)
        .defaultProtocol("https")
        .region(region)
        .build()
        .clientEndpoint();
  }
}
