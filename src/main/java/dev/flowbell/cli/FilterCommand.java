package dev.flowbell.cli;

import dev.flowbell.record.FilterPattern;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.InvalidFormatException;
import dev.flowbell.record.RecordFormat;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `flowbell filter`: prints the filter pattern that keeps accepted records away from the function.
///
/// The pattern is alone on standard output, so that it can be used in `$(…)`. Where there is none
/// to print, nothing is.
final class FilterCommand implements Command {
  private static final String OPTION = "--log-format";

  private static final List<String> LOST =
      List.of(
          "With this filter the function gets no accepted records. It then can't know",
          "- which handshakes stay unanswered, and how many flows are accepted;",
          "- what a source that scans got through to;",
          "- which requests were accepted: that a network ACL dropped the answers is not proven;",
          "- which rejected packets answer a request, where tcp-flags don't say so.",
          "Rejected records pass. Records of another format, and JSON, may not.",
          "So use it only where all flow logs of the log group have this format.",
          "Tell the function, so that it doesn't count what it can't know: with the template by"
              + " OnlyRejected=true, otherwise by TRAFFIC_TYPE=REJECT.");

  private static final String PASSES_LOG_STATUS =
      "NODATA and SKIPDATA records pass: they say that flow logs arrive, and that AWS lost some.";
  private static final String LACKS_LOG_STATUS =
      "Without log-status in the format, nothing says that flow logs arrive, or that AWS lost"
          + " some.";

  private final PrintStream out;
  private final PrintStream err;

  FilterCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public String name() {
    return "filter";
  }

  @Override
  public CommandSpec toSpec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(name());
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(
            "Prints the CloudWatch Logs filter pattern that keeps accepted records away from the"
                + " function. What is lost with them is said on standard error.")
        .footer("", "Exit code 0: printed. 2: there is no such pattern; nothing is printed.");
    spec.addOption(
        OptionSpec.builder(OPTION)
            .paramLabel("FORMAT")
            .required(true)
            .type(String.class)
            .description(
                "The flow logs' format, as AWS writes it, $${srcaddr} $${dstaddr}, or with bare"
                    + " names; flowbell for that of Flowbell's template, default for AWS's.")
            .build());
    return spec;
  }

  @Override
  public int run(ParseResult options) {
    String text = String.valueOf(options.matchedOptionValue(OPTION, "")).strip();
    if (text.contains(";")) {
      return refuse("expected one format, got several");
    }
    if (text.equals("auto")) {
      return refuse("expected one format, got \"auto\"");
    }
    RecordFormat format;
    try {
      format = toFormat(text);
    } catch (InvalidFormatException e) {
      return fail(String.valueOf(e.getMessage()));
    }
    if (!format.fields().contains(FlowField.ACTION)) {
      return fail(
          "expected a format with action, got one without: no filter can tell its rejected records"
              + " from accepted ones");
    }
    out.println(FilterPattern.withoutAccepted(format));
    LOST.forEach(err::println);
    err.println(
        format.fields().contains(FlowField.LOG_STATUS) ? PASSES_LOG_STATUS : LACKS_LOG_STATUS);
    return 0;
  }

  private static RecordFormat toFormat(String text) {
    return switch (text) {
      case "flowbell" -> RecordFormat.FLOWBELL;
      case "default" -> RecordFormat.DEFAULT;
      default -> RecordFormat.parse(text);
    };
  }

  /// Refuses formats that no pattern by fields fits, and names the pattern that fits them.
  private int refuse(String what) {
    return fail(
        what
            + ": a pattern by fields fits lines of one format only. "
            + FilterPattern.TERMS
            + " fits all formats, and JSON, but also passes accepted records that have one of these"
            + " words elsewhere, such as in a tag");
  }

  private int fail(String message) {
    err.println("flowbell: " + OPTION + ": " + message);
    return Flowbell.UNREADABLE;
  }
}
