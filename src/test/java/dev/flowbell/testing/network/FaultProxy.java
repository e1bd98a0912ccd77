package dev.flowbell.testing.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A proxy between a client and an AWS endpoint on this machine. It causes the faults that a test
/// asks for: it ends connections, delays, throttles, refuses, cuts and changes responses, and
/// answers with errors.
///
/// It reads the HTTP/1.1 of the SDK's clients, and recognizes each request's operation:
/// `PutMetricData`, `Publish`, `UpdateItem`, … S3's have none, only a path. [#calls] has all
/// requests.
public final class FaultProxy implements AutoCloseable {
  private static final Pattern CBOR_OPERATION = Pattern.compile("/operation/(\\w+)");
  private static final Pattern QUERY_OPERATION = Pattern.compile("(?:^|&)Action=(\\w+)");
  private static final Pattern SERVICE =
      Pattern.compile("Credential=[^/]+/\\d+/[^/]+/([a-z0-9-]+)/");

  private final ServerSocket server;
  private final URI target;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
  private volatile Function<Call, Fault> script = _ -> Fault.NONE;
  private volatile boolean isRefusing;

  /// One request.
  ///
  /// @param service its name in the signature: `dynamodb`, `monitoring`, `sns`
  /// @param operation `?` if the request doesn't name it
  /// @param path as in the request, with the query
  /// @param bytes the size of its body
  public record Call(String service, String operation, String path, int bytes) {}

  /// What the proxy does with a request.
  public sealed interface Fault {
    /// Passes on the request and its response.
    Fault NONE = new Delay(Duration.ZERO);

    /// Passes on the request and its response, which comes later than any client waits.
    Fault LATE =
        new Change(
            response -> {
              try {
                Thread.sleep(Duration.ofSeconds(30));
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
              return response;
            });

    /// Runs this, and ends the connection before the request is passed on.
    record CutBefore(Runnable task) implements Fault {}

    /// Passes on the request, runs this, and ends the connection instead of passing on the
    /// response.
    record CutAfter(Runnable task) implements Fault {}

    /// Passes on the request after a while.
    record Delay(Duration length) implements Fault {}

    /// Passes on the request, and the bytes that this makes of the response. Then it ends the
    /// connection.
    record Change(UnaryOperator<byte[]> change) implements Fault {
      /// Passes on so many bytes of the response.
      public static Change cutAfter(int bytes) {
        return new Change(response -> Arrays.copyOf(response, Math.min(bytes, response.length)));
      }

      /// Passes on the response without the line of its length, up to the last bytes.
      public static Change cutWithoutLength(int lastBytes) {
        return new Change(
            response ->
                new String(response, 0, response.length - lastBytes, ISO_8859_1)
                    .replaceFirst("(?i)content-length: \\d+\r\n", "")
                    .getBytes(ISO_8859_1));
      }

      /// Answers with this text instead.
      public static Change to(String response) {
        return new Change(_ -> response.getBytes(ISO_8859_1));
      }
    }

    /// Passes on the request, and a byte of the response after each pause.
    record Trickle(Duration pause) implements Fault {}

    /// Answers instead of the service.
    record Answer(int status, String code, String message) implements Fault {}
  }

  /// A request or a response.
  private static final class Message {
    private final String firstLine;
    private final Map<String, String> headers;
    private final byte[] body;

    Message(String firstLine, Map<String, String> headers, byte[] body) {
      this.firstLine = firstLine;
      this.headers = headers;
      this.body = body;
    }
  }

  private FaultProxy(ServerSocket server, URI target) {
    this.server = server;
    this.target = target;
  }

  /// Starts a proxy for an endpoint that passes on everything.
  public static FaultProxy start(URI target) throws IOException {
    FaultProxy proxy =
        new FaultProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    proxy.threads.execute(proxy::accept);
    return proxy;
  }

  /// Returns the proxy's address.
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /// From now on, this decides what happens to each request.
  public void use(Function<Call, Fault> script) {
    this.script = script;
  }

  /// Ends every connection now, and all new ones until this is called again, like an endpoint that
  /// is down.
  public void refuse(boolean isRefusing) {
    this.isRefusing = isRefusing;
    if (isRefusing) {
      open.forEach(FaultProxy::close);
    }
  }

  /// Returns the requests so far, in order.
  public List<Call> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  /// Returns the number of requests for an operation.
  public long count(String operation) {
    return calls().stream().filter(call -> call.operation().equals(operation)).count();
  }

  /// Forgets the requests so far.
  public void forget() {
    calls.clear();
  }

  @Override
  public void close() throws IOException {
    server.close();
    open.forEach(FaultProxy::close);
    threads.shutdownNow();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (isRefusing) {
          client.close();
        } else {
          open.add(client);
          threads.execute(() -> serve(client));
        }
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket service = new Socket(target.getHost(), target.getPort())) {
      open.add(service);
      InputStream requests = new BufferedInputStream(client.getInputStream());
      InputStream answers = new BufferedInputStream(service.getInputStream());
      Message request = read(requests);
      while (request != null && pass(request, client, service, answers)) {
        request = read(requests);
      }
    } catch (IOException | InterruptedException _) {
      // One side ended the connection, so the other one ends too.
    } finally {
      open.remove(client);
    }
  }

