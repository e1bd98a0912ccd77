package dev.flowbell.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
  private final Set<String> hostsAsked = new HashSet<>();
  private final List<Greeting> greetings = new ArrayList<>();
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
  List<Greeting> greetings() {
    return greetings;
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
    boolean isCloudWatch = unsent.firstMatchingHeader("smithy-protocol").isPresent();
    boolean isDynamoDb = unsent.firstMatchingHeader("X-Amz-Target").isPresent();
    if (hostsAsked.add(unsent.host())) {
      Greeting greeting = new Greeting(real, unsent);
      greet(greeting);
      greetings.add(greeting);
    }
    if (isCloudWatch) {
      return answer("application/cbor", new byte[] {(byte) 0xa0}); // an empty map
    }
    return isDynamoDb
        ? answer("application/x-amz-json-1.0", "{}".getBytes(UTF_8))
        : answer("text/xml", "<PublishResponse><PublishResult/></PublishResponse>".getBytes(UTF_8));
  }

  private static void greet(Greeting greeting) {
    try {
      for (int i = 0; i < GREETINGS; i++) {
        greeting.send(false); // it would not outlive the snapshot
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
