package dev.flowbell.testing.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The S3 of [LoopbackAws]: `GetObject`, `PutObject` and `ListObjectsV2` of buckets in a map. It
/// computes the signature of each request from what is on the wire, as S3 does, and refuses another
/// one.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html">Signature
///   calculations for the Authorization header</a>
public final class LoopbackS3 {
  private static final String SECRET = "made-up";

  private final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private final Map<String, String> regions = new ConcurrentHashMap<>();
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch closed = new CountDownLatch(1);
  private int pageSize = 1_000;

  LoopbackS3() {}

  /// @param status 200 to begin as if all was well
  /// @param sentBytes how much of the content is sent before the connection breaks, or stalls
  private record Fault(int status, String code, String message, int sentBytes, boolean isStalled) {}

  /// Writes an object.
  ///
  /// @return its ETag, without quotes
  public String put(String bucket, String key, byte[] content) {
    objects.put(bucket + "/" + key, content);
    return eTagOf(content);
  }

  /// Deletes an object.
  public void delete(String bucket, String key) {
    objects.remove(bucket + "/" + key);
  }

  /// Moves a bucket from `eu-west-1` to another Region.
  public void move(String bucket, String region) {
    regions.put(bucket, region);
  }

  /// Lists so many objects at once.
  public void setPageSize(int objectsPerPage) {
    pageSize = objectsPerPage;
  }

  /// Answers one request with an error; each call is for one request.
  public void fail(int status, String code, String message) {
    faults.add(new Fault(status, code, message, 0, false));
  }

  /// Closes one connection after so many bytes of an object.
  public void cutAfter(int bytes) {
    faults.add(new Fault(200, "", "", bytes, false));
  }

  /// Sends nothing more of one object after so many bytes.
  public void stallAfter(int bytes) {
    faults.add(new Fault(200, "", "", bytes, true));
  }

  /// Returns the path and query of all requests, as they were on the wire.
  public List<String> requests() {
    return List.copyOf(requests);
  }

  static boolean isS3(HttpExchange exchange) {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    return authorization != null && authorization.contains("/s3/aws4_request");
  }

  void close() {
    closed.countDown();
  }

  void answer(HttpExchange exchange, byte[] body) throws IOException {
    String target = exchange.getRequestURI().toString();
    requests.add(target);
    String path = exchange.getRequestURI().getRawPath();
    String decoded = URLDecoder.decode(path.replace("+", "%2B"), UTF_8).substring(1);
    String bucket = decoded.substring(0, decoded.indexOf('/'));
    String region = regions.getOrDefault(bucket, "eu-west-1");
    Fault fault = faults.poll();
    if (fault != null && fault.status() != 200) {
      refuse(exchange, fault.status(), fault.code(), fault.message());
    } else if (!signatureOf(exchange, body).equals(sentSignature(exchange))) {
      refuse(exchange, 403, "SignatureDoesNotMatch", "expected " + signatureOf(exchange, body));
    } else if (!scopeOf(exchange)[2].equals(region)) {
      exchange.getResponseHeaders().add("x-amz-bucket-region", region);
      refuse(exchange, 301, "PermanentRedirect", "Use the bucket's endpoint");
    } else if (exchange.getRequestMethod().equals("PUT")) {
      objects.put(decoded, body);
      exchange.getResponseHeaders().add("ETag", "\"" + eTagOf(body) + "\"");
      exchange.sendResponseHeaders(200, -1);
    } else if (decoded.endsWith("/") && target.contains("list-type=2")) {
      list(exchange, bucket);
    } else if (!objects.containsKey(decoded)) {
      refuse(exchange, 404, "NoSuchKey", "The specified key does not exist.");
    } else {
      send(exchange, objects.getOrDefault(decoded, new byte[0]), fault);
    }
  }