  /// Returns whether the connection stays open.
  private boolean pass(Message request, Socket client, Socket service, InputStream answers)
      throws IOException, InterruptedException {
    Call call = toCall(request);
    calls.add(call);
    return switch (script.apply(call)) {
      case Fault.CutBefore(Runnable task) -> {
        task.run();
        yield false;
      }
      case Fault.CutAfter(Runnable task) -> {
        write(request, service.getOutputStream());
        read(answers);
        task.run();
        yield false;
      }
      case Fault.Change(UnaryOperator<byte[]> change) -> {
        write(request, service.getOutputStream());
        Message answer = read(answers);
        if (answer != null) {
          client.getOutputStream().write(change.apply(toBytes(answer)));
        }
        yield false;
      }
      case Fault.Trickle(Duration pause) -> {
        write(request, service.getOutputStream());
        Message answer = read(answers);
        if (answer != null) {
          for (byte each : toBytes(answer)) {
            Thread.sleep(pause);
            client.getOutputStream().write(each);
          }
        }
        yield false;
      }
      case Fault.Answer answer -> {
        write(toMessage(answer, call), client.getOutputStream());
        yield true;
      }
      case Fault.Delay(Duration length) -> {
        Thread.sleep(length);
        write(request, service.getOutputStream());
        Message answer = read(answers);
        if (answer == null) {
          yield false;
        }
        write(answer, client.getOutputStream());
        yield !"close".equalsIgnoreCase(answer.headers.get("connection"));
      }
    };
  }

  private static Call toCall(Message request) {
    Matcher service = SERVICE.matcher(request.headers.getOrDefault("authorization", ""));
    String target = request.headers.get("x-amz-target");
    String operation = "?";
    if (target != null) {
      operation = target.substring(target.indexOf('.') + 1);
    } else {
      Matcher cbor = CBOR_OPERATION.matcher(request.firstLine);
      Matcher query = QUERY_OPERATION.matcher(new String(request.body, UTF_8));
      if (cbor.find()) {
        operation = cbor.group(1);
      } else if (query.find()) {
        operation = query.group(1);
      }
    }
    return new Call(
        service.find() ? service.group(1) : "?",
        operation,
        request.firstLine.split(" ", -1)[1],
        request.body.length);
  }

  private static Message toMessage(Fault.Answer answer, Call call) {
    Map<String, String> headers = new LinkedHashMap<>();
    byte[] body;
    switch (call.service()) {
      case "monitoring" -> {
        headers.put("content-type", "application/cbor");
        headers.put("smithy-protocol", "rpc-v2-cbor");
        body = toCbor(answer);
      }
      case "sns" -> {
        headers.put("content-type", "text/xml");
        body =
            toText(
                "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>",
                answer);
      }
      case "s3" -> {
        headers.put("content-type", "application/xml");
        body = toText("<Error><Code>%s</Code><Message>%s</Message></Error>", answer);
      }
      default -> {
        headers.put("content-type", "application/x-amz-json-1.0");
        body =
            toText(
                "{\"__type\":\"com.amazonaws.dynamodb.v20120810#%s\",\"message\":\"%s\"}", answer);
      }
    }
    return new Message("HTTP/1.1 " + answer.status() + " Made", headers, body);
  }

  private static byte[] toText(String format, Fault.Answer answer) {
    return format.formatted(answer.code(), answer.message()).getBytes(UTF_8);
  }

  /// Returns a map of two texts as CBOR.
  private static byte[] toCbor(Fault.Answer answer) {
    ByteArrayOutputStream cbor = new ByteArrayOutputStream();
    cbor.write(0xa2);
    for (String text : List.of("__type", answer.code(), "message", answer.message())) {
      byte[] utf8 = text.getBytes(UTF_8);
      cbor.write(0x79); // a text, its length in two bytes
      cbor.write(utf8.length >> 8);
      cbor.write(utf8.length & 0xff);
      cbor.writeBytes(utf8);
    }
    return cbor.toByteArray();
  }

  /// Reads a request or a response; `null` at the end of the stream.
  private static @Nullable Message read(InputStream in) throws IOException {
    String firstLine = readLine(in);
    if (firstLine == null) {
      return null;
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = readLine(in); line != null && !line.isEmpty(); line = readLine(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    byte[] body = new byte[0];
    if ("chunked".equalsIgnoreCase(headers.remove("transfer-encoding"))) {
      body = readChunks(in);
    } else if (headers.containsKey("content-length")) {
      body = in.readNBytes(Integer.parseInt(headers.get("content-length")));
    }
    return new Message(firstLine, headers, body);
  }

  private static byte[] readChunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = readLine(in);
      int length = size == null ? 0 : Integer.parseInt(size.strip(), 16);
      body.writeBytes(in.readNBytes(length));
      readLine(in);
      if (length == 0) {
        return body.toByteArray();
      }
    }
  }

  private static @Nullable String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
  }

  private static void write(Message message, OutputStream out) throws IOException {
    out.write(toBytes(message));
    out.flush();
  }

  private static byte[] toBytes(Message message) {
    StringBuilder head = new StringBuilder(message.firstLine).append("\r\n");
    message.headers.put("content-length", String.valueOf(message.body.length));
    message.headers.forEach(
        (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
    bytes.writeBytes(message.body);
    return bytes.toByteArray();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // The socket is closed in this case too.
    }
  }
}
