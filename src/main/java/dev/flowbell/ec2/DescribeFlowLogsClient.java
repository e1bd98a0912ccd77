package dev.flowbell.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/// A client for the one call that Flowbell makes to EC2, without the SDK's EC2 module: see
/// `docs/RATIONALE.md`.
///
/// Region, credentials and endpoint come from where the SDK's clients have them, signature and HTTP
/// from the SDK itself. EC2 speaks its query protocol: a form goes in, XML comes out.
///
/// Nobody waits long for it, for Lambda's whole start-up has 10 s. Where EC2 can't be reached, as
/// from a VPC without a way to it, the connection is given up after 2 s and not tried again; an EC2
/// that is slow and busy at once takes some 8 s at worst.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html">DescribeFlowLogs</a>
/// @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html">Query
///   requests</a>
public final class DescribeFlowLogsClient implements FlowLogSource, AutoCloseable {
  private static final String SERVICE = "ec2";
  private static final String API_VERSION = "2016-11-15";

  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);
  private static final Duration LONGEST_READ = Duration.ofSeconds(3);

  /// After this, neither another attempt nor another page is asked for.
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final int MOST_ATTEMPTS = 3;
  private static final long FIRST_PAUSE_MILLIS = 100;

  /// A described flow log takes about 1 KB, and a page holds at most 1,000.
  private static final int MOST_PAGE_BYTES = 8 << 20;

  private static final int MOST_PAGES = 20;
  private static final int LONGEST_TEXT = 300;

  private final SdkHttpClient http;
  private final AwsCredentialsProvider credentials;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final Region region;
  private final URI endpoint;
  private final Duration patience;

  DescribeFlowLogsClient(
      Region region, AwsCredentialsProvider credentials, Duration longestRead, Duration patience) {
    this.region = region;
    this.credentials = credentials;
    this.patience = patience;
    this.endpoint = findEndpoint(region);
    this.http =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(LONGEST_CONNECT)
            .socketTimeout(longestRead)
            .build();
  }

  /// Makes a client as the SDK's own clients are made by default.
  ///
  /// @throws SdkException where no region is set
  public static DescribeFlowLogsClient create() {
    return create(new DefaultAwsRegionProviderChain().getRegion());
  }

  /// Makes a client for a region, with the credentials that the SDK's own clients find.
  public static DescribeFlowLogsClient create(Region region) {
    return new DescribeFlowLogsClient(
        region, DefaultCredentialsProvider.builder().build(), LONGEST_READ, PATIENCE);
  }

  /// `AWS_ENDPOINT_URL_EC2`, `AWS_ENDPOINT_URL`, their system properties and profile entries, else
  /// what the SDK knows of the region and its partition.
  static URI findEndpoint(Region region) {
    return AwsClientEndpointProvider.builder()
        .serviceEndpointOverrideEnvironmentVariable("AWS_ENDPOINT_URL_EC2")
        .serviceEndpointOverrideSystemProperty("aws.endpointUrlEc2")
        .serviceProfileProperty(SERVICE)
        .profileFile(ProfileFile::defaultProfileFile)
        .profileName(ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow())
        .serviceEndpointPrefix(SERVICE)
        .defaultProtocol("https")
        .region(region)
        .build()
        .clientEndpoint();
  }

  @Override
  public List<FlowLog> describe(String logGroup) {
    long start = System.nanoTime();
    List<FlowLog> flowLogs = new ArrayList<>();
    String nextToken = null;
    for (int page = 1; ; page++) {
      DescribeFlowLogsResponse response = ask(logGroup, nextToken, start);
      flowLogs.addAll(response.flowLogs());
      nextToken = response.nextToken();
      if (nextToken == null) {
        return List.copyOf(flowLogs);
      }
      if (page == MOST_PAGES || isPatienceGone(start)) {
        throw failure(
            logGroup, "expected a last page by now, got " + page + " with more to come", null);
      }
    }
  }

  @Override
  public void close() {
    http.close();
  }

  /// Asks for one page, again where EC2 is too busy.
  private DescribeFlowLogsResponse ask(String logGroup, @Nullable String nextToken, long start) {
    byte[] form = formOf(logGroup, nextToken).getBytes(UTF_8);
    for (int attempt = 1; ; attempt++) {
      Answer answer = send(logGroup, form);
      if (answer.status / 100 == 2) {
        return parse(logGroup, answer.body);
      }
      DescribeFlowLogsResponse.Refusal refusal = DescribeFlowLogsResponse.findRefusal(answer.body);
      if (!isBusy(answer, refusal) || attempt == MOST_ATTEMPTS || isPatienceGone(start)) {
        throw refused(logGroup, answer.status, refusal);
      }
      pause(logGroup, attempt);
    }
  }

  private static String formOf(String logGroup, @Nullable String nextToken) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("Action", "DescribeFlowLogs");
    parameters.put("Version", API_VERSION);
    parameters.put("Filter.1.Name", "log-group-name");
    parameters.put("Filter.1.Value.1", logGroup);
    if (nextToken != null) {
      parameters.put("NextToken", nextToken);
    }
    return parameters.entrySet().stream()
        .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  private Answer send(String logGroup, byte[] form) {
    try {
      HttpExecuteResponse response = http.prepareRequest(signed(form)).call();
      int status = response.httpResponse().statusCode();
      if (response.responseBody().isEmpty()) {
        return new Answer(status, "");
      }
      try (InputStream body = response.responseBody().get()) {
        byte[] bytes = body.readNBytes(MOST_PAGE_BYTES + 1);
        if (bytes.length > MOST_PAGE_BYTES) {
          throw failure(
              logGroup, "expected an answer of at most " + MOST_PAGE_BYTES + " bytes", null);
        }
        return new Answer(status, new String(bytes, UTF_8));
      }
    } catch (IOException | SdkException e) { // the latter from what looks for credentials
      throw failure(logGroup, endpoint + ": " + e.getMessage(), e);
    }
  }

  private HttpExecuteRequest signed(byte[] form) {
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(endpoint.resolve("/"))
            .putHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .putHeader("Content-Length", String.valueOf(form.length))
            .build();
    SignedRequest signed =
        signer.sign(
            toSign ->
                toSign
                    .identity(credentials.resolveCredentials())
                    .request(request)
                    .payload(ContentStreamProvider.fromByteArray(form))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
    return HttpExecuteRequest.builder()
        .request(signed.request())
        .contentStreamProvider(signed.payload().orElseThrow())
        .build();
  }

  private static DescribeFlowLogsResponse parse(String logGroup, String body) {
    try {
      return DescribeFlowLogsResponse.parse(body);
    } catch (XMLStreamException e) {
      throw failure(logGroup, "expected DescribeFlowLogs's XML, got: " + e.getMessage(), e);
    }
  }

  /// @see <a href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html">Request
  ///   throttling for the Amazon EC2 API</a>
  private static boolean isBusy(Answer answer, DescribeFlowLogsResponse.@Nullable Refusal refusal) {
    return answer.status >= 500
        || answer.status == 429
        || (refusal != null && refusal.code().equals("RequestLimitExceeded"));
  }

  /// Doubles from attempt to attempt, and differs between functions that start at the same moment.
  private static void pause(String logGroup, int attempt) {
    long millis = FIRST_PAUSE_MILLIS << (attempt - 1);
    try {
      Thread.sleep(millis + ThreadLocalRandom.current().nextLong(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(logGroup, "interrupted", e);
    }
  }

  private boolean isPatienceGone(long start) {
    return System.nanoTime() - start >= patience.toNanos();
  }

  private static DescribeFlowLogsException refused(
      String logGroup, int status, DescribeFlowLogsResponse.@Nullable Refusal refusal) {
    String why = refusal == null ? "no reason given" : refusal.code() + ": " + refusal.message();
    return new DescribeFlowLogsException(
        message(logGroup, "status " + status + ", " + why),
        refusal == null ? null : refusal.code(),
        null);
  }

  private static DescribeFlowLogsException failure(
      String logGroup, String why, @Nullable Throwable cause) {
    return new DescribeFlowLogsException(message(logGroup, why), null, cause);
  }

  /// EC2 adds some hundred characters of encoded reasons to what it refuses; the log isn't for
  /// these.
  private static String message(String logGroup, String why) {
    String line = why.replace('\n', ' ');
    return "EC2 DescribeFlowLogs, log group "
        + logGroup
        + ": "
        + (line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "..." : line);
  }

  private record Answer(int status, String body) {}
}
