package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.network.LoopbackAws.Invocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `DeployedStackIT` has what needs a queue that hides messages, and a function that fails.
class RedriveCommandTest {
  private static final String OWN = "arn:aws:lambda:eu-west-1:123456789012:function:flowbell:live";
  private static final String QUEUE_URL =
      "https://sqs.eu-west-1.amazonaws.com/123456789012/flowbell-failures";

  @TempDir private Path folder;

  @Test
  void run_neitherQueueNorFile() {
    CommandRun expected =
        new CommandRun(2, "", "flowbell: expected either --queue-url or --from\n");

    assertThat(CommandRun.of("redrive")).isEqualTo(expected);
    assertThat(CommandRun.of("redrive", "--queue-url", "http://q", "--from", "f"))
        .isEqualTo(expected);
  }

  @Test
  void run_fileThatIsNoPayload() throws Exception {
    Path file = folder.resolve("payload.json");
    Files.writeString(file, "{\"Records\": []}");

    assertThat(CommandRun.of("redrive", "--region", "eu-west-1", "--from", file.toString()))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: "
                    + file
                    + ": expected requestPayload with awslogs.data, or awslogs.data itself, got"
                    + " an object without\n"));
  }

  @Test
  void run_dryRunOfAFile() throws Exception {
    Path file = folder.resolve("payloads.json");
    Files.writeString(
        file,
        """
        {"awslogs": {"data": "x"}}
        {"requestContext": {"approximateInvokeCount": 3}, "requestPayload": {"awslogs": {"data": "y"}},
         "responsePayload": {"errorMessage": "ledger\\n\\u001b[31mdown"}}
        """);

    assertThat(
            CommandRun.of(
                "redrive", "--region", "eu-west-1", "--dry-run", "--from", file.toString()))
        .isEqualTo(
            new CommandRun(
                0,
                """
                %1$s #1  24 bytes to no function, tries unknown, last error: unknown
                %1$s #2  24 bytes to no function, 3 tries, last error: ledger  [31mdown
                2 waiting.
                """
                    .formatted(file),
                ""));
  }

  @Test
  void run_bareEventWithoutAFunction() throws Exception {
    Path file = folder.resolve("event.json");
    Files.writeString(file, "{\"awslogs\": {\"data\": \"x\"}}");

    assertThat(CommandRun.of("redrive", "--region", "eu-west-1", "--from", file.toString()))
        .isEqualTo(
            new CommandRun(
                1,
                file
                    + "  LEFT: it doesn't say which function it is for: give --function\n"
                    + "0 went through, 1 left.\n",
                ""));
  }

  @Test
  void run_recordInAFileWithoutAFunction() throws Exception {
    Path file = folder.resolve("record.json");
    Files.writeString(file, recordOf("payroll-delete-everything", "x"));

    try (LoopbackAws aws = LoopbackAws.start()) {
      assertThat(CommandRun.of("redrive", "--from", file.toString()))
          .isEqualTo(
              new CommandRun(
                  1,
                  file
                      + "  LEFT: it names payroll-delete-everything: give --function, if it may go"
                      + " there\n0 went through, 1 left.\n",
                  ""));
      assertThat(aws.invocations()).isEmpty();
    }
  }

  @Test
  void run_queueOfAStack() throws Exception {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.addMessage("own", recordOf(OWN, "b3du"));
      aws.addMessage("own, old version", recordOf(OWN.replace("live", "7"), "b2xk"));
      aws.addMessage("bare", "{\"awslogs\": {\"data\": \"YmFyZQ==\"}}");

      assertThat(CommandRun.of("redrive", "--queue-url", QUEUE_URL))
          .isEqualTo(
              new CommandRun(
                  0,
                  """
                  own  went through: {"Records": 1}
                  own, old version  went through: {"Records": 1}
                  bare  went through: {"Records": 1}
                  3 went through, 0 left.
                  """,
                  "about 3 in the queue\n"));
      assertThat(aws.invocations())
          .containsExactly(
              new Invocation(OWN, "{\"awslogs\":{\"data\":\"b3du\"}}"),
              new Invocation(OWN, "{\"awslogs\":{\"data\":\"b2xk\"}}"),
              new Invocation(OWN, "{\"awslogs\":{\"data\":\"YmFyZQ==\"}}"));
      assertThat(aws.messageIds()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:lambda:eu-west-1:123456789012:function:payroll-delete-everything",
        "arn:aws:lambda:eu-west-1:123456789012:function:flowbell-2:live",
        "arn:aws:lambda:eu-west-1:999999999999:function:flowbell:live",
        "arn:aws:lambda:us-east-1:123456789012:function:flowbell:live",
        "arn:aws:lambda:eu-west-1:123456789012:function:flowbell:live:x",
        "arn:aws:lambda:eu-west-1:123456789012:function:Flowbell:live",
        "arn:aws:sqs:eu-west-1:123456789012:function:flowbell:live",
        "123456789012:function:flowbell:live",
        "flowbell:live",
        "flowbell",
        ""
      })
  void run_messageThatNamesAnotherFunction(String named) throws Exception {
    String refused = "forged  LEFT: refused: it names %s, expected %s%n".formatted(named, OWN);
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.addMessage("forged", recordOf(named, "x"));

      assertThat(CommandRun.of("redrive", "--queue-url", QUEUE_URL, "--dry-run"))
          .isEqualTo(new CommandRun(0, refused + "1 waiting.\n", "about 1 in the queue\n"));
      for (String function : List.of("flowbell:live", OWN)) {
        assertThat(CommandRun.of("redrive", "--queue-url", QUEUE_URL, "--function", function))
            .isEqualTo(
                new CommandRun(1, refused + "0 went through, 1 left.\n", "about 1 in the queue\n"));
      }
      assertThat(aws.invocations()).isEmpty();
      assertThat(aws.messageIds()).containsExactly("forged");
    }
  }

  /// Five failures in a row stop the command. A sender must not stop it with forged messages.
  @Test
  void run_othersBehindForgedMessages() throws Exception {
    try (LoopbackAws aws = LoopbackAws.start()) {
      for (int i = 0; i < 6; i++) {
        aws.addMessage("forged " + i, recordOf("payroll", "x"));
      }
      aws.addMessage("own", recordOf(OWN, "b3du"));

      CommandRun run = CommandRun.of("redrive", "--queue-url", QUEUE_URL);

      assertThat(run.out()).endsWith("1 went through, 6 left.\n");
      assertThat(aws.messageIds()).hasSize(6).doesNotContain("own");
    }
  }

  @Test
  void run_dryRunOfAQueue() throws Exception {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.addMessage("own", recordOf(OWN, "b3du"));

      assertThat(CommandRun.of("redrive", "--queue-url", QUEUE_URL, "--dry-run"))
          .isEqualTo(
              new CommandRun(
                  0,
                  "own  27 bytes to " + OWN + ", 3 tries, last error: unknown\n1 waiting.\n",
                  "about 1 in the queue\n"));
      assertThat(aws.invocations()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://q/other||--queue-url: expected .../ACCOUNT/STACK-failures, or --function as well,"
            + " got \"http://q/other\"",
        "http://q/1/flowbell-failures||--queue-url: expected .../ACCOUNT/STACK-failures, or"
            + " --function as well, got \"http://q/1/flowbell-failures\"",
        "http://q/123456789012/flowbell-failures|"
            + "arn:aws:lambda:eu-west-1:999999999999:function:flowbell|--function: expected a"
            + " function of the queue's account 123456789012, got"
            + " \"arn:aws:lambda:eu-west-1:999999999999:function:flowbell\"",
        "http://q/123456789012/flowbell-failures|"
            + "arn:aws:lambda:us-east-1:123456789012:function:flowbell|--function: expected a"
            + " function in the Region eu-west-1, got"
            + " \"arn:aws:lambda:us-east-1:123456789012:function:flowbell\"",
        "http://q/other|a b|--function: expected a function's name or ARN, got \"a b\""
      })
  void run_optionsThatNameNoFunction(String queueUrl, @Nullable String function, String error) {
    List<String> arguments =
        new ArrayList<>(List.of("redrive", "--region", "eu-west-1", "--queue-url", queueUrl));
    if (function != null) {
      arguments.addAll(List.of("--function", function));
    }

    assertThat(CommandRun.of(arguments.toArray(String[]::new)))
        .isEqualTo(new CommandRun(2, "", "flowbell: " + error + "\n"));
  }

  /// `redrive` knows the function by the queue's name.
  @Test
  void template_namesQueueAndFunctionAfterTheStack() throws Exception {
    assertThat(Files.readString(Path.of("template.yaml")))
        .contains(
            "      FunctionName: !Ref AWS::StackName\n",
            "      AutoPublishAlias: live\n",
            "      QueueName: !Sub ${AWS::StackName}-failures\n");
  }

  private static String recordOf(String functionArn, String data) {
    return """
    {"requestContext": {"functionArn": "%s", "approximateInvokeCount": 3},
     "requestPayload": {"awslogs": {"data": "%s", "more": 1}, "Records": [{"delete": "all"}]}}
    """
        .formatted(functionArn, data);
  }
}
