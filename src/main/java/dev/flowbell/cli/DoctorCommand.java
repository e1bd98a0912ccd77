package dev.flowbell.cli;

import dev.flowbell.doctor.CannotAskException;
import dev.flowbell.doctor.Deployment;
import dev.flowbell.doctor.Doctor;
import dev.flowbell.doctor.DoctorClients;
import dev.flowbell.doctor.Finding;
import dev.flowbell.doctor.Verdict;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// `flowbell doctor STACK`: checks what silently breaks in a deployment, and says what mends it.
///
/// Exit codes: 0 when all is well, warnings included; 1 when there is a problem; 2 when there is
/// none, but something could not be asked.
final class DoctorCommand implements Command {
  private static final int PROBLEM_FOUND = 1;
  private static final int COULD_NOT_ASK = 2;

  private static final int DEFAULT_TIMEOUT_SECONDS = 180;
  private static final int LONGEST_TIMEOUT_SECONDS = 3600;

  private final PrintStream out;
  private final PrintStream err;

  DoctorCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public CommandSpec toSpec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(name());
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(
            "Checks what silently breaks between a VPC and your mailbox, in the order that records"
                + " take. Says what is wrong, and the command that mends it. Changes nothing"
                + " without --send-test.")
        .footer(
            "",
            "Exit code 0: all is well, warnings included. 1: there is a problem. 2: there is none,"
                + " but something could not be asked.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("STACK")
            .arity("1")
            .required(true)
            .type(String.class)
            .description("The CloudFormation stack's name.")
            .build());
    spec.addOption(
        OptionSpec.builder("--region")
            .paramLabel("REGION")
            .type(String.class)
            .description("The Region that the stack is in (what AWS_REGION or your profile says).")
            .build());
    spec.addOption(
        OptionSpec.builder("--send-test")
            .type(boolean.class)
            .description(
                "Put synthetic rejected records into the log group or the bucket, as many as a"
                    + " notification takes, and wait for metric and notification.")
            .build());
    spec.addOption(
        OptionSpec.builder("--timeout-seconds")
            .paramLabel("SECONDS")
            .type(int.class)
            .description("How long --send-test waits (" + DEFAULT_TIMEOUT_SECONDS + ").")
            .build());
    spec.addOption(
        OptionSpec.builder("--output")
            .paramLabel("text|json")
            .type(Output.class)
            .description("For people (text, the default), or for machines: one JSON object.")
            .build());
    return spec;
  }

  @Override
  public int run(ParseResult options) {
    Duration timeout = timeoutOf(options);
    String stackName = options.matchedPositionalValue(0, "");
    String region = options.matchedOptionValue("--region", null);
    try (DoctorClients clients = DoctorClients.open(region)) {
      Deployment deployment = Deployment.find(stackName, clients);
      List<Finding> findings =
          new ArrayList<>(new Doctor(InstantSource.system()).examine(deployment));
      if (options.hasMatchedOption("--send-test")) {
        findings.addAll(Doctor.sendTest(deployment, timeout, err::println));
      }
      DoctorReport report =
          new DoctorReport(deployment.stackName(), deployment.region(), List.copyOf(findings));
      switch (options.matchedOptionValue("--output", Output.TEXT)) {
        case JSON -> report.printJson(out);
        case TEXT -> report.printText(out);
      }
      out.flush();
      return exitCode(report);
    } catch (CannotAskException e) {
      err.println("flowbell: " + String.valueOf(e.getMessage()).replace('\n', ' '));
      return COULD_NOT_ASK;
    }
  }

  private static Duration timeoutOf(ParseResult options) {
    int seconds = options.matchedOptionValue("--timeout-seconds", DEFAULT_TIMEOUT_SECONDS);
    if (seconds < 1 || seconds > LONGEST_TIMEOUT_SECONDS) {
      throw new ParameterException(
          options.commandSpec().commandLine(),
          "--timeout-seconds: expected a whole number from 1 to %d, got \"%d\""
              .formatted(LONGEST_TIMEOUT_SECONDS, seconds));
    }
    return Duration.ofSeconds(seconds);
  }

  private static int exitCode(DoctorReport report) {
    return report.count(Verdict.PROBLEM) > 0
        ? PROBLEM_FOUND
        : report.count(Verdict.SKIPPED) > 0 ? COULD_NOT_ASK : 0;
  }

  /// What the report is for.
  private enum Output {
    TEXT,
    JSON
  }
}
