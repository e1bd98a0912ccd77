package dev.flowbell.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.ec2.Ec2Client.TimeLimits;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Fault;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.network.LoopbackAws.Ec2Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;

/// Tests the client with an endpoint on this machine.
class Ec2ClientTest {
  private static final String GROUP = "/vpc/flow logs+&#";
  private static final AwsCredentials CREDENTIALS =
      AwsSessionCredentials.create("AKIDEXAMPLE", "a-secret", "a-session-token");
  private static final String FORM =
      "Action=DescribeFlowLogs&Version=2016-11-15&Filter.1.Name=log-group-name"
          + "&Filter.1.Value.1=%2Fvpc%2Fflow+logs%2B%26%23";

  private LoopbackAws aws;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  @Test
  void describe_sendsASignedRequest() throws GeneralSecurityException {
    try (Ec2Client client = client()) {
      assertThat(client.describe(GROUP)).isEmpty();
    }

    assertThat(aws.ec2Requests()).hasSize(1);
    Ec2Request request = aws.ec2Requests().getFirst();
    assertThat(request.form()).isEqualTo(FORM);
    assertThat(request.headers())
        .containsEntry("host", aws.url().getAuthority())
        .containsEntry("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .containsEntry("content-length", String.valueOf(FORM.length()))
        .containsEntry("x-amz-security-token", "a-session-token")
        .containsKey("x-amz-date");
    assertThat(request.headers().get("authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
        .contains("/eu-west-1/ec2/aws4_request, ")
        .endsWith(", Signature=" + signatureOf(request));
  }

  /// AWS's example of a response, with the elements that it omits.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html">DescribeFlowLogs</a>
  @Test
  void describe_readsEveryField() {
    aws.addFlowLogs(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <DescribeFlowLogsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
          <requestId>3cb46f23-099e-4bf0-891c-EXAMPLE</requestId>
          <flowLogSet>
            <item>
              <creationTime>2026-05-19T15:36:49.000Z</creationTime>
              <deliverLogsErrorMessage>Access error</deliverLogsErrorMessage>
              <deliverLogsPermissionArn>arn:aws:iam::123456789012:role/flow</deliverLogsPermissionArn>
              <deliverLogsStatus>FAILED</deliverLogsStatus>
              <destinationOptions><fileFormat>plain-text</fileFormat><flowLogId>not this</flowLogId></destinationOptions>
              <flowLogId>fl-1a2b3c4d</flowLogId>
              <flowLogStatus>ACTIVE</flowLogStatus>
              <logDestinationType>cloud-watch-logs</logDestinationType>
              <logFormat>${srcaddr} ${dstaddr}</logFormat>
              <logGroupName>&#x2F;vpc&#47;flow-logs</logGroupName>
              <maxAggregationInterval>60</maxAggregationInterval>
              <resourceId>vpc-1a2b3c4d</resourceId>
              <tagSet><item><key>a</key><value>b</value></item></tagSet>
              <trafficType>REJECT</trafficType>
            </item>
            <item>
              <flowLogId>fl-2</flowLogId>
              <logFormat/>
            </item>
          </flowLogSet>
          <nextToken/>
        </DescribeFlowLogsResponse>
        """);

    try (Ec2Client client = client()) {
      assertThat(client.describe(GROUP))
          .containsExactly(
              new FlowLog(
                  "fl-1a2b3c4d",
                  "vpc-1a2b3c4d",
                  "ACTIVE",
                  "FAILED",
                  "Access error",
                  "arn:aws:iam::123456789012:role/flow",
                  "cloud-watch-logs",
                  "/vpc/flow-logs",
                  "${srcaddr} ${dstaddr}",
                  60,
                  "REJECT"),
              flowLog("fl-2"));
    }
  }

  @Test
  void describe_readsEveryPage() {
    aws.addFlowLogs(page("fl-1", "a token=+"));
    aws.addFlowLogs(page("fl-2", "b"));
    aws.addFlowLogs(page("fl-3", ""));

    try (Ec2Client client = client()) {
      assertThat(client.describe(GROUP))
          .containsExactly(flowLog("fl-1"), flowLog("fl-2"), flowLog("fl-3"));
    }
    assertThat(aws.ec2Requests())
        .extracting(Ec2Request::form)
        .containsExactly(FORM, FORM + "&NextToken=a+token%3D%2B", FORM + "&NextToken=b");
  }

  @Test
  void describe_pagesWithoutEnd() {
    for (int i = 0; i < 21; i++) {
      aws.addFlowLogs(page("fl-1", "more"));
    }

    assertRefused("expected a last page by now, got 20 with more to come", false);
    assertThat(aws.ec2Requests()).hasSize(20);
  }

  @Test
  void describe_refused() {
    aws.failEc2(
        403, "UnauthorizedOperation", "You are not authorized.\nEncoded: " + "x".repeat(900));

    assertRefused(
        "status 403, UnauthorizedOperation: You are not authorized. Encoded: "
            + "x".repeat(232)
            + "...",
        true);
    assertThat(aws.ec2Requests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "400, InvalidParameterValue, The filter 'x' is invalid",
    "404, NotFound, no such thing"
  })
  void describe_refusedOtherwise(int status, String code, String message) {
    aws.failEc2(status, code, message);

    assertRefused("status " + status + ", " + code + ": " + message, false);
    assertThat(aws.ec2Requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html><body>Bad gateway", "<a><b>no code</b></a>", "not XML"})
  void describe_refusedWithoutReason(String body) {
    aws.failEc2(418, body);

    assertRefused("status 418, no reason given", false);
  }

  /// For status 401, the JDK's client keeps only the status: its authentication code consumes the
  /// body.
  @Test
  void describe_refusedSignature() {
    aws.failEc2(401, "AuthFailure", "AWS was not able to validate the provided access credentials");

    assertRefused("status 401, no reason given", false);
  }

  @ParameterizedTest
  @CsvSource({
    "503, RequestLimitExceeded",
    "400, RequestLimitExceeded",
    "429, Throttling",
    "500, InternalError",
    "503, Unavailable"
  })
  void describe_retriesWhenEc2IsBusy(int status, String code) {
    aws.failEc2(status, code, "later");
    aws.failEc2(status, code, "later");
    aws.addFlowLogs(page("fl-1", ""));

    try (Ec2Client client = client()) {
      assertThat(client.describe(GROUP)).containsExactly(flowLog("fl-1"));
    }
    assertThat(aws.ec2Requests()).extracting(Ec2Request::form).containsExactly(FORM, FORM, FORM);
  }

  @Test
  void describe_triesThreeTimes() {
    for (int i = 0; i < 4; i++) {
      aws.failEc2(503, "RequestLimitExceeded", "Request limit exceeded " + i);
    }

    assertRefused("status 503, RequestLimitExceeded: Request limit exceeded 2", false);
    assertThat(aws.ec2Requests()).hasSize(3);
  }

  @Test
  void describe_afterTheLastRequest() {
    try (Ec2Client client = client(Duration.ofSeconds(3), Duration.ZERO)) {
      aws.failEc2(503, "Unavailable", "later");
      assertThatThrownBy(() -> client.describe(GROUP))
          .hasMessage(message("status 503, Unavailable: later"));

      aws.addFlowLogs(page("fl-1", "more"));
      assertThatThrownBy(() -> client.describe(GROUP))
          .hasMessage(message("expected a last page by now, got 1 with more to come"));

      aws.addFlowLogs(page("fl-1", ""));
      assertThat(client.describe(GROUP)).containsExactly(flowLog("fl-1"));
    }
  }

  /// Each body is refused because of its own form, not because of what it contains.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          not XML                                                                                     | Content is not allowed in prolog.
          <DescribeFlowLogsResponse><flowLogSet>                                                      | XML document structures must start and end within the same entity.
          <DescribeVpcsResponse/>                                                                     | DescribeFlowLogsResponse
          <DescribeFlowLogsResponse/>                                                                 | expected a flowLogSet
          <DescribeFlowLogsResponse><flowLogSet><item/></flowLogSet></DescribeFlowLogsResponse>       | expected a flowLogId in each item
          <DescribeFlowLogsResponse><flowLogSet><item><flowLogId>a</flowLogId><maxAggregationInterval>1m</maxAggregationInterval></item></flowLogSet></DescribeFlowLogsResponse> | maxAggregationInterval: expected seconds, got "1m"
          <!DOCTYPE a SYSTEM "file:///etc/hostname"><DescribeFlowLogsResponse/>                       | DTD
          <!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><DescribeFlowLogsResponse><nextToken>&b;</nextToken></DescribeFlowLogsResponse> | DTD
          <!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><DescribeFlowLogsResponse><nextToken>&d;</nextToken></DescribeFlowLogsResponse> | DTD
          <DescribeFlowLogsResponse><nextToken>&b;</nextToken></DescribeFlowLogsResponse>             | The entity "b" was referenced, but not declared.
          """)
  void describe_hostileXml(String xml, String why) {
    aws.addFlowLogs(xml);

    try (Ec2Client client = client()) {
      assertThatThrownBy(() -> client.describe(GROUP))
          .isInstanceOf(Ec2Exception.class)
          .hasMessageStartingWith(message("expected DescribeFlowLogs's XML, got: "))
          .hasMessageContaining(why);
    }
  }

  @Test
  void describe_endlessAnswer() {
    aws.addFlowLogs(page("fl-1", "x".repeat(8 << 20)));

    assertRefused("expected an answer of at most 8388608 bytes", false);
  }

  @Test
  void describe_connectionRefused() {
    try (Ec2Client client = client()) {
      aws.close();

      assertThatThrownBy(() -> client.describe(GROUP))
          .isInstanceOf(Ec2Exception.class)
          .hasMessage(message(aws.url() + ": Connection refused"));
    }
  }

  @Test
  void describe_noAnswer() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      System.setProperty("aws.endpointUrlEc2", "http://127.0.0.1:" + silent.getLocalPort());
      try (Ec2Client client = client(Duration.ofMillis(100), Duration.ZERO)) {
        assertThatThrownBy(() -> client.describe(GROUP))
            .isInstanceOf(Ec2Exception.class)
            .hasMessage(message("http://127.0.0.1:" + silent.getLocalPort() + ": Read timed out"));
      } finally {
        System.clearProperty("aws.endpointUrlEc2");
      }
    }
  }

  /// Bytes come all the time, so no read of them takes long.
  @Test
  void describe_answerTrickles() throws IOException {
    aws.addFlowLogs(page("fl-1", ""));
    try (FaultProxy proxy = FaultProxy.start(aws.url())) {
      System.setProperty("aws.endpointUrlEc2", proxy.uri().toString());
      proxy.use(_ -> new Fault.Trickle(Duration.ofMillis(50)));
      try (Ec2Client client = client(Duration.ofSeconds(1), Duration.ZERO)) {
        assertThatThrownBy(() -> client.describe(GROUP))
            .isInstanceOf(Ec2Exception.class)
            .hasMessage(message(proxy.uri() + ": no complete response within 3000 ms"));
      } finally {
        System.clearProperty("aws.endpointUrlEc2");
      }
    }
  }

  @Test
  void describe_noCredentials() {
    try (Ec2Client client =
        new Ec2Client(
            Region.EU_WEST_1,
            () -> {
              throw SdkClientException.create("no credentials");
            },
            TimeLimits.START_UP)) {
      assertThatThrownBy(() -> client.describe(GROUP))
          .isInstanceOf(Ec2Exception.class)
          .hasMessage(message(aws.url() + ": no credentials"));
    }
  }

  @Test
  void create_defaults() {
    try (Ec2Client client = Ec2Client.create()) {
      client.describe("flows");
    }

    assertThat(aws.ec2Requests().getFirst().headers().get("authorization"))
        .contains(" Credential=made-up/", "/eu-west-1/ec2/aws4_request");
  }

  private void assertRefused(String why, boolean isUnauthorized) {
    try (Ec2Client client = client()) {
      assertThatThrownBy(() -> client.describe(GROUP))
          .isInstanceOfSatisfying(
              Ec2Exception.class, e -> assertThat(e.isUnauthorized()).isEqualTo(isUnauthorized))
          .hasMessage(message(why));
    }
  }

  private static String message(String why) {
    return "EC2 DescribeFlowLogs, log group " + GROUP + ": " + why;
  }

  private static Ec2Client client() {
    return client(Duration.ofSeconds(30), Duration.ofSeconds(30)); // long enough for a slow machine
  }

  private static Ec2Client client(Duration longestRead, Duration lastRequest) {
    return new Ec2Client(
        Region.EU_WEST_1,
        StaticCredentialsProvider.create(CREDENTIALS),
        new TimeLimits(Duration.ofSeconds(2), longestRead, lastRequest));
  }

  private static FlowLog flowLog(String flowLogId) {
    return new FlowLog(flowLogId, null, null, null, null, null, null, null, null, null, null);
  }

  private static String page(String flowLogId, String nextToken) {
    return """
    <DescribeFlowLogsResponse><flowLogSet><item><flowLogId>%s</flowLogId></item></flowLogSet>\
    <nextToken>%s</nextToken></DescribeFlowLogsResponse>\
    """
        .formatted(flowLogId, nextToken);
  }

  /// Signs the received request again, step by step as AWS's page does. The signatures are the same
  /// only if nothing that was signed changed on the way.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">Create
  ///   a signed AWS API request</a>
  private static String signatureOf(Ec2Request request) throws GeneralSecurityException {
    Map<String, String> headers = request.headers();
    Matcher authorization =
        Pattern.compile("Credential=[^/]+/([^,]+), SignedHeaders=([^,]+), ")
            .matcher(headers.get("authorization"));
    assertThat(authorization.find()).isTrue();
    List<String> names = List.of(authorization.group(2).split(";", -1));
    assertThat(names).contains("content-type", "host", "x-amz-date", "x-amz-security-token");
    StringBuilder canonical = new StringBuilder("POST\n/\n\n");
    for (String name : names) {
      canonical.append(name).append(':').append(headers.get(name)).append('\n');
    }
    canonical.append('\n').append(authorization.group(2)).append('\n').append(hash(request.form()));
    String scope = authorization.group(1);
    String toSign =
        String.join(
            "\n", "AWS4-HMAC-SHA256", headers.get("x-amz-date"), scope, hash(canonical.toString()));
    byte[] key = ("AWS4" + CREDENTIALS.secretAccessKey()).getBytes(UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    return HexFormat.of().formatHex(hmac(key, toSign));
  }

  private static String hash(String text) throws GeneralSecurityException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }
}
