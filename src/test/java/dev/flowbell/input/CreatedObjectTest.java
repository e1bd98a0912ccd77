package dev.flowbell.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreatedObjectTest {
  @Test
  void id_changesWithEachPart() {
    List<CreatedObject> objects =
        List.of(
            new CreatedObject("b", "k", "v", "e", 1),
            new CreatedObject("c", "k", "v", "e", 1),
            new CreatedObject("b", "l", "v", "e", 1),
            new CreatedObject("b", "k", null, "e", 1),
            new CreatedObject("b", "k", "v", "f", 1),
            new CreatedObject("bk", "", "v", "e", 1));

    assertThat(objects.stream().map(CreatedObject::id).distinct()).hasSize(objects.size());
    assertThat(new CreatedObject("b", "k", "v", "e", 2).id()).isEqualTo(objects.getFirst().id());
  }

  @ParameterizedTest
  @CsvSource({
    "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/11/28/a.log.gz, 123456789012",
    "prefix/AWSLogs/123456789012/vpcflowlogs/eu-west-1/a.log.gz, 123456789012",
    "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/a.log.gz, 123456789012",
    "AWSLogs/o-0a1b/123456789012/a.log.gz, ''",
    "xAWSLogs/123456789012/a.log.gz, ''",
    "123456789012/a.log.gz, ''",
  })
  void account(String key, String account) {
    assertThat(new CreatedObject("b", key, null, "e", 1).account()).isEqualTo(account);
  }

  @Test
  void uri_isOneLine() {
    assertThat(new CreatedObject("b", "a\nb\u001b", null, "e", 1).uri()).isEqualTo("s3://b/a?b?");
  }
}
