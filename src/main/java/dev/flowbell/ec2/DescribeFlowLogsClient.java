package dev.flowbell.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.aws.AwsService;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.aws.ResponseTooLargeException;
import dev.flowbell.aws.SignedEndpoint;
import java.io.IOException;
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
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;

/// A client for EC2's `DescribeFlowLogs`, the only EC2 operation that Flowbell calls. It does not
/// use the SDK's EC2 module: see `docs/RATIONALE.md`.
///
/// EC2 uses its query protocol: the request is a form, the response is XML.
///
/// Time limits are short, because Lambda allows 10 s for the whole start-up. If EC2 can't be
/// reached, for example from a VPC without a route to it, the client gives up after 2 s and does
/// not retry. If EC2 is slow and throttles, a call takes 8 s at most: a request begins within the
/// first 3 s, and takes 5 s with its response.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html">DescribeFlowLogs</a>
/// @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html">Query
///   requests</a>
public final class DescribeFlowLogsClient implements FlowLogSource, AutoCloseable {
  private static final String API_VERSION = "2016-11-15";

  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);
  private static final Duration LONGEST_READ = Duration.ofSeconds(3);

  /// After this time, the client neither retries nor requests another page.
  private static final Duration LAST_REQUEST = Duration.ofSeconds(3);

  private static final int MOST_ATTEMPTS = 3;
  private static final long FIRST_PAUSE_MILLIS = 100;

  /// A described flow log takes about 1 KB, and a page holds at most 1,000.
  private static final int MOST_PAGE_BYTES = 8 << 20;

  private static final int MOST_PAGES = 20;
  private static final int LONGEST_TEXT = 300;

  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");

  private final SdkHttpClient http;
  private final SignedEndpoint endpoint;
  private final Duration lastRequest;

  /// @param longestRead the longest time to wait for bytes of a response
  /// @param lastRequest the time after which the client neither retries nor requests another page
  DescribeFlowLogsClient(
      Region region,
      AwsCredentialsProvider credentials,
      Duration longestRead,
      Duration lastRequest) {
    this.lastRequest = lastRequest;
    http = HttpClients.newClient(LONGEST_CONNECT, longestRead, MOST_PAGE_BYTES);
    endpoint = new SignedEndpoint(AwsService.EC2, region, credentials, http);
  }

  /// Makes a client for the SDK's default Region, with the SDK's default credentials.
  ///
  /// @throws SdkException if no Region is set
  public static DescribeFlowLogsClient create() {
    return create(SignedEndpoint.defaultRegion());
  }

  /// Makes a client for a Region, with the SDK's default credentials.
  public static DescribeFlowLogsClient create(Region region) {
    return new DescribeFlowLogsClient(
        region, SignedEndpoint.defaultCredentials(), LONGEST_READ, LAST_REQUEST);
  }

  @Override
  public List<FlowLog> describe(String logGroup) {
    long start = System.nanoTime();
    List<FlowLog> flowLogs = new ArrayList<>();
    String nextToken = null;
    for (int page = 1; ; page++) {
      DescribeFlowLogsResponse response = requestPage(logGroup, nextToken, start);
      flowLogs.addAll(response.flowLogs());
      nextToken = response.nextToken();
      if (nextToken == null) {
        return List.copyOf(flowLogs);
      }
      if (page == MOST_PAGES || isLastRequestBefore(Duration.ZERO, start)) {
        throw failure(
            logGroup, "expected a last page by now, got " + page + " with more to come", null);
      }
    }
  }

  @Override
  public void close() {
    http.close();
  }

  /// Requests one page, and retries while EC2 throttles or fails.
  private DescribeFlowLogsResponse requestPage(
      String logGroup, @Nullable String nextToken, long start) {
    byte[] form = formOf(logGroup, nextToken).getBytes(UTF_8);
    for (int attempt = 1; ; attempt++) {
      SignedEndpoint.Response response = send(logGroup, form);
      String body = new String(response.body(), UTF_8);
      if (response.isSuccessful()) {
        return parse(logGroup, body);
      }
      DescribeFlowLogsResponse.Refusal refusal = DescribeFlowLogsResponse.findRefusal(body);
      Duration pause = pauseAfter(attempt);
      if (!isBusy(response.status(), refusal)
          || attempt == MOST_ATTEMPTS
          || isLastRequestBefore(pause, start)) {
        throw refused(logGroup, response.status(), refusal);
      }
      pause(logGroup, pause);
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

  private SignedEndpoint.Response send(String logGroup, byte[] form) {
    try {
      return endpoint.post(HEADERS, form);
    } catch (ResponseTooLargeException e) {
      throw failure(logGroup, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw failure(logGroup, endpoint.uri() + ": " + e.getMessage(), e);
    }
  }

  private static DescribeFlowLogsResponse parse(String logGroup, String body) {
    try {
      return DescribeFlowLogsResponse.parse(body);
    } catch (XMLStreamException e) {
      throw failure(logGroup, "expected DescribeFlowLogs's XML, got: " + e.getMessage(), e);
    }
  }

  /// Returns whether EC2 throttled the request or failed, so that a retry may succeed.
  ///
  /// @see <a href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html">Request
  ///   throttling for the Amazon EC2 API</a>
  private static boolean isBusy(int status, DescribeFlowLogsResponse.@Nullable Refusal refusal) {
    return status >= 500
        || status == 429
        || (refusal != null && refusal.code().equals("RequestLimitExceeded"));
  }

  /// Returns the wait before a retry. It doubles with each attempt, and is random so that functions
  /// that start at the same moment retry at different times.
  private static Duration pauseAfter(int attempt) {
    long millis = FIRST_PAUSE_MILLIS << (attempt - 1);
    return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis));
  }

  private static void pause(String logGroup, Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(logGroup, "interrupted", e);
    }
  }

  /// Returns whether a request after a pause would begin too late.
  private boolean isLastRequestBefore(Duration pause, long start) {
    return System.nanoTime() - start + pause.toNanos() >= lastRequest.toNanos();
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

  /// Returns the message, shortened: EC2 adds hundreds of characters of encoded details to some
  /// errors.
  private static String message(String logGroup, String why) {
    String line = why.replace('\n', ' ');
    return "EC2 DescribeFlowLogs, log group "
        + logGroup
        + ": "
        + (line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "..." : line);
  }
}
