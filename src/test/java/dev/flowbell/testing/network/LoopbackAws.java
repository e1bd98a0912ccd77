package dev.flowbell.testing.network;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flowbell.ec2.Ec2Operation;
import dev.flowbell.testing.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// A server on this machine in place of CloudWatch, SNS, EC2, S3, Lambda, SQS and CloudFormation.
/// It answers with success, or with the errors that a test asks for, and keeps the requests. It
/// doesn't check AWS's rules: the integration tests do.
///
/// While it is open, the SDK's clients find it by the SDK's system properties.
public final class LoopbackAws implements AutoCloseable {
  private static final String CLOUDWATCH_PATH = "/service/GraniteServiceVersion20100801/operation/";

  private static final String LAMBDA_PATH = "/2015-03-31/functions/";
  private static final String SQS_TARGET = "AmazonSQS.";

  /// An empty map.
  ///
  /// @see <a href="https://www.rfc-editor.org/rfc/rfc8949#section-3">RFC 8949, CBOR</a>
  private static final byte[] EMPTY_CBOR = {(byte) 0xa0};

  private static final Answer ACCEPTED = new Answer(200, "", "");

  private final HttpServer server;
  private final Map<String, @Nullable String> propertiesBefore = new HashMap<>();
  private final Queue<Answer> cloudWatchAnswers = new ConcurrentLinkedQueue<>();
  private final Queue<Answer> snsAnswers = new ConcurrentLinkedQueue<>();
  private final LoopbackEc2 ec2 = new LoopbackEc2();
  private final LoopbackS3 s3 = new LoopbackS3();
  private final List<Ec2Request> ec2Requests = Collections.synchronizedList(new ArrayList<>());
  private final List<byte[]> metricBodies = Collections.synchronizedList(new ArrayList<>());
  private final List<Map<String, String>> notifications =
      Collections.synchronizedList(new ArrayList<>());

  private final Map<String, String> queue = Collections.synchronizedMap(new LinkedHashMap<>());
  private final List<String> sentMessages = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger refusedMessages = new AtomicInteger();
  private final List<Invocation> invocations = Collections.synchronizedList(new ArrayList<>());

  private final Map<String, Map<String, String>> stacks = new ConcurrentHashMap<>();
  private final Map<String, Map<String, String>> environments = new ConcurrentHashMap<>();
  private final Queue<String> functionErrors = new ConcurrentLinkedQueue<>();
  private final Queue<String> functionAnswers = new ConcurrentLinkedQueue<>();

  private final AtomicInteger greetings = new AtomicInteger();
  private final Set<Integer> ports = ConcurrentHashMap.newKeySet();
  private final AtomicInteger metricsUnderWay = new AtomicInteger();
  private final AtomicInteger mostMetricsUnderWay = new AtomicInteger();
  private volatile CountDownLatch hold = new CountDownLatch(0);

  private record Answer(int status, String code, String message) {}

  /// A request to EC2.
  ///
  /// @param headers by lower-case name; a comma joins the values of a repeated one
  /// @param form the body, encoded
  public record Ec2Request(Map<String, String> headers, String form) {}

  /// An invocation of a function.
  ///
  /// @param function as the request names it
  public record Invocation(String function, String payload) {}

  private LoopbackAws(HttpServer server) {
    this.server = server;
  }

  /// Starts on a free port. The SDK sends each request once.
  public static LoopbackAws start() throws IOException {
    LoopbackAws aws = startForOthers();
    aws.set("aws.endpointUrl", aws.url().toString());
    aws.set("aws.region", "eu-west-1");
    aws.set("aws.accessKeyId", "made-up");
    aws.set("aws.secretAccessKey", "made-up");
    aws.set("aws.maxAttempts", "1");
    return aws;
  }

