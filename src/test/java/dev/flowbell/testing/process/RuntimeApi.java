package dev.flowbell.testing.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Lambda's runtime API: it gives the function's process one event at a time, and gets the
/// responses.
///
/// @see LambdaProcess
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Lambda runtime
///   API</a>
public final class RuntimeApi implements AutoCloseable {
  private static final String PREFIX = "/2018-06-01/runtime/";
  private static final Duration FUNCTION_TIMEOUT = Duration.ofSeconds(60);

  private final HttpServer server;
  private final Duration timeout;
  private final BlockingQueue<Invocation> waiting = new LinkedBlockingQueue<>();
  private final Map<String, Invocation> handedOut = new ConcurrentHashMap<>();
  private final AtomicInteger generation = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CountDownLatch checkpoint = new CountDownLatch(1);
  private final CountDownLatch restored = new CountDownLatch(1);
  private final CountDownLatch ready = new CountDownLatch(1);

  /// The result of an invocation.
  ///
  /// @param kind `response` or `error`
  /// @param body JSON
  public record Answer(String kind, String body) {}

  private record Invocation(String requestId, String event, CompletableFuture<Answer> answer) {}

  private RuntimeApi(HttpServer server, Duration timeout) {
    this.server = server;
    this.timeout = timeout;
  }

  /// Starts on a free port of the loopback address.
  public static RuntimeApi start() throws IOException {
    return start(FUNCTION_TIMEOUT);
  }

  /// Starts on a free port of the loopback address.
  ///
  /// @param timeout the timeout that the function is given for each event
  public static RuntimeApi start(Duration timeout) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    RuntimeApi runtime = new RuntimeApi(server, timeout);
    server.createContext(PREFIX, runtime::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return runtime;
  }

  /// Returns host and port, for `AWS_LAMBDA_RUNTIME_API`.
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /// Gives the function an event when it asks for the next one, and waits for the result.
  ///
  /// @throws AssertionError if there is none within the function's timeout
  public Answer invoke(String event) {
    CompletableFuture<Answer> answer = submit(event);
    try {
      return answer.get(FUNCTION_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + FUNCTION_TIMEOUT, e);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting", e);
    }
  }

  /// Gives the function an event when it asks for the next one.
  ///
  /// @return the result, if there is any
  public CompletableFuture<Answer> submit(String event) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    waiting.add(new Invocation(UUID.randomUUID().toString(), event, answer));
    return answer;
  }

  /// Gives no event to those who wait for one: the process has ended.
  public void forgetProcess() {
    generation.incrementAndGet();
  }

  /// Waits until a function with SnapStart has run its hooks before the snapshot.
  public void awaitCheckpoint() throws InterruptedException {
    await(checkpoint, "no checkpoint");
  }

  /// Lets the function continue as if it were restored from the snapshot.
  public void restore() {
    restored.countDown();
  }

  /// Waits until the function asks for an event: it has started or was restored, and its hooks have
  /// run.
  public void awaitReady() throws InterruptedException {
    await(ready, "nobody asked for an event");
  }

  private static void await(CountDownLatch latch, String otherwise) throws InterruptedException {
    if (!latch.await(FUNCTION_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError(otherwise + " within " + FUNCTION_TIMEOUT);
    }
  }

  @Override
  public void close() {
    restored.countDown();
    closed.countDown();
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(PREFIX.length());
      if (path.equals("invocation/next")) {
        handNext(exchange);
        return;
      }
      if (path.equals("restore/next")) {
        awaitRestore();
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      take(path, new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      byte[] accepted = "{\"status\":\"OK\"}".getBytes(UTF_8);
      exchange.sendResponseHeaders(202, accepted.length);
      exchange.getResponseBody().write(accepted);
    }
  }

  /// @param path `invocation/ID/response`, `invocation/ID/error`, or `init/error` if the function's
  ///   start failed; that is then the result of the waiting invocation
  private void take(String path, String body) throws IOException {
    String kind = path.substring(path.lastIndexOf('/') + 1);
    Invocation invocation =
        path.equals("init/error") ? next() : handedOut.remove(path.split("/", -1)[1]);
    if (invocation != null) {
      invocation.answer.complete(new Answer(kind, body));
    }
  }

  /// Waits, because Lambda freezes a function without an event.
  private @Nullable Invocation next() throws IOException {
    int own = generation.get();
    try {
      while (closed.getCount() > 0 && own == generation.get()) {
        Invocation invocation = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (invocation != null && own == generation.get()) {
          return invocation;
        }
        if (invocation != null) {
          waiting.add(invocation); // it came for the next process
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  private void awaitRestore() {
    checkpoint.countDown();
    try {
      restored.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void handNext(HttpExchange exchange) throws IOException {
    ready.countDown();
    Invocation invocation = next();
    if (invocation == null) {
      return;
    }
    handedOut.put(invocation.requestId, invocation);
    byte[] body = invocation.event.getBytes(UTF_8);
    // Without a content type, the runtime client's native part crashes.
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.getResponseHeaders().add("Lambda-Runtime-Aws-Request-Id", invocation.requestId);
    exchange
        .getResponseHeaders()
        .add(
            "Lambda-Runtime-Deadline-Ms",
            String.valueOf(System.currentTimeMillis() + timeout.toMillis()));
    exchange
        .getResponseHeaders()
        .add(
            "Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:eu-west-1:123456789012:function:flowbell");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }
}
