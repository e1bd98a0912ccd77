package dev.flowbell.cli;

import dev.flowbell.aws.ClientErrors;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.cli.Interruption.InterruptedByUserException;
import dev.flowbell.input.LogFileReader;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.input.UndecodableEventException;
import dev.flowbell.ledger.BatchClaimedException;
import dev.flowbell.ledger.LedgerUnavailableException;
import dev.flowbell.metric.Metric;
import dev.flowbell.pipeline.PayloadFailedException;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.Wiring;
import dev.flowbell.publish.ConsolePublisher;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.ParseFault;
import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.settings.Setting;
import dev.flowbell.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import software.amazon.awssdk.core.exception.SdkClientException;

/// `flowbell replay FILE…`: sends files through the function's pipeline, and reports the result.
final class ReplayCommand implements Command {
  private static final String STANDARD_INPUT = "-";

  /// What a shell sees of a process that Ctrl-C has ended.
  private static final int INTERRUPTED = 130;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final InstantSource clock = InstantSource.system();

  ReplayCommand(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /// Returns the command's options and help. Each setting becomes an option.
  @Override
  public CommandSpec toSpec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("replay");
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
            .description("Files, folders of them, or - for standard input.")
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
    RecordSelector.addOptions(spec);
    for (Setting setting : Setting.OPTIONS) {
      spec.addOption(
          OptionSpec.builder(setting.option())
              .paramLabel(setting.label())
              .type(String.class)
              .description(descriptionOf(setting))
              .build());
    }
    return spec;
  }

  private static String descriptionOf(Setting setting) {
    String defaultWords = setting.defaultWords();
    return setting.description().replace("${", "$${") // else picocli's own variables
        + (defaultWords.isEmpty() ? "" : " (" + defaultWords + ")");
  }

