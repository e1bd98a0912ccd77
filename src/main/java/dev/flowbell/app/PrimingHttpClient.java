package dev.flowbell.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/// An HTTP client that sends nothing of the requests it gets, and answers them as an AWS service
/// does that took them.
///
/// Of each service it asks a few times for `/`, without body, signature or credentials, and hangs
/// up: whatever comes back, the JVM has then loaded and done what a name, a TLS handshake with that
/// service and HTTP need. Where nobody answers, it gives up soon.
final class PrimingHttpClient implements SdkHttpClient {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  /// The first handshake is the slowest by far; the next ones still get faster.
  private static final int GREETINGS = 5;

  private final SdkHttpClient http =
      UrlConnectionHttpClient.builder()
          .connectionTimeout(LONGEST_WAIT)
          .socketTimeout(LONGEST_WAIT)
          .build();
  private final Set<String> hostsAsked = new HashSet<>();
  private int answers;

  /// Returns how many requests were answered.
  int answers() {
    return answers;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() {
        SdkHttpRequest unsent = request.httpRequest();
        if (hostsAsked.add(unsent.host())) {
          greet(unsent);
        }
        answers++;
        return unsent.firstMatchingHeader("smithy-protocol").isPresent()
            ? answer("application/cbor", new byte[] {(byte) 0xa0}) // an empty map
            : answer(
                "text/xml", "<PublishResponse><PublishResult/></PublishResponse>".getBytes(UTF_8));
      }

      @Override
      public void abort() {}
    };
  }

  @Override
  public void close() {
    http.close();
  }

  private void greet(SdkHttpRequest service) {
    SdkHttpRequest greeting =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.GET)
            .protocol(service.protocol())
            .host(service.host())
            .port(service.port())
            .encodedPath("/")
            .putHeader("Host", service.host())
            .putHeader("Connection", "close") // it would not outlive the snapshot
            .build();
    try {
      for (int i = 0; i < GREETINGS; i++) {
        HttpExecuteResponse response =
            http.prepareRequest(HttpExecuteRequest.builder().request(greeting).build()).call();
        if (response.responseBody().isPresent()) {
          response.responseBody().get().close();
        }
      }
    } catch (IOException _) {
      // Some of it is done all the same, and the first payload does the rest.
    }
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
