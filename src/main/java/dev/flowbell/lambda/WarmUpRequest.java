package dev.flowbell.lambda;

import java.io.IOException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/// A `GET /` to a service, without body, signature or credentials. The answer does not matter: the
/// name is resolved, the connection is made, and `http` has a TLS session to resume.
///
/// @param http the client whose later requests benefit
/// @param request any request to the service; it is not sent
record WarmUpRequest(SdkHttpClient http, SdkHttpRequest request) {
  /// Sends the request, waits for the answer, and leaves the connection open for the next request.
  void sendAndKeepAlive() throws IOException {
    send(newRequest());
  }

  /// Sends the request, waits for the answer, and closes the connection.
  void sendAndClose() throws IOException {
    send(newRequest().putHeader("Connection", "close"));
  }

  private SdkHttpRequest.Builder newRequest() {
    return SdkHttpRequest.builder()
        .method(SdkHttpMethod.GET)
        .protocol(request.protocol())
        .host(request.host())
        .port(request.port())
        .encodedPath("/")
        .putHeader("Host", request.host());
  }

  private void send(SdkHttpRequest.Builder warmUp) throws IOException {
    HttpExecuteResponse response =
        http.prepareRequest(HttpExecuteRequest.builder().request(warmUp.build()).build()).call();
    if (response.responseBody().isPresent()) {
      try (AbortableInputStream body = response.responseBody().get()) {
        body.readAllBytes(); // else the JDK closes the connection
      }
    }
  }
}
