package dev.flowbell.cli;

import dev.flowbell.aws.ClientErrors;
import dev.flowbell.aws.OperatorClients;
import dev.flowbell.doctor.CannotAskException;
import dev.flowbell.doctor.Deployment;
import dev.flowbell.doctor.DoctorClients;
import dev.flowbell.doctor.MissingResourceException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// `flowbell redrive`: sends payloads that failed through the function again, out of the failure
/// queue or out of files.
///
/// It runs with the operator's credentials, on messages that others can write. So it invokes only
/// the function that the operator names, and passes on only a payload's data, or the names of the
/// files that it is in.
///
/// Each is invoked synchronously, so that it is known whether it went through; only then is it
/// deleted. The function's ledger keeps what had been counted or told before from being so again,
/// which is why running this twice, or stopping it half-way, does no harm: what was received and
/// not deleted comes back to the queue.
final class RedriveCommand implements Command {
  private static final int LEFT = 1;

  /// The function's timeout where it reads files, and what lies between. Before that, the SDK would
  /// invoke again, beside the function that still runs.
  private static final Duration LONGEST_INVOCATION = Duration.ofSeconds(315);

  private static final int MOST_MESSAGES = 3;

  /// As long as the messages of one receipt may take.
  private static final Duration HIDDEN = LONGEST_INVOCATION.multipliedBy(MOST_MESSAGES);

  private static final Duration HIDDEN_TO_LOOK = Duration.ofMinutes(1);

  /// After so many failures in a row, the cause is not the payload's.
  private static final int MOST_FAILURES = 5;

  private static final int LONGEST_ERROR = 300;

  private final PrintStream out;
  private final PrintStream err;

  RedriveCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public String name() {
    return "redrive";
  }

