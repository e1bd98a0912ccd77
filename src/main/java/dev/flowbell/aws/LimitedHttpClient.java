package dev.flowbell.aws;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/// An HTTP client whose calls end in time, with the whole response or an exception. [#ofStreams]
/// leaves the body to be read by the caller.
///
/// The JDK's time limits are for one read of bytes, so a response that trickles never ends, and
/// there is none for resolving a name or sending a request. So each call has a thread of its own,
/// and the caller waits for it no longer than the limit.
final class LimitedHttpClient implements SdkHttpClient {
  private final SdkHttpClient real;
  private final Duration longestCall;
  private final ResponseReader reader;

  /// Reads what belongs to a call.
  private interface ResponseReader {
    HttpExecuteResponse read(HttpExecuteResponse response) throws IOException;
  }

  /// @param real sends the requests; is closed with this client
  /// @param longestCall the longest time from the call to the last byte of the response
  /// @param mostResponseBytes the largest response body to accept
  LimitedHttpClient(SdkHttpClient real, Duration longestCall, int mostResponseBytes) {
    this(real, longestCall, response -> readWhole(response, mostResponseBytes));
  }

  private LimitedHttpClient(SdkHttpClient real, Duration longestCall, ResponseReader reader) {
    this.real = real;
    this.longestCall = longestCall;
    this.reader = reader;
  }

  /// Makes a client whose calls end with the head of the response. The body is a stream, whose
  /// reads have the time limit of `real`.
  ///
  /// @param real sends the requests; is closed with this client
  /// @param longestCall the longest time from the call to the last byte of the head
  static LimitedHttpClient ofStreams(SdkHttpClient real, Duration longestCall) {
    return new LimitedHttpClient(real, longestCall, response -> response);
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    ExecutableHttpRequest prepared = real.prepareRequest(request);
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        return limit(prepared);
      }

      @Override
      public void abort() {
        startThread(prepared::abort);
      }
    };
  }

  @Override
  public String clientName() {
    return real.clientName();
  }

  @Override
  public void close() {
    real.close();
  }

  private HttpExecuteResponse limit(ExecutableHttpRequest prepared) throws IOException {
    FutureTask<HttpExecuteResponse> call = new FutureTask<>(() -> reader.read(prepared.call()));
    startThread(call);
    try {
      return call.get(longestCall.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      startThread(prepared::abort);
      throw new SocketTimeoutException(
          "no complete response within " + longestCall.toMillis() + " ms");
    } catch (InterruptedException e) { // for example by the SDK's own time limit
      startThread(prepared::abort);
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IOException(e);
      }
    }
  }

  /// Starts a platform thread: a cold start doesn't load what virtual threads need. Closing a
  /// connection takes a thread as well, because TLS waits for a write that doesn't end.
  private static void startThread(Runnable task) {
    Thread.ofPlatform().name("http").daemon().start(task);
  }

  /// Reads the body. The JDK throws an exception if it is shorter than its length, or lacks its
  /// last chunk.
  private static HttpExecuteResponse readWhole(HttpExecuteResponse response, int mostResponseBytes)
      throws IOException {
    if (response.responseBody().isEmpty()) {
      return response;
    }
    try (InputStream body = response.responseBody().get()) {
      byte[] bytes = body.readNBytes(mostResponseBytes + 1);
      if (bytes.length > mostResponseBytes) {
        throw new ResponseTooLargeException(mostResponseBytes);
      }
      return HttpExecuteResponse.builder()
          .response(response.httpResponse())
          .responseBody(AbortableInputStream.create(new ByteArrayInputStream(bytes)))
          .build();
    }
  }
}
