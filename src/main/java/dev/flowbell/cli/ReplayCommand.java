package dev.flowbell.cli;

import dev.flowbell.aws.ClientErrors;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.ledger.BatchClaimedException;
import dev.flowbell.ledger.LedgerUnavailableException;
import dev.flowbell.metric.Metric;
import dev.flowbell.pipeline.PayloadFailedException;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.Wiring;
import dev.flowbell.publish.ConsolePublisher;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.report.Origin;
import dev.flowbell.report.RecordSums;
import dev.flowbell.report.ReportBuilder;
import dev.flowbell.report.TrafficSums;
import dev.flowbell.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import software.amazon.awssdk.core.exception.SdkClientException;

/// `flowbell replay FILE…`: sends files through the function's pipeline, and reports the result.
final class ReplayCommand implements Command {
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final InstantSource clock = InstantSource.system();

  ReplayCommand(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  @Override
  public String name() {
    return "replay";
  }

  /// Returns the command's options and help. Each setting becomes an option.
  @Override
  public CommandSpec toSpec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(name());
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(
            "Reads files and says what they hold: flow logs from S3, from CloudWatch Logs, from"
                + " consoles and tools of AWS, as text, JSON or tables, plain or gzipped. Publishes"
                + " nothing unless told to.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("FILE")
            .arity("1..*")
            .required(true)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("Files, folders of them, s3://BUCKET/PREFIX, or - for standard input.")
            .build());
    spec.addOption(
        OptionSpec.builder("--output")
            .paramLabel("text|json")
            .type(Output.class)
            .description("For people (text, the default), or for machines: one JSON object.")
            .build());
    spec.addOption(
        OptionSpec.builder("--publish")
            .type(boolean.class)
            .description("Send metrics to CloudWatch and, with --topic-arn, notifications to SNS.")
            .build());
    spec.addOption(
        OptionSpec.builder("--keep-going")
            .type(boolean.class)
            .description("Exit with 0 although some of the files could not be read.")
            .build());
    SettingOptions.addExplainTo(spec);
    RecordSelector.addOptions(spec);
    SettingOptions.addTo(spec);
    return spec;
  }

  @Override
  public int run(ParseResult options) {
    Settings settings;
    RecordSelector selector;
    try {
      settings = SettingOptions.of(options);
      selector = RecordSelector.of(options);
    } catch (IllegalArgumentException e) {
      return fail(Flowbell.UNREADABLE, e.getMessage());
    }
    try (Interruption interruption = Interruption.watch()) {
      return run(options, settings, selector, interruption);
    }
  }

  private int run(
      ParseResult options, Settings settings, RecordSelector selector, Interruption interruption) {
    boolean isPublishing = options.hasMatchedOption("--publish");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ConsolePublisher console =
        new ConsolePublisher(new PrintStream(printed, true, StandardCharsets.UTF_8), clock);
    TrafficSums sums = new TrafficSums(settings.insideNetworks(), clock.instant(), false);
    RecordSums rejected = sums.newPart();
    ReplayReport report = new ReplayReport(settings.trafficType(), selector.words());
    InputReader reader =
        new InputReader(
            options.matchedPositionalValue(0, List.of()),
            in,
            err,
            interruption,
            settings.maxInflatedBytes());
    Predicate<FlowRecord> selection =
        record -> {
          if (!isPublishing) { // a part of a file is not published
            interruption.check();
          }
          reader.progress().addRecord();
          boolean isTaken = selector.records().test(record);
          if (isTaken) {
            rejected.add(record);
          }
          return isTaken;
        };
    boolean isInterrupted;
    try (HttpClients clients = HttpClients.open()) {
      Wiring wiring = new Wiring(settings, System.getenv("AWS_REGION"), clients);
      Pipeline pipeline =
          isPublishing
              ? wiring.newPublishingReplay(console, err::println, selection)
              : wiring.newReplay(console, selection);
      isInterrupted =
          reader.readAll(
              new ReplayTarget(pipeline, report::add, report::addUnknownField, isPublishing));
      if (reader.unread() > 0 && report.payloads() == 0) {
        return Flowbell.UNREADABLE;
      }
      report.addAlerts(pipeline.finish());
    } catch (PayloadFailedException | BatchClaimedException | LedgerUnavailableException e) {
      return fail(Flowbell.UNPUBLISHED, e.getMessage());
    } catch (SdkClientException e) {
      return fail(Flowbell.UNPUBLISHED, ClientErrors.messageOf(e));
    }
    report.setRejected(
        ReportBuilder.build(
            new Origin(
                Flowbell.version(),
                options.originalArgs(),
                selector.words(),
                clock.instant(),
                null),
            report.inputs(reader, isInterrupted),
            sums,
            List.of()));
    switch (options.matchedOptionValue("--output", Output.TEXT)) {
      case JSON -> report.printJson(out);
      case TEXT ->
          new ReplayText(report, console, settings, isPublishing)
              .print(out, printed.toString(StandardCharsets.UTF_8));
    }
    int unread = reader.unread();
    if (unread > 0 && report.total(Metric.RECORDS) > 0) {
      err.println(
          "flowbell: INCOMPLETE: " + unread + " of the inputs could not be read, see above");
    }
    if (isInterrupted) {
      out.flush();
      err.println("flowbell: INCOMPLETE: interrupted; this is what was read until then");
      return Flowbell.INTERRUPTED;
    }
    return unread > 0 && !options.hasMatchedOption("--keep-going") ? Flowbell.UNREADABLE : 0;
  }

  private int fail(int exitCode, @Nullable String message) {
    err.println("flowbell: " + String.valueOf(message).replace('\n', ' '));
    return exitCode;
  }

  /// The form of the report.
  private enum Output {
    TEXT,
    JSON
  }
}
