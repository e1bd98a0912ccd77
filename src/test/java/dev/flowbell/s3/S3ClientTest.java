package dev.flowbell.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flowbell.aws.SignedEndpoint;
import dev.flowbell.testing.network.LoopbackAws;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.Region;

/// The client against an S3 on this machine that computes signatures.
class S3ClientTest {
  private static final String BUCKET = "flow-logs";
  private static final String KEY = "AWSLogs/123456789012/vpcflowlogs/a.log.gz";
  private static final byte[] CONTENT = "content".getBytes(UTF_8);

  private LoopbackAws aws;
  private S3Client s3;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
    s3 = S3Client.create();
  }

  @AfterEach
  void stop() {
    s3.close();
    aws.close();
  }

  /// The path that is signed is the one that is sent.
  @ParameterizedTest
  @CsvSource({
    "AWSLogs/123456789012/vpcflowlogs/a.log.gz, AWSLogs/123456789012/vpcflowlogs/a.log.gz",
    "aws-account-id=123456789012/a.log.gz, aws-account-id%3D123456789012/a.log.gz",
    "a b/c+d.gz, a%20b/c%2Bd.gz",
    "a%20b%2B.gz, a%2520b%252B.gz",
    "Küche/日.gz, K%C3%BCche/%E6%97%A5.gz",
    "/a, /a",
    "a//b, a//b",
    "a/../b, a/../b",
    "./a, ./a",
    "a/., a/.",
    "a/, a/",
    "'~!*''()&?#:@,$;|\"<>', '~%21%2A%27%28%29%26%3F%23%3A%40%2C%24%3B%7C%22%3C%3E'",
  })
  void open_encodesTheKeyOnce(String key, String path) throws IOException {
    String eTag = aws.s3().put(BUCKET, key, CONTENT);

    assertThat(read(new S3Object(BUCKET, key, null, eTag, 0))).isEqualTo(CONTENT);
    assertThat(aws.s3().requests()).containsExactly("/flow-logs/" + path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"flow-logs/flowbell-doctor/1.log.gz", "a b/c+d=é.gz"})
  void put(String key) throws IOException {
    s3.put(BUCKET, key, CONTENT);

    S3Object written = s3.list(BUCKET, "").getFirst();
    assertThat(written.key()).isEqualTo(key);
    assertThat(read(written)).isEqualTo(CONTENT);
  }

  @Test
  void put_refused() {
    aws.s3().fail(403, "AccessDenied", "Access Denied");

    assertThatThrownBy(() -> s3.put(BUCKET, "a.gz", CONTENT))
        .isInstanceOf(S3Exception.class)
        .hasMessage(
            "s3://flow-logs/a.gz: S3 refused it: status 403, AccessDenied: Access Denied; expected"
                + " the permission s3:PutObject, and kms:GenerateDataKey if the bucket encrypts"
                + " with a KMS key");
  }

  @Test
  void open_version() throws IOException {
    String eTag = aws.s3().put(BUCKET, KEY, CONTENT);

    assertThat(read(new S3Object(BUCKET, KEY, "a/b+c=", eTag, 0))).isEqualTo(CONTENT);
    assertThat(aws.s3().requests())
        .containsExactly("/flow-logs/" + KEY + "?versionId=a%2Fb%2Bc%3D");
  }

  /// Nothing waits for the end of the content.
  @Test
  void open_streams() throws IOException {
    byte[] content = new byte[4 << 20];
    new Random(1).nextBytes(content);
    String eTag = aws.s3().put(BUCKET, KEY, content);
    aws.s3().stallAfter(1_000);

    try (InputStream in = s3.open(new S3Object(BUCKET, KEY, null, eTag, 0))) {
      assertThat(in.readNBytes(1_000)).startsWith(content[0], content[1], content[2]);
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(S3Exception.class)
          .hasMessage("s3://flow-logs/" + KEY + ": S3 sent 1000 of 4194304 bytes: Read timed out");
    }
  }

  @Test
  void open_connectionBreaks() throws IOException {
    String eTag = aws.s3().put(BUCKET, KEY, CONTENT);
    aws.s3().cutAfter(3);

    try (InputStream in = s3.open(new S3Object(BUCKET, KEY, null, eTag, 0))) {
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(S3Exception.class)
          .hasMessage("s3://flow-logs/" + KEY + ": S3 sent 3 of 7 bytes: Premature EOF");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "500, InternalError",
    "503, SlowDown",
    "503, ''",
    "429, TooManyRequests",
    "400, RequestTimeout",
    "307, TemporaryRedirect",
  })
  void open_retriesWhatPasses(int status, String code) throws IOException {
    String eTag = aws.s3().put(BUCKET, KEY, CONTENT);
    aws.s3().fail(status, code, "Later");
    aws.s3().fail(status, code, "Later");

    assertThat(read(new S3Object(BUCKET, KEY, null, eTag, 0))).isEqualTo(CONTENT);
    assertThat(aws.s3().requests()).hasSize(3);
  }

  @Test
  void open_busyForLong() {
    for (int i = 0; i < 3; i++) {
      aws.s3().fail(503, "SlowDown", "Please reduce your request rate.");
    }

    assertThatThrownBy(() -> read(new S3Object(BUCKET, KEY, null, "1", 0)))
        .hasMessage(
            "s3://flow-logs/"
                + KEY
                + ": S3 refused it: status 503, SlowDown: Please reduce your request rate.");
    assertThat(aws.s3().requests()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 | AccessDenied | Access Denied | ; expected the permission s3:GetObject, and"
            + " kms:Decrypt if it is encrypted with a KMS key (an object that was deleted looks the"
            + " same without s3:ListBucket)",
        "404 | NoSuchKey | The specified key does not exist. | ; it was deleted since",
        "404 | NoSuchVersion | No such version. | ; it was deleted since",
        "404 | NoSuchBucket | The specified bucket does not exist | ''",
        "403 | InvalidObjectState | Not valid for the storage class | ; it is archived: restore it"
            + " first",
        "400 | KMS.DisabledException | arn:aws:kms:eu-west-1:1:key/2 is disabled. | ''",
      })
  void open_refused(int status, String code, String message, String advice) {
    aws.s3().fail(status, code, message);

    S3Exception refused =
        catchThrowableOfType(
            S3Exception.class, () -> read(new S3Object(BUCKET, KEY, null, "1", 0)));

    assertThat(refused)
        .hasMessage(
            "s3://flow-logs/%s: S3 refused it: status %d, %s: %s%s",
            KEY, status, code, message, advice)
        .returns(code.equals("NoSuchKey") || code.equals("NoSuchVersion"), S3Exception::isGone)
        .returns(false, S3Exception::isReplaced);
    assertThat(aws.s3().requests()).hasSize(1);
  }

  @Test
  void open_writtenAgainSince() {
    aws.s3().put(BUCKET, KEY, CONTENT);

    S3Exception refused =
        catchThrowableOfType(
            S3Exception.class, () -> read(new S3Object(BUCKET, KEY, null, "0a1b", 0)));

    assertThat(refused)
        .hasMessageContaining("status 412, PreconditionFailed")
        .returns(true, S3Exception::isReplaced);
  }

  @Test
  void open_bucketElsewhere() throws IOException {
    String eTag = aws.s3().put(BUCKET, KEY, CONTENT);
    aws.s3().move(BUCKET, "us-west-2");

    assertThat(read(new S3Object(BUCKET, KEY, null, eTag, 0))).isEqualTo(CONTENT);
    assertThat(read(new S3Object(BUCKET, KEY, null, eTag, 0))).isEqualTo(CONTENT);
    assertThat(aws.s3().requests()).hasSize(3); // the Region is known the second time
  }

  @Test
  void open_nobodyAnswers() {
    aws.close();

    assertThatThrownBy(() -> read(new S3Object(BUCKET, KEY, null, "1", 0)))
        .isInstanceOf(S3Exception.class)
        .hasMessageStartingWith("s3://flow-logs/" + KEY + ": no answer of S3: ");
  }

  @Test
  void list_pages() throws IOException {
    aws.s3().setPageSize(2);
    String eTag = aws.s3().put(BUCKET, "a/1 +%\u0001ü.gz", CONTENT);
    aws.s3().put(BUCKET, "a/2", CONTENT);
    aws.s3().put(BUCKET, "a/3", CONTENT);
    aws.s3().put(BUCKET, "b/4", CONTENT);

    assertThat(s3.list(BUCKET, "a/"))
        .containsExactly(
            new S3Object(BUCKET, "a/1 +%\u0001ü.gz", null, eTag, 7),
            new S3Object(BUCKET, "a/2", null, eTag, 7),
            new S3Object(BUCKET, "a/3", null, eTag, 7));
    assertThat(aws.s3().requests())
        .containsExactly(
            "/flow-logs/?list-type=2&prefix=a%2F&encoding-type=url",
            "/flow-logs/?list-type=2&prefix=a%2F&encoding-type=url&continuation-token=2");
  }

  @Test
  void list_refused() {
    aws.s3().fail(403, "AccessDenied", "Access Denied");

    assertThatThrownBy(() -> s3.list(BUCKET, "a/"))
        .hasMessage(
            "s3://flow-logs/a/: S3 refused it: status 403, AccessDenied: Access Denied; expected"
                + " the permission s3:ListBucket");
  }

  /// A proxy is asked for the host before TLS begins.
  @ParameterizedTest
  @CsvSource({
    "flow-logs, eu-west-1, flow-logs.s3.eu-west-1.amazonaws.com",
    "flow-logs, us-east-1, flow-logs.s3.us-east-1.amazonaws.com",
    "flow.logs, eu-west-1, s3.eu-west-1.amazonaws.com",
    "FlowLogs, us-east-1, s3.us-east-1.amazonaws.com",
    "flow_logs, us-east-1, s3.us-east-1.amazonaws.com",
    "evil.example/, eu-west-1, s3.eu-west-1.amazonaws.com",
  })
  void open_host(String bucket, String region, String host) throws IOException {
    System.clearProperty("aws.endpointUrl"); // the server's close sets it as it was before
    try (ServerSocket proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        S3Client client = new S3Client(Region.of(region), SignedEndpoint.defaultCredentials())) {
      System.setProperty("https.proxyHost", "127.0.0.1");
      System.setProperty("https.proxyPort", String.valueOf(proxy.getLocalPort()));
      List<String> asked = Collections.synchronizedList(new ArrayList<>());
      Thread.ofVirtual().start(() -> readFirstLines(proxy, asked));

      assertThatThrownBy(() -> client.open(new S3Object(bucket, KEY, null, "1", 0)))
          .isInstanceOf(S3Exception.class);
      assertThat(asked).isNotEmpty().containsOnly("CONNECT " + host + ":443 HTTP/1.1");
    } finally {
      System.clearProperty("https.proxyHost");
      System.clearProperty("https.proxyPort");
    }
  }

  private static void readFirstLines(ServerSocket server, List<String> lines) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        lines.add(
            new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine());
      } catch (IOException _) {
        return; // the test is over
      }
    }
  }

  private byte[] read(S3Object object) throws IOException {
    try (InputStream in = s3.open(object)) {
      return in.readAllBytes();
    }
  }
}