  /// Starts on a free port for another process, which gets the address by its environment: the
  /// SDK's clients of this one don't find it.
  public static LoopbackAws startForOthers() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    LoopbackAws aws = new LoopbackAws(server);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", aws::handle);
    server.start();
    return aws;
  }

  /// Returns the server's address.
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// Answers one `PutMetricData` with an error; each call is for one request.
  public void failCloudWatch(int status, String code, String message) {
    cloudWatchAnswers.add(new Answer(status, code, message));
  }

  /// Answers one `PutMetricData` with an error, after so many others.
  public void failCloudWatchAfter(int accepted, int status, String code, String message) {
    for (int i = 0; i < accepted; i++) {
      cloudWatchAnswers.add(ACCEPTED);
    }
    failCloudWatch(status, code, message);
  }

  /// Answers no `PutMetricData` until so many have arrived, or seconds have passed.
  public void holdCloudWatchUntil(int requests) {
    hold = new CountDownLatch(requests);
  }

  /// Returns the most `PutMetricData` that waited for a response at once.
  public int mostAtOnce() {
    return mostMetricsUnderWay.get();
  }

  /// Answers one `Publish` with an error; each call is for one request.
  public void failSns(int status, String code, String message) {
    snsAnswers.add(new Answer(status, code, message));
  }

  /// Returns the S3 of this server, to fill it and to see its requests.
  public LoopbackS3 s3() {
    return s3;
  }

  /// Returns the EC2 of this server, to fill it and to count its requests.
  public LoopbackEc2 ec2() {
    return ec2;
  }

  /// Answers one `DescribeFlowLogs` with this XML; each call is for one request. Without a call,
  /// there are no flow logs.
  public void addFlowLogs(String xml) {
    ec2.answerOnce(Ec2Operation.DESCRIBE_FLOW_LOGS, 200, xml);
  }

  /// Answers one `DescribeFlowLogs` with an error; each call is for one request.
  public void failEc2(int status, String code, String message) {
    ec2.failOnce(Ec2Operation.DESCRIBE_FLOW_LOGS, status, code, message);
  }

  /// Answers one `DescribeFlowLogs` with this status and text.
  public void failEc2(int status, String body) {
    ec2.answerOnce(Ec2Operation.DESCRIBE_FLOW_LOGS, status, body);
  }

  /// Returns all requests to EC2.
  public List<Ec2Request> ec2Requests() {
    return List.copyOf(ec2Requests);
  }

  /// Puts a message into the queue. Every URL is of this queue.
  public void addMessage(String id, String body) {
    queue.put(id, body);
  }

  /// Returns the ids of the messages that are still in the queue.
  public List<String> messageIds() {
    return List.copyOf(queue.keySet());
  }

  /// Adds a CloudFormation stack.
  ///
  /// @param resources physical ids by logical id
  public void addStack(String name, Map<String, String> resources) {
    stacks.put(name, resources);
  }

  /// Adds a function, for requests for the configuration of one of its aliases.
  public void addFunction(String name, Map<String, String> environment) {
    environments.put(name, environment);
  }

  /// Answers one invocation with a function error; each call is for one invocation.
  public void failFunction(String error) {
    functionErrors.add(error);
  }

  /// Refuses so many messages for the queue.
  public void refuseMessages(int messages) {
    refusedMessages.set(messages);
  }

  /// Returns the bodies of the messages that were sent to the queue.
  public List<String> sentMessages() {
    return List.copyOf(sentMessages);
  }

  /// Answers one invocation with this JSON; each call is for one invocation.
  public void answerInvocation(String answer) {
    functionAnswers.add(answer);
  }

  /// Returns all invocations, also those that were answered with an error.
  public List<Invocation> invocations() {
    return List.copyOf(invocations);
  }

  /// Returns the bodies of the accepted `PutMetricData` requests, inflated: CBOR.
  public List<byte[]> metricBodies() {
    return List.copyOf(metricBodies);
  }

  /// Returns the accepted `PutMetricData` requests, in order.
  public List<MetricRequest> metricRequests() {
    return metricBodies().stream().map(MetricRequest::parse).toList();
  }

  /// Returns the parameters of the accepted `Publish` requests.
  public List<Map<String, String>> notifications() {
    return List.copyOf(notifications);
  }

  /// Returns the number of connections: the number of ports that requests came from.
  public int connections() {
    return ports.size();
  }

  /// Returns the number of requests for `/` without content.
  public int greetings() {
    return greetings.get();
  }

  @Override
  public void close() {
    s3.close();
    server.stop(0);
    propertiesBefore.forEach(
        (name, value) -> {
          if (value == null) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }

  private void set(String name, String value) {
    propertiesBefore.put(name, System.getProperty(name));
    System.setProperty(name, value);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      ports.add(exchange.getRemoteAddress().getPort());
      byte[] body = inflated(exchange);
      if (LoopbackS3.isS3(exchange)) {
        s3.answer(exchange, body);
      } else if (functionOf(exchange) != null) {
        answerConfiguration(exchange, String.valueOf(functionOf(exchange)));
      } else if (exchange.getRequestMethod().equals("GET")) {
        greetings.incrementAndGet(); // unsigned, so refused
        respond(exchange, 403, new byte[0]);
      } else if (exchange.getRequestURI().getPath().startsWith(CLOUDWATCH_PATH)) {
        answerCloudWatch(exchange, body);
      } else if (exchange.getRequestURI().getPath().startsWith(LAMBDA_PATH)) {
        answerLambda(exchange, new String(body, StandardCharsets.UTF_8));
      } else if (sqsActionOf(exchange) != null) {
        answerSqs(exchange, new String(body, StandardCharsets.UTF_8));
      } else if (LoopbackEc2.isEc2(new String(body, StandardCharsets.UTF_8))) {
        answerEc2(exchange, new String(body, StandardCharsets.UTF_8));
      } else if (stackOf(body) != null) {
        answerCloudFormation(exchange, String.valueOf(stackOf(body)));
      } else {
        answerSns(exchange, body);
      }
    }
  }

  /// Returns the function whose configuration a request asks for, `null` if there is none.
  private @Nullable String functionOf(HttpExchange exchange) {
    return environments.keySet().stream()
        .filter(
            name ->
                exchange
                    .getRequestURI()
                    .toString()
                    .equals(LAMBDA_PATH + name + "/configuration?Qualifier=live"))
        .findFirst()
        .orElse(null);
  }

  private void answerConfiguration(HttpExchange exchange, String function) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json =
        JsonFactory.builder().build().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeObjectPropertyStart("Environment");
      json.writeObjectPropertyStart("Variables");
      environments.getOrDefault(function, Map.of()).forEach(json::writeStringProperty);
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndObject();
    }
    respond(exchange, 200, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// Returns the stack that a request asks CloudFormation about, `null` if there is none.
  private @Nullable String stackOf(byte[] body) {
    String form = new String(body, StandardCharsets.UTF_8);
    return form.startsWith("Action=DescribeStacks&")
            || form.startsWith("Action=ListStackResources&")
        ? stacks.keySet().stream()
            .filter(name -> form.endsWith("&StackName=" + name))
            .findFirst()
            .orElse(null)
        : null;
  }

  /// Answers both operations with what both return.
  private void answerCloudFormation(HttpExchange exchange, String stack) throws IOException {
    StringBuilder resources = new StringBuilder();
    stacks
        .getOrDefault(stack, Map.of())
        .forEach(
            (logicalId, physicalId) ->
                resources.append(
                    """
                    <member><LogicalResourceId>%s</LogicalResourceId>\
                    <PhysicalResourceId>%s</PhysicalResourceId></member>\
                    """
                        .formatted(logicalId, physicalId)));
    exchange.getResponseHeaders().add("Content-Type", "text/xml");
    respond(
        exchange,
        200,
        """
        <Response><Result><Stacks><member><StackName>%1$s</StackName><StackId>\
        arn:aws:cloudformation:eu-west-1:123456789012:stack/%1$s/0a1b</StackId></member></Stacks>\
        <StackResourceSummaries>%2$s</StackResourceSummaries></Result></Response>\
        """
            .formatted(stack, resources)
            .getBytes(StandardCharsets.UTF_8));
  }

  private void answerCloudWatch(HttpExchange exchange, byte[] body) throws IOException {
    mostMetricsUnderWay.accumulateAndGet(metricsUnderWay.incrementAndGet(), Math::max);
    hold.countDown();
    try {
      if (!hold.await(3, TimeUnit.SECONDS)) {
        System.err.println("LoopbackAws: fewer PutMetricData at once than waited for");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    metricsUnderWay.decrementAndGet();
    Answer error = cloudWatchAnswers.poll();
    exchange.getResponseHeaders().add("Content-Type", "application/cbor");
    exchange.getResponseHeaders().add("smithy-protocol", "rpc-v2-cbor");
    if (error == null || error.equals(ACCEPTED)) {
      metricBodies.add(body);
      respond(exchange, 200, EMPTY_CBOR);
    } else {
      respond(exchange, error.status, toCbor(error));
    }
  }

  private void answerSns(HttpExchange exchange, byte[] body) throws IOException {
    Answer error = snsAnswers.poll();
    exchange.getResponseHeaders().add("Content-Type", "text/xml");
    if (error == null) {
      notifications.add(parameters(new String(body, StandardCharsets.UTF_8)));
      respond(
          exchange,
          200,
          """
          <PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>\
          <MessageId>567910cd-659e-55d4-8ccb-5aaf14679dc0</MessageId></PublishResult>\
          <ResponseMetadata><RequestId>d74b8436-ae13-5ab4-a9ff-ce54dfea72a0</RequestId>\
          </ResponseMetadata></PublishResponse>\
          """
              .getBytes(StandardCharsets.UTF_8));
    } else {
      respond(
          exchange,
          error.status,
          """
          <ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>\
          <Code>%s</Code><Message>%s</Message></Error>\
          <RequestId>d74b8436-ae13-5ab4-a9ff-ce54dfea72a0</RequestId></ErrorResponse>\
          """
              .formatted(error.code, error.message)
              .getBytes(StandardCharsets.UTF_8));
    }
  }

  private void answerLambda(HttpExchange exchange, String payload) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String function = path.substring(LAMBDA_PATH.length(), path.length() - "/invocations".length());
    invocations.add(new Invocation(function, payload));
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    String error = functionErrors.poll();
    if (error != null) {
      exchange.getResponseHeaders().add("X-Amz-Function-Error", "Unhandled");
    }
    String answer = error == null ? functionAnswers.poll() : error;
    respond(
        exchange,
        200,
        (answer == null ? "{\"Records\": 1}" : answer).getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable String sqsActionOf(HttpExchange exchange) {
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    return target != null && target.startsWith(SQS_TARGET)
        ? target.substring(SQS_TARGET.length())
        : null;
  }

  /// A message is never hidden. Its id is its receipt handle, too.
  private void answerSqs(HttpExchange exchange, String request) throws IOException {
    int status = 200;
    StringWriter response = new StringWriter();
    try (JsonGenerator json =
        new JsonFactory().createGenerator(ObjectWriteContext.empty(), response)) {
      json.writeStartObject();
      switch (String.valueOf(sqsActionOf(exchange))) {
        case "GetQueueAttributes" -> {
          json.writeObjectPropertyStart("Attributes");
          json.writeStringProperty("ApproximateNumberOfMessages", String.valueOf(queue.size()));
          json.writeEndObject();
        }
        case "ReceiveMessage" -> {
          json.writeArrayPropertyStart("Messages");
          queue.entrySet().stream()
              .limit(10)
              .forEach(message -> writeMessage(message.getKey(), message.getValue(), json));
          json.writeEndArray();
        }
        case "DeleteMessage" ->
            queue.remove(String.valueOf(Json.parseObject(request).get("ReceiptHandle")));
        case "SendMessage" -> {
          if (refusedMessages.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            status = 500;
          } else {
            sentMessages.add(String.valueOf(Json.parseObject(request).get("MessageBody")));
          }
        }
        default -> {} // the visibility of a message
      }
      json.writeEndObject();
    }
    exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
    respond(exchange, status, response.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void writeMessage(String id, String body, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("MessageId", id);
    json.writeStringProperty("ReceiptHandle", id);
    json.writeStringProperty("MD5OfBody", md5(body)); // the SDK compares it
    json.writeStringProperty("Body", body);
    json.writeEndObject();
  }

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answerEc2(HttpExchange exchange, String form) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    ec2Requests.add(new Ec2Request(headers, form));
    LoopbackEc2.Answer answer = ec2.answer(parameters(form));
    exchange.getResponseHeaders().add("Content-Type", "text/xml;charset=UTF-8");
    respond(exchange, answer.status(), answer.body().getBytes(StandardCharsets.UTF_8));
  }

  private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static byte[] inflated(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean isGzip =
        exchange.getRequestHeaders().getOrDefault("Content-Encoding", List.of()).contains("gzip");
    return isGzip ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body;
  }

  private static Map<String, String> parameters(String form) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : form.split("&", -1)) {
      int equals = pair.indexOf('=');
      parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
    }
    return parameters;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static byte[] toCbor(Answer error) {
    ByteArrayOutputStream cbor = new ByteArrayOutputStream();
    cbor.write(0xa2); // a map of two
    for (String text : List.of("__type", error.code, "message", error.message)) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      cbor.write(0x79); // a text, its length in two bytes
      cbor.write(utf8.length >> 8);
      cbor.write(utf8.length & 0xff);
      cbor.writeBytes(utf8);
    }
    return cbor.toByteArray();
  }
}
