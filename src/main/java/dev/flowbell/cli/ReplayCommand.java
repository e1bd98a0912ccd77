package dev.flowbell.cli;

import dev.flowbell.aws.ClientErrors;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.input.LogFileReader;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.input.UndecodableEventException;
import dev.flowbell.ledger.BatchClaimedException;
import dev.flowbell.ledger.LedgerUnavailableException;
import dev.flowbell.pipeline.PayloadFailedException;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.Wiring;
import dev.flowbell.publish.ConsolePublisher;
import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.settings.Setting;
import dev.flowbell.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import software.amazon.awssdk.core.exception.SdkClientException;

/// `flowbell replay FILE…`: sends files through the function's pipeline, and reports the result.
final class ReplayCommand implements Command {
  private static final String STANDARD_INPUT = "-";

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
            "Reads files and says what they hold: Lambda events, subscription messages, flow log"
                + " text with or without header, plain or gzipped, and JSON lines. Publishes"
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
    boolean isPublishing = options.hasMatchedOption("--publish");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ConsolePublisher console =
        new ConsolePublisher(new PrintStream(printed, true, StandardCharsets.UTF_8), clock);
    ReplayReport report = new ReplayReport(settings.trafficType());
    try (HttpClients clients = HttpClients.open()) {
      Wiring wiring = new Wiring(settings, System.getenv("AWS_REGION"), clients);
      Pipeline pipeline =
          isPublishing
              ? wiring.newPublishingReplay(console, err::println)
              : wiring.newReplay(console);
      LogFileReader reader =
          new LogFileReader(
              new SubscriptionDecoder(settings.maxInflatedBytes()),
              new ReplayTarget(pipeline, report));
      List<String> files = options.matchedPositionalValue(0, List.of());
      for (String file : files) {
        read(file, reader);
      }
      report.addAlerts(pipeline.finish());
    } catch (IOException e) {
      return fail(Flowbell.UNREADABLE, wordsOf(e));
    } catch (UndecodableEventException e) {
      return fail(Flowbell.UNREADABLE, e.getMessage());
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
    out.flush();
    return 0;
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

  private void read(String file, LogFileReader reader) throws IOException {
    if (file.equals(STANDARD_INPUT)) {
      reader.read("standard input", in);
      return;
    }
    Path path = InputFile.of(file);
    if (!Files.isDirectory(path)) {
      read(path, reader);
      return;
    }
    List<Path> found;
    try (Stream<Path> all = Files.walk(path)) {
      found =
          all.filter(Files::isRegularFile)
              .filter(each -> InputFile.hasKnownEnding(each.toString()))
              .sorted()
              .toList();
    } catch (UncheckedIOException e) { // a folder in it can't be listed
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
    if (found.isEmpty()) {
      throw new IOException(
          file + ": expected files ending in " + InputFile.ENDINGS + ", found none");
    }
    for (Path each : found) {
      read(each, reader);
    }
  }

  private void read(Path file, LogFileReader reader) throws IOException {
    try (InputStream bytes =
        ProgressBar.around(Files.newInputStream(file), file, Files.size(file), err)) {
      reader.read(file.toString(), bytes);
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
