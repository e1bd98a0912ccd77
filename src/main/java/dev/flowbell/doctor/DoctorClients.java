package dev.flowbell.doctor;

import dev.flowbell.aws.ClientErrors;
import dev.flowbell.aws.OperatorClients;
import dev.flowbell.ec2.Ec2Client;
import dev.flowbell.ec2.FlowLogSource;
import dev.flowbell.s3.ObjectWriter;
import dev.flowbell.s3.S3Client;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;

/// The clients of the AWS services that the checks ask. The caller closes them.
///
/// @param aws the SDK's clients
/// @param flowLogs describes flow logs
/// @param objects writes into buckets
public record DoctorClients(OperatorClients aws, FlowLogSource flowLogs, ObjectWriter objects)
    implements AutoCloseable {
  /// Makes clients with the SDK's default credentials.
  ///
  /// @param region `null` for the SDK's default
  /// @throws CannotAskException if no Region is set
  public static DoctorClients open(@Nullable String region) throws CannotAskException {
    try {
      return new DoctorClients(
          OperatorClients.open(region),
          region == null ? Ec2Client.create() : Ec2Client.create(Region.of(region)),
          region == null ? S3Client.create() : S3Client.create(Region.of(region)));
    } catch (SdkClientException e) {
      throw new CannotAskException(ClientErrors.messageOf(e), e);
    }
  }

  @Override
  public void close() {
    aws.close();
    if (flowLogs instanceof Ec2Client client) {
      client.close();
    }
    if (objects instanceof S3Client client) {
      client.close();
    }
  }
}
