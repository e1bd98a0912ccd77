package dev.flowbell.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/// Tests the client with a server that sends what a test gives it, byte by byte.
class LimitedHttpClientTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int MOST_BYTES = 2_000;

  private final CountDownLatch closedByClient = new CountDownLatch(1);
  private ServerSocket server;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void call_wholeResponse() throws IOException {
    answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", Duration.ZERO);

    try (SdkHttpClient client = client(LONG)) {
      HttpExecuteResponse response = call(client);
      assertThat(response.httpResponse().statusCode()).isEqualTo(200);
      assertThat(response.responseBody().orElseThrow()).hasContent("abc");
    }
  }

  /// Each read gets its byte in time. Without a limit for all of them, the calls take 40 seconds.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nA-Header: %s\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n%s",
        "HTTP/1.1 500 Broken\r\n\r\n%s"
      })
  void call_bytesTrickle(String response) throws Exception {
    answer(response.formatted("x".repeat(2_000)), Duration.ofMillis(20));

    try (SdkHttpClient client = client(Duration.ofMillis(200))) {
      assertThatThrownBy(() -> call(client))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("no complete response within 200 ms");
    }
    assertThat(closedByClient.await(20, TimeUnit.SECONDS)).as("connection is closed").isTrue();
  }

  @Test
  void call_interrupted() throws Exception {
    answer("x".repeat(2_000), Duration.ofMillis(20));

    try (SdkHttpClient client = client(LONG)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> call(client)).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 30\r\n\r\n",
        "Content-Length: 30\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n1e\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
      })
  void call_cut(String response) {
    answer("HTTP/1.1 200 OK\r\n" + response, Duration.ZERO);

    try (SdkHttpClient client = client(LONG)) {
      assertThatThrownBy(() -> call(client))
          .isInstanceOf(IOException.class)
          .hasMessage("Premature EOF");
    }
  }

  @Test
  void call_tooLarge() {
    answer("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(MOST_BYTES + 1), Duration.ZERO);

    try (SdkHttpClient client = client(LONG)) {
      assertThatThrownBy(() -> call(client))
          .isInstanceOf(ResponseTooLargeException.class)
          .hasMessage("expected an answer of at most 2000 bytes");
    }
  }

  @Test
  void call_refused() throws IOException {
    server.close();

    try (SdkHttpClient client = client(LONG)) {
      assertThatThrownBy(() -> call(client)).isInstanceOf(ConnectException.class);
    }
  }

  private static SdkHttpClient client(Duration longestCall) {
    return new LimitedHttpClient(
        HttpClients.newClient(LONG, LONG, MOST_BYTES), longestCall, MOST_BYTES);
  }

  private HttpExecuteResponse call(SdkHttpClient client) throws IOException {
    return client
        .prepareRequest(
            HttpExecuteRequest.builder()
                .request(
                    SdkHttpRequest.builder()
                        .method(SdkHttpMethod.GET)
                        .protocol("http")
                        .host("127.0.0.1")
                        .port(server.getLocalPort())
                        .encodedPath("/")
                        .build())
                .build())
        .call();
  }

  /// Answers one request, with a pause before each byte, and ends the connection.
  private void answer(String response, Duration pause) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (Socket client = server.accept();
                  InputStream request = client.getInputStream();
                  OutputStream out = client.getOutputStream()) {
                byte[] end = new byte[4];
                for (int b = request.read(); b >= 0; b = request.read()) {
                  System.arraycopy(end, 1, end, 0, 3);
                  end[3] = (byte) b;
                  if (new String(end, UTF_8).equals("\r\n\r\n")) {
                    break;
                  }
                }
                if (pause.isZero()) {
                  out.write(response.getBytes(UTF_8));
                }
                for (byte each : pause.isZero() ? new byte[0] : response.getBytes(UTF_8)) {
                  Thread.sleep(pause);
                  out.write(each);
                }
              } catch (IOException | InterruptedException _) {
                closedByClient.countDown();
              }
            });
  }
}
