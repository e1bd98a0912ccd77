package dev.flowbell.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.aws.AwsService;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.aws.RetryPause;
import dev.flowbell.aws.SignedEndpoint;
import dev.flowbell.aws.SignedEndpoint.ResponseStream;
import dev.flowbell.aws.XmlElement;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/// Calls `GetObject` and `ListObjectsV2`. It does not use the SDK's S3 module: see
/// `docs/RATIONALE.md`. Safe for use by several threads.
///
/// A request is sent up to three times while S3 throttles, fails or can't be reached. A bucket in
/// another Region is asked there, once S3 has said which it is.
///
/// @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">GetObject</a>
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html">ListObjectsV2</a>
public final class S3Client implements ObjectWriter, AutoCloseable {
  /// The longest time until an object begins to come, with all attempts.
  public static final Duration LONGEST_OPEN = Duration.ofSeconds(23);

  private static final int MOST_ATTEMPTS = 3;
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);

  /// Also the longest time to wait for the next bytes of an object.
  private static final Duration LONGEST_READ = Duration.ofSeconds(5);

  /// A page has at most 1,000 objects, and a key at most 1,024 bytes, which become three times as
  /// many where they are encoded.
  private static final int MOST_PAGE_BYTES = 8 << 20;

  private static final int MOST_ERROR_BYTES = 64 << 10;

  /// The names that can be in front of S3's host. Older buckets may have others; with a dot in it,
  /// the host isn't in the certificate.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html">Virtual
  ///   hosting of general purpose buckets</a>
  private static final Pattern HOST_LABEL = Pattern.compile("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");

  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,32}");

  private final SdkHttpClient http = HttpClients.newStreaming(LONGEST_CONNECT, LONGEST_READ);
  private final Region region;
  private final AwsCredentialsProvider credentials;
  private final Map<Region, SignedEndpoint> endpoints = new ConcurrentHashMap<>();

  /// The Regions of the buckets that are in another one.
  private final Map<String, Region> regions = new ConcurrentHashMap<>();

  S3Client(Region region, AwsCredentialsProvider credentials) {
    this.region = region;
    this.credentials = credentials;
  }

  /// Makes a client with the SDK's default Region and credentials. Without a Region, it asks in
  /// `us-east-1`, where S3 knows the Region of every bucket of the partition `aws`.
  public static S3Client create() {
    Region first;
    try {
      first = SignedEndpoint.defaultRegion();
    } catch (SdkException _) {
      first = Region.US_EAST_1;
    }
    return new S3Client(first, SignedEndpoint.defaultCredentials());
  }

  /// Makes a client with the SDK's default credentials.
  public static S3Client create(Region region) {
    return new S3Client(region, SignedEndpoint.defaultCredentials());
  }

  /// Opens an object. The caller reads and closes it; nothing holds its whole content.
  ///
  /// The content is that of the object's `eTag`, or there is none.
  ///
  /// @throws S3Exception if S3 doesn't send it. Reads of the stream throw it as well
  public InputStream open(S3Object object) throws S3Exception {
    Map<String, String> query =
        object.versionId() == null ? Map.of() : Map.of("versionId", object.versionId());
    Map<String, String> headers = Map.of("If-Match", "\"" + object.eTag() + "\"");
    Request request =
        new Request(
            object.uri(),
            object.bucket(),
            object.key(),
            (object.versionId() == null ? "s3:GetObject" : "s3:GetObjectVersion")
                + ", and kms:Decrypt if it is encrypted with a KMS key (an object that was deleted"
                + " looks the same without s3:ListBucket)",
            (endpoint, path) -> endpoint.get(path, query, headers));
    ResponseStream response = send(request);
    String eTag = response.header("ETag");
    if (eTag == null || !unquoted(eTag).equals(object.eTag())) {
      close(response);
      if (eTag == null) {
        throw S3Exception.unanswered(
            object.uri() + ": expected S3's answer, got one without ETag", null);
      }
      throw S3Exception.replaced(
          "%s: expected the ETag %s, got %s".formatted(object.uri(), object.eTag(), eTag));
    }
    return new ObjectStream(object.uri(), response);
  }

  /// Returns all objects whose keys begin with a prefix, in the order of their keys.
  ///
  /// @throws S3Exception if S3 doesn't list them
  public List<S3Object> list(String bucket, String prefix) throws S3Exception {
    List<S3Object> objects = new ArrayList<>();
    String next = null;
    do {
      next = listPage(bucket, prefix, next, objects);
    } while (next != null);
    return objects;
  }

  @Override
  public void put(String bucket, String key, byte[] content) throws S3Exception {
    close(
        send(
            new Request(
                "s3://" + bucket + "/" + key,
                bucket,
                key,
                "s3:PutObject, and kms:GenerateDataKey if the bucket encrypts with a KMS key",
                (endpoint, path) -> endpoint.put(path, content))));
  }

  @Override
  public void close() {
    http.close();
  }

  /// What is asked of S3.
  ///
  /// @param name for errors
  /// @param key empty for the bucket itself
  /// @param permissions what the request needs, in words
  private record Request(
      String name, String bucket, String key, String permissions, Attempt attempt) {}

  /// Sends a request once.
  private interface Attempt {
    ResponseStream send(SignedEndpoint endpoint, String encodedPath) throws IOException;
  }

  /// Lists one page.
  ///
  /// @param token of the page, `null` for the first one
  /// @return the token of the next page, `null` if there is none
  private @Nullable String listPage(
      String bucket, String prefix, @Nullable String token, List<S3Object> objects)
      throws S3Exception {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("list-type", "2");
    query.put("prefix", prefix);
    query.put("encoding-type", "url"); // a key may have characters that XML can't
    if (token != null) {
      query.put("continuation-token", token);
    }
    String name = "s3://" + bucket + "/" + prefix;
    try (ResponseStream response =
        send(
            new Request(
                name,
                bucket,
                "",
                "s3:ListBucket",
                (endpoint, path) -> endpoint.get(path, query, Map.of())))) {
      XmlElement page =
          XmlElement.parse(new String(response.body().readNBytes(MOST_PAGE_BYTES), UTF_8));
      if (!page.name().equals("ListBucketResult")) {
        throw new XMLStreamException("expected ListBucketResult, got " + page.name());
      }
      for (XmlElement object : page.findAll("Contents")) {
        objects.add(
            new S3Object(
                bucket,
                URLDecoder.decode(object.requireText("Key"), UTF_8),
                null,
                unquoted(object.requireText("ETag")),
                bytesOf(object)));
      }
      return page.text("IsTruncated").equals("true")
          ? page.requireText("NextContinuationToken")
          : null;
    } catch (XMLStreamException e) {
      throw S3Exception.unanswered(name + ": expected S3's XML, got: " + e.getMessage(), e);
    } catch (S3Exception e) {
      throw e;
    } catch (IOException e) {
      throw S3Exception.unanswered(name + ": " + e.getMessage(), e);
    }
  }

  /// Sends a request until S3 answers with success, or refuses it.
  private ResponseStream send(Request request) throws S3Exception {
    boolean wasElsewhere = false;
    for (int attempt = 1; ; attempt++) {
      S3Error error;
      try {
        ResponseStream response = sendOnce(request);
        if (response.isSuccessful()) {
          return response;
        }
        error = readError(response);
        Region other = regionOf(request.bucket(), error, response);
        if (other != null && !wasElsewhere) {
          regions.put(request.bucket(), other);
          wasElsewhere = true;
          continue;
        }
      } catch (IOException e) {
        if (attempt == MOST_ATTEMPTS || e.getCause() instanceof SdkException) { // no credentials
          throw S3Exception.unanswered(
              "%s: no answer of S3: %s".formatted(request.name(), e.getMessage()), e);
        }
        pause(request, attempt);
        continue;
      }
      if (!error.isBusy() || attempt >= MOST_ATTEMPTS) {
        throw S3Exception.refused(
            "%s: S3 refused it: %s%s"
                .formatted(request.name(), error.inWords(), adviceFor(error, request)),
            error.code());
      }
      pause(request, attempt);
    }
  }

  private ResponseStream sendOnce(Request request) throws IOException {
    SignedEndpoint endpoint =
        endpoints.computeIfAbsent(
            regions.getOrDefault(request.bucket(), region),
            each -> new SignedEndpoint(AwsService.S3, each, credentials, http));
    String key = "/" + SdkHttpUtils.urlEncodeIgnoreSlashes(request.key());
    return endpoint.isOverridden() || !HOST_LABEL.matcher(request.bucket()).matches()
        ? request.attempt().send(endpoint, "/" + SdkHttpUtils.urlEncode(request.bucket()) + key)
        : request.attempt().send(endpoint.withHostLabel(request.bucket()), key);
  }

  private static S3Error readError(ResponseStream response) throws IOException {
    try (response) {
      return S3Error.parse(response.status(), response.body().readNBytes(MOST_ERROR_BYTES));
    }
  }

  /// Returns the Region that S3 says the bucket is in, `null` if it is the one that was asked.
  ///
  /// @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html">Request
  ///   redirection</a>
  private @Nullable Region regionOf(String bucket, S3Error error, ResponseStream response) {
    String said = response.header("x-amz-bucket-region");
    String named = said == null ? error.region() : said;
    boolean isOther =
        named != null
            && REGION.matcher(named).matches() // it becomes a part of a host name
            && !named.equals(regions.getOrDefault(bucket, region).id());
    return isOther ? Region.of(String.valueOf(named)) : null;
  }

  private static String adviceFor(S3Error error, Request request) {
    return switch (String.valueOf(error.code())) {
      case "AccessDenied" -> "; expected the permission " + request.permissions();
      case "NoSuchKey", "NoSuchVersion" -> "; it was deleted since";
      case "InvalidObjectState" -> "; it is archived: restore it first";
      default -> "";
    };
  }

  private static void pause(Request request, int attempt) throws S3Exception {
    try {
      Thread.sleep(RetryPause.after(attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw S3Exception.unanswered(request.name() + ": interrupted", e);
    }
  }

  private static void close(ResponseStream response) {
    try {
      response.close();
    } catch (IOException _) {
      // nothing of it is used
    }
  }

  private static long bytesOf(XmlElement object) throws XMLStreamException {
    try {
      return Long.parseLong(object.text("Size"));
    } catch (NumberFormatException _) {
      throw object.malformed("Size", "bytes");
    }
  }

  private static String unquoted(String eTag) {
    return eTag.replace("\"", "");
  }
}