  @Override
  public int run(ParseResult options) {
    Settings settings;
    try {
      settings = Settings.parse(settingsOf(options), Setting::option);
    } catch (InvalidSettingsException e) {
      return fail(Flowbell.UNREADABLE, String.valueOf(e.getMessage()).replace("\n", "; "));
    }
    if (settings.isLogFormatAuto()) {
      return fail(
          Flowbell.UNREADABLE,
          "--log-format: expected formats such as ${srcaddr} ${dstaddr}, got \"auto\": only the"
              + " function asks EC2; a file's header line needs no option");
    }
    RecordSelector selector;
    try {
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
    RejectedSums rejected = new RejectedSums();
    ReplayReport report = new ReplayReport(settings.trafficType(), rejected, selector.words());
    Predicate<FlowRecord> selection =
        record -> {
          if (!isPublishing) { // a part of a file is not published
            interruption.check();
          }
          boolean isTaken = selector.records().test(record);
          if (isTaken) {
            rejected.add(record);
          }
          return isTaken;
        };
    int unread;
    boolean isInterrupted;
    try (HttpClients clients = HttpClients.open()) {
      Wiring wiring = new Wiring(settings, System.getenv("AWS_REGION"), clients);
      Pipeline pipeline =
          isPublishing
              ? wiring.newPublishingReplay(console, err::println, selection)
              : wiring.newReplay(console, selection);
      Reader reader =
          new Reader(
              new SubscriptionDecoder(settings.maxInflatedBytes()),
              new ReplayTarget(pipeline, report, isPublishing),
              interruption);
      List<String> files = options.matchedPositionalValue(0, List.of());
      isInterrupted = reader.readAll(files);
      unread = reader.unread;
      if (unread > 0 && report.payloads() == 0) {
        return Flowbell.UNREADABLE;
      }
      report.addAlerts(pipeline.finish());
    } catch (PayloadFailedException | BatchClaimedException | LedgerUnavailableException e) {
      return fail(Flowbell.UNPUBLISHED, e.getMessage());
    } catch (SdkClientException e) {
      return fail(Flowbell.UNPUBLISHED, ClientErrors.messageOf(e));
    }
    switch (options.matchedOptionValue("--output", Output.TEXT)) {
      case JSON -> report.printJson(out);
      case TEXT ->
          new ReplayText(report, console, settings, isPublishing)
              .print(out, printed.toString(StandardCharsets.UTF_8));
    }
    if (unread > 0 && report.total(Metric.RECORDS) > 0) {
      err.println(
          "flowbell: INCOMPLETE: " + unread + " of the inputs could not be read, see above");
    }
    if (isInterrupted) {
      out.flush();
      err.println("flowbell: INCOMPLETE: interrupted; this is what was read until then");
      return INTERRUPTED;
    }
    return unread > 0 && !options.hasMatchedOption("--keep-going") ? Flowbell.UNREADABLE : 0;
  }

  private static Map<String, String> settingsOf(ParseResult options) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : Setting.OPTIONS) {
      String value = options.matchedOptionValue(setting.option(), null);
      if (value != null) {
        values.put(setting.name(), value);
      }
    }
    return values;
  }

  /// Reads one input after another. One that can't be read is named, and the others are read.
  private final class Reader {
    private final LogFileReader reader;
    private final ReplayTarget target;
    private final Interruption interruption;
    private int unread;

    Reader(SubscriptionDecoder decoder, ReplayTarget target, Interruption interruption) {
      this.reader = new LogFileReader(decoder, target);
      this.target = target;
      this.interruption = interruption;
    }

    /// Reads inputs until the user wants an end.
    ///
    /// @return whether the user wanted one
    boolean readAll(List<String> inputs) {
      try {
        inputs.forEach(this::read);
        return false;
      } catch (InterruptedByUserException _) {
        return true;
      }
    }

    void read(String input) {
      try {
        if (input.equals(STANDARD_INPUT)) {
          read("standard input", in);
          return;
        }
        Path path = InputFile.of(input);
        if (Files.isDirectory(path)) {
          readFolder(path);
        } else {
          readFile(path);
        }
      } catch (IOException e) {
        addFault(wordsOf(e));
      }
    }

    private void readFolder(Path path) throws IOException {
      InputFile.Folder folder = InputFile.Folder.of(path);
      folder.faults().forEach(this::addFault);
      if (folder.files().isEmpty()) {
        addFault(
            "%s: expected files ending in %s, found %s"
                .formatted(
                    path,
                    InputFile.ENDINGS,
                    folder.others().isEmpty() ? "none" : folder.othersInWords()));
        return;
      }
      if (!folder.others().isEmpty()) {
        err.printf(
            "flowbell: %s: not read, because of the ending: %s%n", path, folder.othersInWords());
      }
      folder.files().forEach(this::readFile);
    }

    private void readFile(Path file) {
      interruption.check();
      try {
        if (ParquetRecords.isParquet(file)) {
          ParquetRecords.read(file, reader);
          checkLines(file.toString());
          return;
        }
      } catch (IOException e) {
        addFault(wordsOf(e));
        return;
      }
      try (InputStream bytes =
          ProgressBar.around(Files.newInputStream(file), file, Files.size(file), err)) {
        read(file.toString(), bytes);
      } catch (IOException e) {
        addFault(wordsOf(e));
      }
    }

    private void read(String name, InputStream bytes) throws IOException {
      try {
        reader.read(name, bytes);
      } catch (UndecodableEventException e) {
        addFault(e.getMessage());
      }
      checkLines(name);
    }

    private void checkLines(String name) {
      Map<ParseFault, Long> without = target.takeLinesWithoutRecord();
      if (!without.isEmpty()) {
        addFault(
            "%s: expected flow log records, got only lines that are none (%s); if they have"
                    .formatted(name, ReplayText.inWords(without))
                + " another format, name it with --log-format");
      }
    }

    private void addFault(@Nullable String words) {
      unread++;
      fail(Flowbell.UNREADABLE, words);
    }
  }

  private static String wordsOf(IOException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return switch (e) {
      case NoSuchFileException _ -> message + ": no such file";
      case AccessDeniedException _ -> message + ": permission denied";
      default -> message;
    };
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
