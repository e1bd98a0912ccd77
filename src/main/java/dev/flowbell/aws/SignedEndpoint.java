package dev.flowbell.aws;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/// One service's endpoint in one Region. It signs a request, sends it once, and reads the response,
/// or passes it on as a stream.
///
/// Retries are the caller's. The signature, credentials, endpoint and HTTP client are the SDK's.
public final class SignedEndpoint {
  private static final String CHECKSUM = "x-amz-crc32";

  private final AwsService service;
  private final Region region;
  private final URI uri;
  private final boolean isOverridden;
  private final AwsCredentialsProvider credentials;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final SdkHttpClient http;

  /// @param http limits time and size of a call; remains the caller's to close
  public SignedEndpoint(
      AwsService service, Region region, AwsCredentialsProvider credentials, SdkHttpClient http) {
    this(service, region, service.findEndpoint(region), credentials, http);
  }

  private SignedEndpoint(
      AwsService service,
      Region region,
      AwsClientEndpointProvider endpoint,
      AwsCredentialsProvider credentials,
      SdkHttpClient http) {
    this(
        service,
        region,
        endpoint.clientEndpoint(),
        endpoint.isEndpointOverridden(),
        credentials,
        http);
  }

  private SignedEndpoint(
      AwsService service,
      Region region,
      URI uri,
      boolean isOverridden,
      AwsCredentialsProvider credentials,
      SdkHttpClient http) {
    this.service = service;
    this.region = region;
    this.uri = uri;
    this.isOverridden = isOverridden;
    this.credentials = credentials;
    this.http = http;
  }

  /// Returns the Region that the SDK's own clients use by default.
  ///
  /// @throws SdkException if none is set
  public static Region defaultRegion() {
    return DefaultAwsRegionProviderChain.builder().build().getRegion();
  }

  /// Returns the credentials that the SDK's own clients use by default.
  public static AwsCredentialsProvider defaultCredentials() {
    return DefaultCredentialsProvider.builder().build();
  }

  /// Returns the address that requests are sent to.
  public URI uri() {
    return uri;
  }

  /// Returns whether the user set the address: it is not the service's own.
  public boolean isOverridden() {
    return isOverridden;
  }

  /// Returns the endpoint whose host has one more label in front, as that of an S3 bucket has.
  public SignedEndpoint withHostLabel(String label) {
    return new SignedEndpoint(
        service,
        region,
        URI.create(uri.getScheme() + "://" + label + "." + uri.getAuthority()),
        isOverridden,
        credentials,
        http);
  }

  /// Sends a GET request. The body is not read yet.
  ///
  /// @param encodedPath begins with a slash, and is percent-encoded. The request has it as it is
  /// @param query the parameters, not encoded
  /// @param headers the headers besides `Host` and those of the signature
  /// @return the response, whatever its status. The caller closes it
  /// @throws IOException if there is no response; the cause is an `SdkException` if there are no
  ///   credentials
  public ResponseStream get(
      String encodedPath, Map<String, String> query, Map<String, String> headers)
      throws IOException {
    SdkHttpRequest.Builder unsigned =
        SdkHttpRequest.builder().method(SdkHttpMethod.GET).uri(uri).encodedPath(encodedPath);
    query.forEach(unsigned::putRawQueryParameter);
    headers.forEach(unsigned::putHeader);
    return new ResponseStream(call(() -> sign(unsigned.build(), null)));
  }

  /// Sends a PUT request. The body of the response is not read yet.
  ///
  /// @param encodedPath begins with a slash, and is percent-encoded. The request has it as it is
  /// @return the response, whatever its status. The caller closes it
  /// @throws IOException as [#get]
  public ResponseStream put(String encodedPath, byte[] body) throws IOException {
    return new ResponseStream(
        call(() -> toRequest(SdkHttpMethod.PUT, encodedPath, Map.of(), body)));
  }

  /// Sends a POST request to `/`.
  ///
  /// @param headers the headers besides `Content-Length`, `Host` and those of the signature
  /// @return the response, whatever its status
  /// @throws ResponseTooLargeException if the response body is larger than accepted
  /// @throws IOException if there is no response, or not all of it; the cause is an `SdkException`
  ///   if there are no credentials
  public Response post(Map<String, String> headers, byte[] body) throws IOException {
    HttpExecuteResponse response = call(() -> toRequest(SdkHttpMethod.POST, "/", headers, body));
    SdkHttpResponse head = response.httpResponse();
    byte[] received = readBody(response);
    ensureChecksum(head, received);
    return new Response(
        head.statusCode(),
        head.firstMatchingHeader("Content-Type").orElse("no content type"),
        received);
  }