  @Override
  public CommandSpec toSpec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(name());
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(
            "Sends payloads that failed through the function again, and deletes from the failure"
                + " queue those that went through. Safe to stop, and to run twice.")
        .footer(
            "",
            "Exit code 0: all went through, or there were none. 1: something is left. 2: the queue"
                + " or a file could not be read.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("STACK")
            .arity("0..1")
            .type(String.class)
            .description("The CloudFormation stack's name: of its failure queue, to its function.")
            .build());
    spec.addOption(
        OptionSpec.builder("--queue-url")
            .paramLabel("URL")
            .type(String.class)
            .description("A failure queue whose stack is gone. Needs --function.")
            .build());
    spec.addOption(
        OptionSpec.builder("--from")
            .paramLabel("FILE")
            .arity("1..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                "Payloads saved to disk instead: what aws sqs receive-message prints, records of"
                    + " the queue, or Lambda events. Needs STACK, named before, or --function.")
            .build());
    spec.addOption(
        OptionSpec.builder("--function")
            .paramLabel("NAME")
            .type(String.class)
            .description(
                "The function that payloads go to (the stack's, by its alias). Payloads of another"
                    + " function are left.")
            .build());
    spec.addOption(
        OptionSpec.builder("--region")
            .paramLabel("REGION")
            .type(String.class)
            .description("The Region (what AWS_REGION or your profile says).")
            .build());
    spec.addOption(
        OptionSpec.builder("--dry-run")
            .type(boolean.class)
            .description("Say what there is and where it would go, and change nothing.")
            .build());
    spec.addOption(
        OptionSpec.builder("--drop-unreadable")
            .type(boolean.class)
            .description(
                "Take out of the queue what can never go through: payloads that the function can't"
                    + " unwrap, and messages that are no payloads. Needs --save.")
            .build());
    spec.addOption(
        OptionSpec.builder("--save")
            .paramLabel("DIR")
            .type(String.class)
            .description(
                "The folder that keeps what is dropped, a file for each. replay reads payloads"
                    + " there.")
            .build());
    return spec;
  }

  @Override
  public int run(ParseResult options) {
    RedriveOptions given = RedriveOptions.of(options);
    try {
      if (given.stackName() != null) {
        return runOfStack(given.stackName(), given);
      }
      if (given.needsNoAws()) {
        Run run = new Run(null, given.findTarget(null, null, given.region()), given);
        redrive(given.files(), run);
        return run.end();
      }
      return run(given.queueUrl(), null, given.region(), given);
    } catch (CannotAskException | MissingResourceException | IOException e) {
      return fail(String.valueOf(e.getMessage()));
    } catch (SdkException e) {
      return fail(ClientErrors.messageOf(e));
    }
  }

  private int runOfStack(String stackName, RedriveOptions given)
      throws CannotAskException, IOException {
    try (DoctorClients clients = DoctorClients.open(given.region())) {
      Deployment deployment = Deployment.find(stackName, clients);
      String queueUrl = given.files().isEmpty() ? deployment.failureQueueUrl() : null;
      return run(queueUrl, deployment.aliasArn(), deployment.region(), given);
    }
  }

  /// @param queueUrl `null` for files
  /// @param stackFunction the function of the stack, `null` if no stack is named
  private int run(
      @Nullable String queueUrl,
      @Nullable String stackFunction,
      @Nullable String region,
      RedriveOptions given)
      throws IOException {
    try (LambdaClient lambda = OperatorClients.newInvoker(region, LONGEST_INVOCATION);
        SqsClient sqs = OperatorClients.newSqs(region)) {
      RedriveTarget target =
          given.findTarget(
              stackFunction, queueUrl, lambda.serviceClientConfiguration().region().id());
      Run run = new Run(lambda, target, given);
      if (queueUrl == null) {
        redrive(given.files(), run);
      } else {
        redrive(queueUrl, sqs, run);
      }
      return run.end();
    }
  }

  private int fail(String message) {
    err.println("flowbell: " + oneLine(message));
    return Flowbell.UNREADABLE;
  }

  private static void redrive(List<String> files, Run run) throws IOException {
    for (String file : files) {
      Path path = InputFile.of(file);
      List<FailedPayload> payloads;
      try {
        payloads = FailedPayload.parseAll(Files.readString(path, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ": " + e.getMessage(), e);
      } catch (NoSuchFileException e) {
        throw new IOException(file + ": no such file", e);
      }
      for (int i = 0; i < payloads.size() && !run.isStopped(); i++) {
        run.handle(file + (payloads.size() == 1 ? "" : " #" + (i + 1)), payloads.get(i));
      }
    }
  }

  /// Until the queue gives nothing more. What failed is hidden meanwhile, and shown again at the
  /// end.
  private static void redrive(String queueUrl, SqsClient sqs, Run run) throws IOException {
    String waiting =
        sqs.getQueueAttributes(
                request ->
                    request
                        .queueUrl(queueUrl)
                        .attributeNames(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES))
            .attributes()
            .get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES);
    run.begin(waiting);
    Duration hidden = run.given.isDryRun() ? HIDDEN_TO_LOOK : HIDDEN;
    List<Message> kept = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    try {
      while (!run.isStopped()) {
        List<Message> messages =
            sqs.receiveMessage(
                    request ->
                        request
                            .queueUrl(queueUrl)
                            .maxNumberOfMessages(MOST_MESSAGES)
                            .visibilityTimeout((int) hidden.toSeconds())
                            .waitTimeSeconds(1))
                .messages();
        boolean isAnyNew = false;
        for (Message message : messages) {
          boolean isNew = seen.add(message.messageId());
          isAnyNew |= isNew;
          if (isNew && !run.isStopped() && handle(message, run)) {
            sqs.deleteMessage(
                request -> request.queueUrl(queueUrl).receiptHandle(message.receiptHandle()));
          } else {
            kept.add(message);
          }
        }
        if (!isAnyNew) { // the queue is empty, or what was hidden first comes up again
          break;
        }
      }
    } finally {
      kept.forEach(message -> show(queueUrl, sqs, message));
    }
  }

  /// Where it fails, the message shows again by itself, later.
  private static void show(String queueUrl, SqsClient sqs, Message message) {
    try {
      sqs.changeMessageVisibility(
          request ->
              request
                  .queueUrl(queueUrl)
                  .receiptHandle(message.receiptHandle())
                  .visibilityTimeout(0));
    } catch (SdkException _) {
      // Received twice meanwhile, or gone. Not SqsException: a class that is caught is loaded with
      // this one, and isn't there where `exec:exec` runs replay on the run-time class path.
    }
  }

  /// Returns whether the message is to be deleted.
  private static boolean handle(Message message, Run run) throws IOException {
    FailedPayload payload;
    try {
      payload = FailedPayload.parse(message.body());
    } catch (IllegalArgumentException e) {
      return run.dropOrLeave(
          message.messageId(), ".message", message.body(), String.valueOf(e.getMessage()));
    }
    return run.handle(message.messageId(), payload);
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    text.chars()
        .limit(LONGEST_ERROR)
        .forEach(c -> line.append(c < ' ' || (c >= 0x7f && c < 0xa0) ? ' ' : (char) c));
    return text.length() > LONGEST_ERROR ? line + "..." : line.toString();
  }

  /// What came of the payloads so far.
  private final class Run {
    private final @Nullable LambdaClient lambda;
    private final @Nullable RedriveTarget target;
    private final RedriveOptions given;
    private int through;
    private int dropped;
    private int left;
    private int failuresInARow;

    /// @param lambda `null` for a dry run
    /// @param target the only function to invoke, `null` if files were given and no function
    Run(@Nullable LambdaClient lambda, @Nullable RedriveTarget target, RedriveOptions given) {
      this.lambda = lambda;
      this.target = target;
      this.given = given;
    }

    /// @param waiting how many payloads there are, about: SQS doesn't count more exactly
    void begin(@Nullable String waiting) {
      err.println("about " + waiting + " in the queue");
    }

    /// Invokes the target with the payload, or says what would be done.
    ///
    /// @return whether it went through, or was dropped
    boolean handle(String name, FailedPayload payload) throws IOException {
      String named = payload.functionArn();
      if (target == null && !given.isDryRun()) {
        leave(
            name,
            named == null
                ? "it doesn't say which function it is for: give --function"
                : "it names " + named + ": give --function, if it may go there");
        return false;
      }
      if (target != null && named != null && !target.isOf(named)) {
        leave(name, "refused: it names " + named + ", expected " + target);
        return false;
      }
      if (lambda == null || given.isDryRun()) {
        out.printf(
            "%s  %,d bytes to %s, %s, last error: %s%n",
            name,
            payload.event().length(),
            target == null ? "no function" : target,
            payload.tries() == 0 ? "tries unknown" : payload.tries() + " tries",
            payload.error() == null ? "unknown" : oneLine(payload.error()));
        left++;
        return false;
      }
      return invoke(lambda, String.valueOf(target), name, payload);
    }

    private boolean invoke(LambdaClient lambda, String function, String name, FailedPayload payload)
        throws IOException {
      try {
        InvokeResponse response =
            lambda.invoke(
                request ->
                    request
                        .functionName(function)
                        .invocationType(InvocationType.REQUEST_RESPONSE)
                        .payload(SdkBytes.fromUtf8String(payload.event())));
        String answer = response.payload().asUtf8String();
        if (response.functionError() == null && FailedPayload.isReturned(answer)) {
          leave(name, "the function returned it: its log says why");
          failuresInARow++;
          return false;
        }
        if (response.functionError() == null) {
          through++;
          failuresInARow = 0;
          out.printf("%s  went through: %s%n", name, oneLine(answer));
          return true;
        }
        if (FailedPayload.isUnreadable(answer)) { // no failure of the function
          failuresInARow = 0;
          return dropOrLeave(name, ".json", payload.event(), answer);
        }
        leave(name, answer);
      } catch (SdkException e) {
        leave(name, ClientErrors.messageOf(e));
      }
      failuresInARow++;
      return false;
    }

    /// Saves what can never go through, where the operator wants that, so that it may be deleted.
    ///
    /// @param ending of the file; `replay` reads `.json` in a folder
    /// @return whether it is saved
    boolean dropOrLeave(String name, String ending, String text, String why) throws IOException {
      if (given.saveFolder() == null || given.isDryRun()) {
        leave(name, why);
        return false;
      }
      Files.createDirectories(given.saveFolder());
      // The service makes the id. No text of its own may lead out of the folder.
      Path file = given.saveFolder().resolve(name.replaceAll("[^A-Za-z0-9-]", "_") + ending);
      Files.writeString(
          file,
          text,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE,
          StandardOpenOption.DSYNC); // it is deleted from the queue next
      dropped++;
      out.printf("%s  DROPPED, saved as %s: %s%n", name, file, oneLine(why));
      out.flush();
      return true;
    }

    /// Says why a payload is left. It counts as no failure of the function: otherwise five messages
    /// that are no payloads would keep all others from it.
    void leave(String name, String why) {
      left++;
      out.printf("%s  LEFT: %s%n", name, oneLine(why));
      out.flush();
    }

    boolean isStopped() {
      return !given.isDryRun() && failuresInARow >= MOST_FAILURES;
    }

    /// Says what it came to.
    ///
    /// @return the exit code
    int end() {
      if (isStopped()) {
        out.printf("Stopped after %d failures in a row: mend their cause first.%n", MOST_FAILURES);
      }
      if (given.isDryRun()) {
        out.printf("%d waiting.%n", left);
      } else {
        out.printf(
            "%d went through, %s%d left.%n",
            through, given.saveFolder() == null ? "" : dropped + " dropped, ", left);
      }
      out.flush();
      return left == 0 || given.isDryRun() ? 0 : LEFT;
    }
  }
}
