package dev.flowbell.testing.emulator;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/// An AWS endpoint for integration tests: LocalStack or MiniStack, with clients for it.
///
/// The system property `flowbell.endpoint` names one of them. `auto`, the default, is MiniStack,
/// which serves every test, or LocalStack if MiniStack is unavailable. While the endpoint is open,
/// every SDK client in this JVM finds it by the SDK's own system properties.
///
/// All tests of a run share one endpoint, which is never emptied. A test gives what it makes a
/// [#uniqueName(String)], so that tests can run at the same time.
///
/// @see AwsEndpointExtension
public final class AwsEndpoint implements AutoCloseable {

  private static final String REGION = "us-east-1";

  /// Emulators read the account from the access key: `test` is 000000000000 for both.
  private static final String CREDENTIAL = "test";

  private static final Map<String, String> REGION_AND_CREDENTIALS_PROPERTIES =
      Map.of(
          "aws.region", REGION,
          "aws.accessKeyId", CREDENTIAL,
          "aws.secretAccessKey", CREDENTIAL);

  private static final String ENDPOINT_PROPERTY = "aws.endpointUrl";

  private final Emulator emulator;
  private final CloudWatchClient cloudWatch;
  private final DynamoDbClient dynamoDb;
  private final SnsClient sns;
  private final SqsClient sqs;

  /// Makes an endpoint that SDK clients don't find by themselves.
  AwsEndpoint(Emulator emulator) {
    this.emulator = emulator;
    cloudWatch = configure(CloudWatchClient.builder()).build();
    dynamoDb = configure(DynamoDbClient.builder()).build();
    sns = configure(SnsClient.builder()).build();
    sqs = configure(SqsClient.builder()).build();
  }

  /// Starts the emulator that `flowbell.endpoint` names.
  ///
  /// @throws EmulatorUnavailableException if this machine can run none of them; the message has
  ///   each cause
  public static AwsEndpoint start() throws EmulatorUnavailableException {
    List<String> reasons = new ArrayList<>();
    for (Candidate candidate : Candidate.wanted(System.getProperty("flowbell.endpoint", "auto"))) {
      try {
        AwsEndpoint endpoint = new AwsEndpoint(candidate.start());
        System.setProperty(ENDPOINT_PROPERTY, endpoint.uri().toString());
        REGION_AND_CREDENTIALS_PROPERTIES.forEach(System::setProperty);
        return endpoint;
      } catch (EmulatorUnavailableException e) {
        reasons.add(e.getMessage());
      }
    }
    throw new EmulatorUnavailableException(String.join("; ", reasons));
  }

  /// Returns the address of every service.
  public URI uri() {
    return emulator.uri();
  }

  /// Returns the environment variables with which another process finds this endpoint.
  public Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL", uri().toString(),
        "AWS_REGION", REGION,
        "AWS_ACCESS_KEY_ID", CREDENTIAL,
        "AWS_SECRET_ACCESS_KEY", CREDENTIAL);
  }

  public CloudWatchClient cloudWatch() {
    return cloudWatch;
  }

  public DynamoDbClient dynamoDb() {
    return dynamoDb;
  }

  public SnsClient sns() {
    return sns;
  }

  public SqsClient sqs() {
    return sqs;
  }

  /// Makes an object whose clients use another address, such as a proxy's. For one thread at a
  /// time, because the SDK reads the address from a system property.
  public <T> T through(URI proxy, Supplier<T> maker) {
    String before = System.setProperty(ENDPOINT_PROPERTY, proxy.toString());
    try {
      return maker.get();
    } finally {
      System.setProperty(ENDPOINT_PROPERTY, before);
    }
  }

  /// Returns a name that no other test has, for a topic, queue, alarm or namespace: `prefix-` and 8
  /// digits.
  public String uniqueName(String prefix) {
    return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  @Override
  public void close() {
    if (uri().toString().equals(System.getProperty(ENDPOINT_PROPERTY))) {
      System.clearProperty(ENDPOINT_PROPERTY);
      REGION_AND_CREDENTIALS_PROPERTIES.keySet().forEach(System::clearProperty);
    }
    cloudWatch.close();
    dynamoDb.close();
    sns.close();
    sqs.close();
    emulator.close();
  }

  private <B extends AwsSyncClientBuilder<B, ?> & AwsClientBuilder<B, ?>> B configure(B builder) {
    return builder
        .httpClient(UrlConnectionHttpClient.create())
        .endpointOverride(uri())
        .region(Region.of(REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(CREDENTIAL, CREDENTIAL)));
  }

  private enum Candidate {
    LOCALSTACK {
      @Override
      Emulator start() throws EmulatorUnavailableException {
        return LocalStack.start();
      }
    },
    MINISTACK {
      @Override
      Emulator start() throws EmulatorUnavailableException {
        return MiniStack.start();
      }
    };

    abstract Emulator start() throws EmulatorUnavailableException;

    static List<Candidate> wanted(String name) {
      return switch (name) {
        case "auto" -> List.of(MINISTACK, LOCALSTACK);
        case "localstack" -> List.of(LOCALSTACK);
        case "ministack" -> List.of(MINISTACK);
        default ->
            throw new IllegalArgumentException(
                "flowbell.endpoint: expected auto, localstack or ministack, got \"" + name + "\"");
      };
    }
  }
}
