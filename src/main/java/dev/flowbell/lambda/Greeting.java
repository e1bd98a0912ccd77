package dev.flowbell.lambda;

import java.io.IOException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/// Asks a service for `/`, without body, signature or credentials. Whatever it answers, name,
/// connection and TLS handshake are done, and `http` has a TLS session to go on with.
///
/// @param http the client whose later requests are to find it done
/// @param request one that goes to the service; not sent
record Greeting(SdkHttpClient http, SdkHttpRequest request) {
  /// Greets, and waits for the answer.
  ///
  /// @param isLasting whether the connection stays open, for the next request to the service
  void send(boolean isLasting) throws IOException {
    SdkHttpRequest.Builder greeting =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.GET)
            .protocol(request.protocol())
            .host(request.host())
            .port(request.port())
            .encodedPath("/")
            .putHeader("Host", request.host());
    if (!isLasting) {
      greeting.putHeader("Connection", "close");
    }
    HttpExecuteResponse response =
        http.prepareRequest(HttpExecuteRequest.builder().request(greeting.build()).build()).call();
    if (response.responseBody().isPresent()) {
      try (AbortableInputStream body = response.responseBody().get()) {
        body.readAllBytes(); // or the JDK would end the connection
      }
    }
  }
}