  private void send(HttpExchange exchange, byte[] content, @Nullable Fault fault)
      throws IOException {
    String eTag = "\"" + eTagOf(content) + "\"";
    String wanted = exchange.getRequestHeaders().getFirst("If-Match");
    if (wanted != null && !wanted.equals(eTag)) {
      refuse(exchange, 412, "PreconditionFailed", "At least one of the pre-conditions failed");
      return;
    }
    exchange.getResponseHeaders().add("ETag", eTag);
    exchange.sendResponseHeaders(200, content.length == 0 ? -1 : content.length);
    exchange
        .getResponseBody()
        .write(fault == null ? content : Arrays.copyOf(content, fault.sentBytes()));
    exchange.getResponseBody().flush(); // without a byte, Java's client would ask again by itself
    if (fault != null && fault.isStalled()) {
      try {
        closed.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void list(HttpExchange exchange, String bucket) throws IOException {
    Map<String, String> query = queryOf(exchange);
    String prefix = query.getOrDefault("prefix", "");
    int start = Integer.parseInt(query.getOrDefault("continuation-token", "0"));
    List<String> keys =
        objects.keySet().stream()
            .filter(name -> name.startsWith(bucket + "/" + prefix))
            .map(name -> name.substring(bucket.length() + 1))
            .toList();
    int end = Math.min(start + pageSize, keys.size());
    StringBuilder xml = new StringBuilder();
    for (String key : keys.subList(start, end)) {
      byte[] content = objects.getOrDefault(bucket + "/" + key, new byte[0]);
      xml.append(
          "<Contents><Key>%s</Key><ETag>&quot;%s&quot;</ETag><Size>%d</Size></Contents>"
              .formatted(URLEncoder.encode(key, UTF_8), eTagOf(content), content.length));
    }
    if (end < keys.size()) {
      xml.append("<NextContinuationToken>%d</NextContinuationToken>".formatted(end));
    }
    respondXml(
        exchange,
        200,
        """
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>%s\
        </IsTruncated>%s</ListBucketResult>\
        """
            .formatted(end < keys.size(), xml));
  }

  private static void refuse(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    respondXml(
        exchange,
        status,
        "<Error><Code>%s</Code><Message>%s</Message></Error>".formatted(code, message));
  }

  private static void respondXml(HttpExchange exchange, int status, String xml) throws IOException {
    byte[] body = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml).getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/xml");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /// Returns access key, day, Region, service and `aws4_request`.
  private static String[] scopeOf(HttpExchange exchange) {
    return parameter(exchange, "Credential=").split("/", -1);
  }

  private static String sentSignature(HttpExchange exchange) {
    return parameter(exchange, "Signature=");
  }

  private static String parameter(HttpExchange exchange, String name) {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    int start = authorization.indexOf(name) + name.length();
    int end = authorization.indexOf(',', start);
    return authorization.substring(start, end < 0 ? authorization.length() : end);
  }

  private static String signatureOf(HttpExchange exchange, byte[] body) {
    String[] names = parameter(exchange, "SignedHeaders=").split(";", -1);
    String headers =
        Arrays.stream(names)
            .map(name -> name + ":" + exchange.getRequestHeaders().getFirst(name).strip() + "\n")
            .collect(Collectors.joining());
    String query =
        queryOf(exchange).entrySet().stream()
            .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
            .collect(Collectors.joining("&"));
    String canonical =
        String.join(
            "\n",
            exchange.getRequestMethod(),
            exchange.getRequestURI().getRawPath(), // as it is
            query,
            headers,
            String.join(";", names),
            String.valueOf(exchange.getRequestHeaders().getFirst("x-amz-content-sha256")));
    String[] scope = scopeOf(exchange);
    String toSign =
        String.join(
            "\n",
            "AWS4-HMAC-SHA256",
            exchange.getRequestHeaders().getFirst("X-Amz-Date"),
            String.join("/", Arrays.copyOfRange(scope, 1, scope.length)),
            hex(digest("SHA-256", canonical.getBytes(UTF_8))));
    byte[] key = ("AWS4" + SECRET).getBytes(UTF_8);
    for (int i = 1; i < scope.length; i++) {
      key = hmac(key, scope[i]);
    }
    boolean hasContentDigest =
        hex(digest("SHA-256", body))
                .equals(exchange.getRequestHeaders().getFirst("x-amz-content-sha256"))
            && Arrays.asList(names).contains("x-amz-content-sha256");
    return hasContentDigest ? hex(hmac(key, toSign)) : "a signature with x-amz-content-sha256";
  }

  private static Map<String, String> queryOf(HttpExchange exchange) {
    Map<String, String> query = new TreeMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        int equals = pair.indexOf('=');
        query.put(
            URLDecoder.decode(pair.substring(0, equals), UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return query;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("*", "%2A");
  }

  private static String eTagOf(byte[] content) {
    return hex(digest("MD5", content));
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
