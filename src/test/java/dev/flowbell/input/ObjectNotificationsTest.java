package dev.flowbell.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.testing.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectNotificationsTest {
  /// Copied from AWS's page on 2026-11-28, with made-up ids, and with what it says about keys.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html">Event
  ///   message structure</a>
  private static final String OF_S3 =
      """
      {"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-west-2",
        "eventTime":"1970-01-01T00:00:00.000Z","eventName":"ObjectCreated:Put",
        "userIdentity":{"principalId":"AIDAJDPLRKLG7UEXAMPLE"},
        "requestParameters":{"sourceIPAddress":"172.16.0.1"},
        "responseElements":{"x-amz-request-id":"C3D13FE58DE4C810","x-amz-id-2":"FMyUVURIY8"},
        "s3":{"s3SchemaVersion":"1.0","configurationId":"testConfigRule",
          "bucket":{"name":"amzn-s3-demo-bucket","ownerIdentity":{"principalId":"A3NL1KOZZKExample"},
            "arn":"arn:aws:s3:::amzn-s3-demo-bucket"},
          "object":{"key":"red+flower%2B1.log.gz","size":1024,
            "eTag":"d41d8cd98f00b204e9800998ecf8427e","versionId":"096fKKXTRTtl3on89fVO.nfljtsv6qko",
            "sequencer":"0055AED6DCD90281E5"}}}]}
      """;

  /// Copied from AWS's page on 2026-11-28, with another key.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html">EventBridge
  ///   event message structure</a>
  private static final String OF_EVENT_BRIDGE =
      """
      {"version":"0","id":"17793124-05d4-b198-2fde-7ededc63b103","detail-type":"Object Created",
       "source":"aws.s3","account":"111122223333","time":"2021-11-12T00:00:00Z",
       "region":"ca-central-1","resources":["arn:aws:s3:::amzn-s3-demo-bucket1"],
       "detail":{"version":"0","bucket":{"name":"amzn-s3-demo-bucket1"},
         "object":{"key":"red+flower 1%2B.log.gz","size":5,"etag":"b1946ac92492d2347c6235b4d2611184",
           "version-id":"IYV3p45BT0ac8hjHg1houSdS1a.Mro8e","sequencer":"617f08299329d189"},
         "request-id":"N4N7GDK58NMKJ12R","requester":"123456789012",
         "source-ip-address":"1.2.3.4","reason":"PutObject"}}
      """;

  private static final CreatedObject RED_FLOWER =
      new CreatedObject(
          "amzn-s3-demo-bucket",
          "red flower+1.log.gz",
          "096fKKXTRTtl3on89fVO.nfljtsv6qko",
          "d41d8cd98f00b204e9800998ecf8427e",
          1024);

  private static final CreatedObject RED_FLOWER_OF_EVENT_BRIDGE =
      new CreatedObject(
          "amzn-s3-demo-bucket1",
          "red+flower 1%2B.log.gz",
          "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
          "b1946ac92492d2347c6235b4d2611184",
          5);

  /// Copied from AWS's page on 2026-11-28.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html">Test
  ///   message</a>
  private static final String TEST =
      """
      {"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2014-10-13T15:57:02.089Z",
       "Bucket":"amzn-s3-demo-bucket","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X5cv4Zkwcmo"}
      """;

  private final ObjectNotifications notifications = new ObjectNotifications();

  @Test
  void read_ofS3() {
    assertThat(notifications.read(OF_S3)).containsExactly(RED_FLOWER);
  }

  @Test
  void read_ofEventBridge() {
    assertThat(notifications.read(OF_EVENT_BRIDGE)).containsExactly(RED_FLOWER_OF_EVENT_BRIDGE);
  }

  @Test
  void read_throughSns() {
    assertThat(notifications.read(inSns(OF_S3))).containsExactly(RED_FLOWER);
    assertThat(notifications.read(inSns(OF_EVENT_BRIDGE)))
        .containsExactly(RED_FLOWER_OF_EVENT_BRIDGE);
    assertThat(notifications.read(inSns(TEST))).isEmpty();
  }

  @Test
  void read_severalRecords() {
    String two =
        "{\"Records\":[%1$s,%1$s]}"
            .formatted(
                OF_S3.strip().substring("{\"Records\":[".length(), OF_S3.strip().length() - 2));

    assertThat(notifications.read(two)).containsExactly(RED_FLOWER, RED_FLOWER);
  }

  @Test
  void read_withoutVersion() {
    assertThat(
            notifications.read(
                OF_S3.replace("\"versionId\":\"096fKKXTRTtl3on89fVO.nfljtsv6qko\",", "")))
        .containsExactly(
            new CreatedObject(
                RED_FLOWER.bucket(), RED_FLOWER.key(), null, RED_FLOWER.eTag(), 1024));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ObjectRemoved:Delete",
        "ObjectRemoved:DeleteMarkerCreated",
        "ObjectRestore:Completed",
        "ObjectTagging:Put",
        "LifecycleExpiration:Delete",
        "SomethingNew"
      })
  void read_otherEvents(String name) {
    assertThat(notifications.read(OF_S3.replace("ObjectCreated:Put", name))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Object Deleted", "Object Restore Completed", "Object Tags Added"})
  void read_otherEventsOfEventBridge(String name) {
    assertThat(notifications.read(OF_EVENT_BRIDGE.replace("Object Created", name))).isEmpty();
  }

  @Test
  void read_testMessage() {
    assertThat(notifications.read(TEST)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ObjectCreated:Post",
        "ObjectCreated:Copy",
        "ObjectCreated:CompleteMultipartUpload"
      })
  void read_otherWaysToWrite(String name) {
    assertThat(notifications.read(OF_S3.replace("ObjectCreated:Put", name)))
        .containsExactly(RED_FLOWER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a%2Fb | a/b",
        "aws-account-id%3D123456789012/a | aws-account-id=123456789012/a",
        "aws-account-id=123456789012/a | aws-account-id=123456789012/a",
        "K%C3%BCche | Küche",
        "%2520 | %20",
        "a//b | a//b",
      })
  void read_key(String encoded, String key) {
    assertThat(notifications.read(OF_S3.replace("red+flower%2B1.log.gz", encoded)))
        .singleElement()
        .returns(key, CreatedObject::key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | no JSON object",
        "\"text\" | no JSON object",
        "{} | other JSON",
        "{} {} | more than one JSON value",
        "{\"awslogs\":{\"data\":\"H4sI\"}} | other JSON",
        "{\"Records\":[{\"eventSource\":\"aws:sqs\"}]} | a record whose eventSource is not aws:s3",
        "{\"Records\":[1]} | a record whose eventSource is not aws:s3",
        "{\"Records\":[{\"eventSource\":\"aws:s3\"}]} | one without eventName",
        "{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\"}]} |"
            + " one without s3.object.key",
        "{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\","
            + "\"s3\":{\"object\":{\"key\":\"%zz\"}}}]} | a key that is not URL-encoded",
        "{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\","
            + "\"s3\":{\"object\":{\"key\":\"a\"}}}]} | one without s3.bucket.name",
        "{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\","
            + "\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"a\"}}}]} |"
            + " one without s3.object.eTag",
        "{\"detail-type\":\"Object Created\",\"source\":\"own\"} |"
            + " an EventBridge event whose source is not aws.s3",
        "{\"detail-type\":\"Object Created\",\"source\":\"aws.s3\"} |"
            + " one without detail.object.key",
        "{\"Type\":\"Notification\",\"Message\":\"{}\"} | other JSON",
        "{\"Type\":\"SubscriptionConfirmation\",\"Message\":\"{}\"} | other JSON",
      })
  void read_anythingElse(String body, String found) {
    assertThatThrownBy(() -> notifications.read(body))
        .isInstanceOf(UndecodableEventException.class)
        .hasMessage("expected a notification of S3 about objects, got " + found);
  }

  @Test
  void read_hostile() {
    assertThatThrownBy(() -> notifications.read("{\"Records\":["))
        .hasMessage("S3 notification: JSON ended early after 12 bytes");
    assertThatThrownBy(() -> notifications.read("{\"a\":".repeat(100_000)))
        .isInstanceOf(UndecodableEventException.class)
        .hasMessageStartingWith("S3 notification: JSON past a bound (");
    assertThatThrownBy(() -> notifications.read(inSns(inSns(OF_S3))))
        .hasMessage("expected a notification of S3 about objects, got other JSON");
    assertThatThrownBy(() -> notifications.read(OF_S3.replace("red+flower", "x".repeat(1_016))))
        .hasMessage(
            "expected a notification of S3 about objects, got a key of 1025 instead of at most"
                + " 1024");
  }

  @Test
  void toBody_isReadAgain() {
    CreatedObject folder = new CreatedObject("b", "a +%\u0001\"ü//x", null, "2", 0);

    assertThat(notifications.read(ObjectNotifications.toBody(List.of(RED_FLOWER, folder))))
        .containsExactly(RED_FLOWER, folder);
    assertThat(Json.parseObject(ObjectNotifications.toBody(List.of())))
        .isEqualTo(Map.of("Records", List.of()));
  }

  private static String inSns(String message) {
    return "{\"Type\":\"Notification\",\"MessageId\":\"1\",\"TopicArn\":\"arn:aws:sns:x\","
        + "\"Message\":\"%s\",\"Timestamp\":\"2026-11-28T10:00:00.000Z\"}"
            .formatted(message.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
  }
}
