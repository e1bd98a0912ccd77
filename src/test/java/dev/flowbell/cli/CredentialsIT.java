package dev.flowbell.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flowbell.testing.process.ToolRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs the jar with profiles of the kinds that people have, against a server on this machine in
/// place of STS, IAM Identity Center and CloudFormation.
final class CredentialsIT {
  private static final String CONFIG =
      """
      [profile base]
      aws_access_key_id = AKIABASE
      aws_secret_access_key = made-up
      [profile role]
      region = eu-west-1
      role_arn = arn:aws:iam::123456789012:role/reader
      source_profile = base
      [profile sso]
      region = eu-west-1
      sso_session = company
      sso_account_id = 123456789012
      sso_role_name = reader
      [profile sso-signed-out]
      region = eu-west-1
      sso_session = other
      sso_account_id = 123456789012
      sso_role_name = reader
      [profile login]
      region = eu-west-1
      login_session = arn:aws:iam::123456789012:user/me
      [profile nothing]
      region = eu-west-1
      [sso-session company]
      sso_region = eu-west-1
      sso_start_url = https://company.awsapps.com/start
      [sso-session other]
      sso_region = eu-west-1
      sso_start_url = https://other.awsapps.com/start
      """;

  private static final String NO_SUCH_STACK =
      "flowbell: no stack flowbell in eu-west-1: expected the name of a stack there, or another"
          + " --region\n";

  private final List<String> keys = Collections.synchronizedList(new ArrayList<>());

  @TempDir private Path home;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException, NoSuchAlgorithmException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    Path cache = Files.createDirectories(home.resolve(".aws/sso/cache"));
    Files.writeString(home.resolve(".aws/config"), CONFIG);
    String hash =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-1").digest("company".getBytes(UTF_8)));
    Files.writeString(
        cache.resolve(hash + ".json"),
        """
        {"accessToken": "token", "expiresAt": "2099-01-01T00:00:00Z", "region": "eu-west-1",
         "startUrl": "https://company.awsapps.com/start"}
        """);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @CsvSource({"role, ASIAROLE", "sso, ASIASSO"})
  void doctor_profileThatWorks(String profile, String key) throws Exception {
    ToolRun run = run(profile, "doctor", "flowbell");

    assertThat(run.errors()).isEqualTo(NO_SUCH_STACK);
    assertThat(keys).containsExactly(key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sso-signed-out|Unable to load SSO token; run aws sso login --profile sso-signed-out",
        "login|Flowbell can't read those of `aws login` (profile login); run eval \"$(aws configure"
            + " export-credentials --profile login --format env)\"",
        "nothing|profile nothing: Profile file contained no credentials for profile 'nothing'"
      })
  void doctor_profileWithoutCredentials(String profile, String words) throws Exception {
    ToolRun run = run(profile, "doctor", "flowbell");

    assertThat(run.errors()).isEqualTo("flowbell: no AWS credentials: " + words + "\n");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(keys).isEmpty();
  }

  @Test
  void doctor_noSuchProfile() throws Exception {
    assertThat(run("mistyped", "doctor", "flowbell", "--region", "eu-west-1").errors())
        .isEqualTo(
            "flowbell: no AWS credentials: set AWS_PROFILE to a profile that has some; there is"
                + " none named \"mistyped\"\n");
  }

  @ParameterizedTest
  @CsvSource({
    "doctor flowbell",
    "redrive flowbell",
    "redrive --queue-url http://q --function f",
    "redrive --from events/nat-gateway.json --function f",
    "replay --publish --namespace X events/nat-gateway.json",
    "replay --publish --ledger-table table events/nat-gateway.json"
  })
  void run_noRegion(String arguments) throws Exception {
    assertThat(run("base", arguments.split(" ")).errors())
        .isEqualTo("flowbell: no Region: set AWS_REGION, or region in your profile\n");
  }

  private ToolRun run(String profile, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "-i",
                "HOME=" + home,
                "AWS_PROFILE=" + profile,
                "AWS_EC2_METADATA_DISABLED=true",
                "AWS_ENDPOINT_URL=http://127.0.0.1:" + server.getAddress().getPort(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                "target/flowbell.jar"));
    command.addAll(List.of(arguments));
    return ToolRun.of(Path.of("."), Map.of(), Duration.ofMinutes(1), command);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      if (exchange.getRequestURI().getPath().equals("/federation/credentials")) {
        respond(
            exchange,
            200,
            "application/json",
            """
            {"roleCredentials": {"accessKeyId": "ASIASSO", "secretAccessKey": "made-up",
             "sessionToken": "made-up", "expiration": 4102444800000}}
            """);
      } else if (body.startsWith("Action=AssumeRole&")) {
        respond(
            exchange,
            200,
            "text/xml",
            """
            <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>\
            <SecretAccessKey>made-up</SecretAccessKey><SessionToken>made-up</SessionToken>\
            <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
            </AssumeRoleResponse>\
            """);
      } else { // DescribeStacks, signed
        String signature = exchange.getRequestHeaders().getFirst("Authorization");
        keys.add(signature.replaceAll(".*Credential=(\\w+)/.*", "$1"));
        respond(
            exchange,
            400,
            "text/xml",
            """
            <ErrorResponse><Error><Code>ValidationError</Code>\
            <Message>Stack with id flowbell does not exist</Message></Error></ErrorResponse>\
            """);
      }
    }
  }

  private static void respond(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
