package dev.flowbell.cli;

import dev.flowbell.record.FlowRecord;
import dev.flowbell.report.Origin;
import dev.flowbell.report.Redaction;
import dev.flowbell.report.Report;
import dev.flowbell.report.ReportBuilder;
import dev.flowbell.report.ReportJson;
import dev.flowbell.report.ReportPage;
import dev.flowbell.report.ReportTable;
import dev.flowbell.report.ReportText;
import dev.flowbell.report.TrafficSums;
import dev.flowbell.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `flowbell report PATH…`: says who was blocked, where and when, over all records of files.
final class ReportCommand implements Command {
  private static final int DEFAULT_WIDTH = 80;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final InstantSource clock = InstantSource.system();

  ReportCommand(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  @Override
  public String name() {
    return "report";
  }

  /// Returns the command's options and help.
  @Override
  public CommandSpec toSpec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(name());
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(
            "Says who was blocked, where and when, over all records of files and folders: on the"
                + " terminal, and as a page to pass on. Reads files on all cores.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("PATH")
            .arity("1..*")
            .required(true)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("Files, folders of them, s3://BUCKET/PREFIX, or - for standard input.")
            .build());
    spec.addOption(
        OptionSpec.builder("--html")
            .paramLabel("FILE")
            .type(Path.class)
            .description(
                "Write a page as well, of one file, with what Flowbell would have told. Takes"
                    + " longer, because the judge wants one file after another.")
            .build());
    spec.addOption(
        OptionSpec.builder("--output")
            .paramLabel("text|json|csv")
            .type(Output.class)
            .description("For people (text, the default), for programs, or for a spreadsheet.")
            .build());
    spec.addOption(
        OptionSpec.builder("--redact")
            .type(boolean.class)
            .description("Replace addresses and ids, each by the same one everywhere.")
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
      return fail(String.valueOf(e.getMessage()));
    }
    if (settings.explainsBlocks() && options.hasMatchedOption("--redact")) {
      return fail("--explain: expected no --redact, because rules name groups and networks");
    }
    try (Interruption interruption = Interruption.watch()) {
      return run(options, settings, selector, interruption);
    }
  }

  private int run(
      ParseResult options, Settings settings, RecordSelector selector, Interruption interruption) {
    Path page = options.matchedOptionValue("--html", null);
    TrafficSums sums = new TrafficSums(settings.insideNetworks(), clock.instant(), page != null);
    InputReader reader =
        new InputReader(
            options.matchedPositionalValue(0, List.of()),
            in,
            err,
            interruption,
            settings.maxInflatedBytes());
    Predicate<FlowRecord> selection =
        record -> {
          interruption.check();
          reader.progress().addRecord();
          return selector.records().test(record);
        };
    ReportReading reading =
        page == null && !settings.explainsBlocks()
            ? ReportReading.inParallel(reader, settings, selection, sums)
            : ReportReading.inOrder(reader, settings, selection, sums, clock);
    Origin origin =
        new Origin(
            Flowbell.version(),
            options.originalArgs(),
            selector.words(),
            clock.instant(),
            page == null ? null : digestOf(reader));
    Report report = ReportBuilder.build(origin, reading.inputs(), sums, reading.alerts());
    if (report.totals().records() == 0 && reader.unread() > 0) {
      return Flowbell.UNREADABLE;
    }
    Report shown = options.hasMatchedOption("--redact") ? Redaction.of(report) : report;
    switch (options.matchedOptionValue("--output", Output.TEXT)) {
      case TEXT -> new ReportText(shown, width(), isColored()).print(out);
      case JSON -> new ReportJson(shown).print(out);
      case CSV -> new ReportTable(shown).print(out);
    }
    if (page != null && !write(shown, page)) {
      return Flowbell.UNREADABLE;
    }
    return exitCode(report, options);
  }

  private boolean write(Report report, Path page) {
    try {
      Files.writeString(page, ReportPage.of(report));
      err.println("flowbell: wrote " + page);
      return true;
    } catch (IOException e) {
      fail(page + ": could not be written: " + e.getMessage());
      return false;
    }
  }

  /// Returns the terminal's width, where the shell exports it.
  private static int width() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,3}")
        ? Integer.parseInt(columns)
        : DEFAULT_WIDTH;
  }

  /// @see <a href="https://no-color.org">NO_COLOR</a>
  private static boolean isColored() {
    String noColor = System.getenv("NO_COLOR");
    return Progress.isTerminal() && (noColor == null || noColor.isEmpty());
  }

  private @Nullable String digestOf(InputReader reader) {
    try {
      return reader.digest();
    } catch (IOException e) {
      err.println("flowbell: no digest of the inputs: " + e.getMessage());
      return null;
    }
  }

  private int exitCode(Report report, ParseResult options) {
    out.flush();
    int unread = report.coverage().unread().size();
    if (unread > 0) {
      err.println(
          "flowbell: INCOMPLETE: " + unread + " of the inputs could not be read, see above");
    }
    if (report.coverage().isInterrupted()) {
      err.println("flowbell: INCOMPLETE: interrupted; this is what was read until then");
      return Flowbell.INTERRUPTED;
    }
    return unread > 0 && !options.hasMatchedOption("--keep-going") ? Flowbell.UNREADABLE : 0;
  }

  private int fail(String message) {
    err.println("flowbell: " + message.replace('\n', ' '));
    return Flowbell.UNREADABLE;
  }

  /// The form of the report on standard output.
  private enum Output {
    TEXT,
    JSON,
    CSV
  }
}
