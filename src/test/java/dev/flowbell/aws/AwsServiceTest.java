package dev.flowbell.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.regions.Region;

class AwsServiceTest {
  @ParameterizedTest
  @CsvSource({
    "EC2, eu-west-1, https://ec2.eu-west-1.amazonaws.com",
    "EC2, cn-north-1, https://ec2.cn-north-1.amazonaws.com.cn",
    "EC2, us-gov-west-1, https://ec2.us-gov-west-1.amazonaws.com",
    "EC2, eusc-de-east-1, https://ec2.eusc-de-east-1.amazonaws.eu",
    "EC2, eu-middle-9, https://ec2.eu-middle-9.amazonaws.com",
    "DYNAMODB, eu-central-1, https://dynamodb.eu-central-1.amazonaws.com",
    "DYNAMODB, cn-northwest-1, https://dynamodb.cn-northwest-1.amazonaws.com.cn",
    "S3, eu-west-1, https://s3.eu-west-1.amazonaws.com",
    "S3, us-east-1, https://s3.us-east-1.amazonaws.com",
    "S3, cn-north-1, https://s3.cn-north-1.amazonaws.com.cn",
    "S3, us-gov-west-1, https://s3.us-gov-west-1.amazonaws.com"
  })
  void findEndpoint_ofTheRegion(AwsService service, String region, String endpoint) {
    assertThat(service.findEndpoint(Region.of(region)).clientEndpoint()).hasToString(endpoint);
  }
}
