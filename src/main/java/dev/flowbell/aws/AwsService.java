package dev.flowbell.aws;

import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceMetadataAdvancedOption;

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
  /// Amazon S3.
  S3("s3", "AWS_ENDPOINT_URL_S3", "aws.endpointUrlS3"),
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

  /// Returns whether the path of a request is normalized, and encoded once more, where it is
  /// signed. S3 alone takes it as it is, because a key may have `//` and `..`.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">Create
  ///   a signed AWS API request</a>
  boolean isPathEncodedTwice() {
    return this != S3;
  }

  /// Returns the service's endpoint: what `AWS_ENDPOINT_URL_…`, `AWS_ENDPOINT_URL`, their system
  /// properties or the profile set, else the service's own in this Region and its partition.
  AwsClientEndpointProvider findEndpoint(Region region) {
    return AwsClientEndpointProvider.builder()
        .serviceEndpointOverrideEnvironmentVariable(environmentVariable)
        .serviceEndpointOverrideSystemProperty(systemProperty)
        .serviceProfileProperty(id)
        .profileFile(ProfileFile::defaultProfileFile)
        .profileName(ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow())
        .serviceEndpointPrefix(id)
        .defaultProtocol("https")
        .region(region)
        .putAdvancedOption( // else us-east-1 has the global host, which may redirect
            ServiceMetadataAdvancedOption.DEFAULT_S3_US_EAST_1_REGIONAL_ENDPOINT, "regional")
        .build();
  }
}
