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

/// An HTTP client that sends nothing of the requests it gets, and answers them as an AWS service
/// does that took them.
///
/// Each service it greets a few times by way of the client that it stands for, and hangs up: the
/// JVM has then loaded and done what a name, a TLS handshake with that service and HTTP need, and
/// that client has a TLS session with it. Where nobody answers, it goes on without.
final class PrimingHttpClient implements SdkHttpClient {
  /// The first handshake is the slowest by far; the next ones still get faster.
  private static final int GREETINGS = 5;

  private final SdkHttpClient real;
  private final Map<String, Greeting> greetings = new LinkedHashMap<>(); // by host
  private int answers;

  /// @param real stays the caller's to close
  PrimingHttpClient(SdkHttpClient real) {
    this.real = real;
  }

  /// Returns how many requests were answered.
  int answers() {
    return answers;
  }

  /// Returns a greeting for each service that was asked for something.
  Collection<Greeting> greetings() {
    return greetings.values();
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
    greetings.computeIfAbsent(unsent.host(), _ -> greet(new Greeting(real, unsent)));
    if (unsent.firstMatchingHeader("smithy-protocol").isPresent()) {
      return answer("application/cbor", new byte[] {(byte) 0xa0}); // an empty map
    }
    return unsent.firstMatchingHeader("X-Amz-Target").isPresent()
        ? answer("application/x-amz-json-1.0", "{}".getBytes(UTF_8))
        : answer("text/xml", "<PublishResponse><PublishResult/></PublishResponse>".getBytes(UTF_8));
  }

  private static Greeting greet(Greeting greeting) {
    try {
      for (int i = 0; i < GREETINGS; i++) {
        greeting.send(false); // it would not outlive the snapshot
      }
    } catch (IOException _) {
      // Some of it is done all the same, and the first payload does the rest.
    }
    return greeting;
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
