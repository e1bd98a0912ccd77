package dev.flowbell.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/// An HTTP client for priming. It sends none of its requests, and answers them as an AWS service
/// does that accepts them.
///
/// Before its first answer for a service, it sends that service a few warm-up requests through the
/// real client. The JVM has then loaded and compiled what name resolution, TLS and HTTP need, and
/// the real client has a TLS session. A service that does not answer is skipped.
final class PrimingHttpClient implements SdkHttpClient {
  /// The first handshake is by far the slowest, and the next ones still get faster.
  private static final int WARM_UP_REQUESTS = 5;

  /// Has what the ledger expects of each operation: there was no item.
  private static final String DYNAMODB_ANSWER = "{\"Attributes\":{},\"Responses\":{}}";

  private static final String SNS_ANSWER =
      "<PublishResponse><PublishResult><MessageId>priming</MessageId></PublishResult>"
          + "</PublishResponse>";

  private final SdkHttpClient real;
  private final Map<String, WarmUpRequest> warmUpRequests = new LinkedHashMap<>(); // by host
  private int answers;

  /// Creates a client.
  ///
  /// @param real sends the warm-up requests; the caller closes it
  PrimingHttpClient(SdkHttpClient real) {
    this.real = real;
  }

  /// Returns how many requests it answered.
  int answers() {
    return answers;
  }

  /// Returns a warm-up request for each service that was called.
  Collection<WarmUpRequest> warmUpRequests() {
    return warmUpRequests.values();
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() {
        answers++;
        return answer(request.httpRequest());
      }

      @Override
      public void abort() {}
    };
  }

  @Override
  public void close() {}

  private HttpExecuteResponse answer(SdkHttpRequest unsent) {
    warmUpRequests.computeIfAbsent(unsent.host(), _ -> warmUp(new WarmUpRequest(real, unsent)));
    if (unsent.firstMatchingHeader("smithy-protocol").isPresent()) {
      return answer("application/cbor", new byte[] {(byte) 0xa0}); // an empty map
    }
    return unsent.firstMatchingHeader("X-Amz-Target").isPresent()
        ? answer("application/x-amz-json-1.0", DYNAMODB_ANSWER.getBytes(UTF_8))
        : answer("text/xml", SNS_ANSWER.getBytes(UTF_8));
  }

  private static WarmUpRequest warmUp(WarmUpRequest request) {
    try {
      for (int i = 0; i < WARM_UP_REQUESTS; i++) {
        request.sendAndClose(); // an open connection does not survive the snapshot
      }
    } catch (IOException _) {
      // What was done so far still helps. The first payload does the rest.
    }
    return request;
  }

  private static HttpExecuteResponse answer(String type, byte[] body) {
    SdkHttpFullResponse.Builder response =
        SdkHttpFullResponse.builder().statusCode(200).putHeader("Content-Type", type);
    if (type.equals("application/cbor")) {
      response.putHeader("smithy-protocol", "rpc-v2-cbor");
    }
    return HttpExecuteResponse.builder()
        .response(response.build())
        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
        .build();
  }
}