  private HttpExecuteResponse call(Supplier<HttpExecuteRequest> request) throws IOException {
    try {
      return http.prepareRequest(request.get()).call();
    } catch (SdkException e) { // no credentials
      throw new IOException(ClientErrors.messageOf(e), e);
    }
  }

  private HttpExecuteRequest toRequest(
      SdkHttpMethod method, String encodedPath, Map<String, String> headers, byte[] body) {
    SdkHttpRequest.Builder unsigned =
        SdkHttpRequest.builder()
            .method(method)
            .uri(uri)
            .encodedPath(encodedPath)
            .putHeader("Content-Length", String.valueOf(body.length));
    headers.forEach(unsigned::putHeader);
    return sign(unsigned.build(), ContentStreamProvider.fromByteArrayUnsafe(body));
  }

  private HttpExecuteRequest sign(
      SdkHttpRequest unsigned, @Nullable ContentStreamProvider content) {
    AwsCredentialsIdentity identity = credentials.resolveCredentials();
    SignedRequest signed =
        signer.sign(
            request ->
                request
                    .identity(identity)
                    .request(unsigned)
                    .payload(content)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service.id())
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region.id())
                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, service.isPathEncodedTwice())
                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, service.isPathEncodedTwice()));
    return HttpExecuteRequest.builder()
        .request(signed.request())
        .contentStreamProvider(signed.payload().orElse(content))
        .build();
  }

  private static byte[] readBody(HttpExecuteResponse response) throws IOException {
    if (response.responseBody().isEmpty()) {
      return new byte[0];
    }
    try (InputStream body = response.responseBody().get()) {
      return body.readAllBytes();
    }
  }

  /// Compares the body with the checksum that DynamoDB sends. Other services send none.
  private static void ensureChecksum(SdkHttpResponse head, byte[] body) throws IOException {
    Optional<String> expected = head.firstMatchingHeader(CHECKSUM);
    if (expected.isPresent()) {
      CRC32 checksum = new CRC32();
      checksum.update(body);
      String actual = String.valueOf(checksum.getValue());
      if (!actual.equals(expected.get())) {
        throw new IOException(
            "%s of %d bytes: expected %s, got %s"
                .formatted(CHECKSUM, body.length, expected.get(), actual));
      }
    }
  }

  /// A service's response.
  public static final class Response {
    private final int status;
    private final String contentType;
    private final byte[] body;

    Response(int status, String contentType, byte[] body) {
      this.status = status;
      this.contentType = contentType;
      this.body = body;
    }

    /// Returns the HTTP status code.
    public int status() {
      return status;
    }

    /// Returns the body, empty if there is none.
    public byte[] body() {
      return body;
    }

    /// Returns what was received instead of the expected body, for an error message.
    public String describe() {
      return "%s, %d bytes (status %d)".formatted(contentType, body.length, status);
    }

    /// Returns whether the status code is 200 to 299.
    public boolean isSuccessful() {
      return status / 100 == 2;
    }
  }

  /// A service's response whose body is still to be read.
  public static final class ResponseStream implements AutoCloseable {
    private final SdkHttpResponse head;
    private final InputStream body;

    ResponseStream(HttpExecuteResponse response) {
      head = response.httpResponse();
      body =
          response
              .responseBody()
              .<InputStream>map(each -> each)
              .orElse(InputStream.nullInputStream());
    }

    /// Returns the HTTP status code.
    public int status() {
      return head.statusCode();
    }

    /// Returns whether the status code is 200 to 299.
    public boolean isSuccessful() {
      return head.isSuccessful();
    }

    /// Returns the first header of a name in any case, `null` if there is none.
    public @Nullable String header(String name) {
      return head.firstMatchingHeader(name).orElse(null);
    }

    /// Returns the body. It ends in an `IOException` if the connection breaks, or stalls.
    public InputStream body() {
      return body;
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }
}
