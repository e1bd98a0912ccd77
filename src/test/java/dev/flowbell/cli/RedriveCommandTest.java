package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.input.CreatedObject;
import dev.flowbell.input.LambdaEvent.QueueMessage;
import dev.flowbell.input.ObjectNotifications;
import dev.flowbell.input.QueueEvents;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.network.LoopbackAws.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|expected STACK, --queue-url or --from",
        "flowbell --queue-url http://q|--queue-url: expected neither STACK nor --from beside it",
        "--queue-url http://q --from f|--queue-url: expected neither STACK nor --from beside it",
        "--queue-url http://q|--queue-url: expected --function as well, or STACK instead",
        "flowbell --drop-unreadable|expected --drop-unreadable and --save DIR together",
        "flowbell --save dir|expected --drop-unreadable and --save DIR together",
        "flowbell --drop-unreadable --save dir --from f|--drop-unreadable: expected a queue, got"
            + " files",
        "--dry-run --from s3://b/payloads|s3://b/payloads: expected a file on this machine; fetch"
            + " it first, with aws s3 cp --recursive s3://b/payloads FOLDER",
        "--dry-run --from no-such-file|no-such-file: no such file"
      })
  void run_optionsThatDoNotFit(@Nullable String options, String error) {
    String line = "redrive" + (options == null ? "" : " " + options);

    assertThat(CommandRun.of(line.split(" ")))
        .isEqualTo(new CommandRun(2, "", "flowbell: " + error + "\n"));
  }

  @Test
  void run_fileThatIsNoPayload() throws Exception {
    Path file = folder.resolve("payload.json");
    Files.writeString(file, "{\"messages\": []}");

    assertThat(CommandRun.of("redrive", "--region", "eu-west-1", "--from", file.toString()))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: "
                    + file
                    + ": expected requestPayload with awslogs.data, awslogs.data itself, or a"
                    + " notification of S3, got another object\n"));
  }

  @Test
  void run_dryRunOfAFileNeedsNoRegion() throws Exception {
    Path file = folder.resolve("payloads.json");
    Files.writeString(
        file,
        """
        {"awslogs": {"data": "x"}}
        {"requestContext": {"approximateInvokeCount": 3}, "requestPayload": {"awslogs": {"data": "y"}},
         "responsePayload": {"errorMessage": "ledger\\n\\u001b[31mdown"}}
        """);

    assertThat(CommandRun.of("redrive", "--dry-run", "--from", file.toString()))
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

    try (LoopbackAws aws = withStack()) {
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

  /// The queue's dead letters have the notification alone. What else they have is not passed on.
  @Test
  void run_namesOfFiles() throws Exception {
    String body =
        ObjectNotifications.toBody(List.of(new CreatedObject("b", "a +.gz", null, "0a", 5)));
    try (LoopbackAws aws = withStack()) {
      aws.addMessage("dead", body.replace("{\"Records\"", "{\"own\":1,\"Records\""));
      aws.addMessage("returned", body);
      aws.answerInvocation("{\"batchItemFailures\":[]}");
      aws.answerInvocation("{\"batchItemFailures\":[{\"itemIdentifier\":\"redrive\"}]}");

      assertThat(CommandRun.of("redrive", "flowbell"))
          .isEqualTo(
              new CommandRun(
                  1,
                  """
                  dead  went through: {"batchItemFailures":[]}
                  returned  LEFT: the function returned it: its log says why
                  1 went through, 1 left.
                  """,
                  "about 2 in the queue\n"));
      assertThat(aws.invocations())
          .extracting(LoopbackAws.Invocation::payload)
          .containsOnly(QueueEvents.toJson(new QueueMessage("redrive", "", body)));
    }
  }

  @Test
  void run_queueOfAStack() throws Exception {
    try (LoopbackAws aws = withStack()) {
      aws.addMessage("own", recordOf(OWN, "b3du"));
      aws.addMessage("own, old version", recordOf(OWN.replace("live", "7"), "b2xk"));
      aws.addMessage("bare", "{\"awslogs\": {\"data\": \"YmFyZQ==\"}}");

      assertThat(CommandRun.of("redrive", "flowbell"))
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
    try (LoopbackAws aws = withStack()) {
      aws.addMessage("forged", recordOf(named, "x"));

      assertThat(CommandRun.of("redrive", "flowbell", "--dry-run"))
          .isEqualTo(new CommandRun(0, refused + "1 waiting.\n", "about 1 in the queue\n"));
      for (String function : List.of("flowbell:live", OWN)) {
        assertThat(CommandRun.of("redrive", "flowbell", "--function", function))
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
    try (LoopbackAws aws = withStack()) {
      for (int i = 0; i < 6; i++) {
        aws.addMessage("forged " + i, recordOf("payroll", "x"));
      }
      aws.addMessage("own", recordOf(OWN, "b3du"));

      CommandRun run = CommandRun.of("redrive", "flowbell");

      assertThat(run.out()).endsWith("1 went through, 6 left.\n");
      assertThat(aws.messageIds()).hasSize(6).doesNotContain("own");
    }
  }

  @Test
  void run_dryRunOfAQueue() throws Exception {
    try (LoopbackAws aws = withStack()) {
      aws.addMessage("own", recordOf(OWN, "b3du"));

      assertThat(CommandRun.of("redrive", "flowbell", "--dry-run"))
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
  void run_optionsThatNameNoFunction(String queueUrl, String function, String error) {
    assertThat(
            CommandRun.of(
                "redrive",
                "--region",
                "eu-west-1",
                "--queue-url",
                queueUrl,
                "--function",
                function))
        .isEqualTo(new CommandRun(2, "", "flowbell: " + error + "\n"));
  }

  /// The stack's resources say what the queue and the function are, whatever their names.
  @Test
  void run_stackWhoseQueueHasAnotherName() throws Exception {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.addStack(
          "prod",
          Map.of(
              "Function", "prod-Function-1ABC",
              "FailureQueue",
                  "https://sqs.eu-west-1.amazonaws.com/123456789012/prod-FailureQ-2DEF"));
      aws.addMessage("own", recordOf(OWN.replace("flowbell", "prod-Function-1ABC"), "b3du"));

      assertThat(CommandRun.of("redrive", "prod").out()).endsWith("1 went through, 0 left.\n");
      assertThat(aws.invocations())
          .containsExactly(
              new Invocation(
                  OWN.replace("flowbell", "prod-Function-1ABC"),
                  "{\"awslogs\":{\"data\":\"b3du\"}}"));
    }
  }

  @Test
  void run_filesToTheFunctionOfAStack() throws Exception {
    Path file = folder.resolve("event.json");
    Files.writeString(file, "{\"awslogs\": {\"data\": \"x\"}}");
    try (LoopbackAws aws = withStack()) {
      aws.addMessage("own", recordOf(OWN, "b3du"));

      assertThat(CommandRun.of("redrive", "flowbell", "--from", file.toString()).out())
          .endsWith("1 went through, 0 left.\n");
      assertThat(aws.invocations())
          .containsExactly(new Invocation(OWN, "{\"awslogs\":{\"data\":\"x\"}}"));
      assertThat(aws.messageIds()).containsExactly("own");
    }
  }

  @Test
  void run_queueWhoseStackIsGone() throws Exception {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.addMessage("own", recordOf(OWN, "b3du"));

      assertThat(
              CommandRun.of("redrive", "--queue-url", QUEUE_URL, "--function", "flowbell:live")
                  .out())
          .endsWith("1 went through, 0 left.\n");
      assertThat(aws.invocations()).extracting(Invocation::function).containsExactly(OWN);
    }
  }

  @Test
  void run_noSuchStack() throws Exception {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.failSns(400, "ValidationError", "Stack with id flowbel does not exist");

      assertThat(CommandRun.of("redrive", "flowbel"))
          .isEqualTo(
              new CommandRun(
                  2,
                  "",
                  "flowbell: no stack flowbel in eu-west-1: expected the name of a stack there, or"
                      + " another --region\n"));
    }
  }

  @Test
  void run_stackWithoutAQueue() throws Exception {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.addStack("other", Map.of("Function", "other"));

      assertThat(CommandRun.of("redrive", "other"))
          .isEqualTo(new CommandRun(2, "", "flowbell: the stack has no FailureQueue\n"));
    }
  }

  /// Ten payloads that can't be unwrapped stop nothing: the function is well.
  @Test
  void run_dropUnreadable() throws Exception {
    String unreadable =
        """
        {"errorMessage":"awslogs.data: gzip ended early after 15 bytes",\
        "errorType":"dev.flowbell.input.UndecodableEventException","stackTrace":[]}\
        """;
    Path saved = folder.resolve("a/b");
    try (LoopbackAws aws = withStack()) {
      for (int i = 0; i < 6; i++) {
        aws.addMessage("poison-" + i, recordOf(OWN, "H4sIAAAAAAAAA0tMSgYA"));
        aws.failFunction(unreadable);
      }
      aws.addMessage("../../no payload", "something else");
      aws.addMessage("failed", recordOf(OWN, "b3du"));
      aws.failFunction("{\"errorMessage\":\"a dev.flowbell.input.UndecodableEventException\"}");
      aws.addMessage("forged", recordOf("payroll", "x"));

      CommandRun dry =
          CommandRun.of(
              "redrive", "flowbell", "--dry-run", "--drop-unreadable", "--save", saved.toString());
      assertThat(dry.out()).endsWith("9 waiting.\n");
      assertThat(saved).doesNotExist();

      CommandRun run =
          CommandRun.of("redrive", "flowbell", "--drop-unreadable", "--save", saved.toString());

      assertThat(run.out())
          .contains(
              "poison-5  DROPPED, saved as %s/poison-5.json: %s\n".formatted(saved, unreadable),
              "../../no payload  DROPPED, saved as %s/______no_payload.message: not JSON at"
                      .formatted(saved)
                  + " character 0\n",
              "failed  LEFT: ",
              "forged  LEFT: refused: ")
          .endsWith("0 went through, 7 dropped, 2 left.\n");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(aws.messageIds()).containsExactly("failed", "forged");
    }
    assertThat(saved.resolve("______no_payload.message")).hasContent("something else");
    assertThat(saved.resolve("poison-0.json"))
        .hasContent("{\"awslogs\":{\"data\":\"H4sIAAAAAAAAA0tMSgYA\"}}");
    CommandRun replayed = CommandRun.of("replay", saved.toString());
    assertThat(replayed.exitCode()).isEqualTo(2);
    assertThat(replayed.out()).isEmpty();
    assertThat(replayed.err().lines())
        .hasSize(7)
        .startsWith(
            "flowbell: %s: not read, because of the ending: 1 file ______no_payload.message"
                .formatted(saved),
            "flowbell: %s: awslogs.data: gzip ended early after 15 bytes"
                .formatted(saved.resolve("poison-0.json")));
  }

  private static LoopbackAws withStack() throws IOException {
    LoopbackAws aws = LoopbackAws.start();
    aws.addStack("flowbell", Map.of("Function", "flowbell", "FailureQueue", QUEUE_URL));
    return aws;
  }

  private static String recordOf(String functionArn, String data) {
    return """
    {"requestContext": {"functionArn": "%s", "approximateInvokeCount": 3},
     "requestPayload": {"awslogs": {"data": "%s", "more": 1}, "Records": [{"delete": "all"}]}}
    """
        .formatted(functionArn, data);
  }
}
