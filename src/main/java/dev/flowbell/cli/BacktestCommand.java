package dev.flowbell.cli;

import dev.flowbell.aws.HttpClients;
import dev.flowbell.backtest.Backtest;
import dev.flowbell.backtest.History;
import dev.flowbell.backtest.Mail;
import dev.flowbell.backtest.Plan;
import dev.flowbell.backtest.Span;
import dev.flowbell.cli.Interruption.InterruptedByUserException;
import dev.flowbell.doctor.CannotAskException;
import dev.flowbell.doctor.MissingResourceException;
import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.Wiring;
import dev.flowbell.publish.ConsolePublisher;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.settings.Setting;
import dev.flowbell.settings.Settings;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// `flowbell backtest PATH…`: says what would have been sent in the time that files cover, and
/// which setting makes it quieter.
///
/// Exit codes: 0 at or below the target, or without one; 1 above it; 2 if an input can't be read,
/// or says too little of a day.
final class BacktestCommand implements Command {
  private static final int ABOVE_TARGET = 1;

  private static final String TARGET = "mails-per-day=";
  private static final double MOST_GAPS = 0.1;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  BacktestCommand(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  @Override
  public String name() {
    return "backtest";
  }

  @Override
  public CommandSpec toSpec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(name());
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(
            "Says what Flowbell would have mailed in the days that flow logs cover, what it would"
                + " have held back, and which setting makes it quieter. Sends nothing.")
        .footer(
            "",
            "Exit code 0: at or below the target, or no target. 1: above the target. 2: a file"
                + " could not be read, or the files say too little of a day.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("PATH")
            .arity("1..*")
            .required(true)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                "Files, folders of them, s3://BUCKET/PREFIX, or - for standard input, as replay"
                    + " reads them.")
            .build());
    add(spec, "--stack", "NAME", "Take the settings that this stack's function has.");
    add(
        spec,
        "--region",
        "REGION",
        "The Region that the stack is in (what AWS_REGION or your profile says).");
    spec.addOption(
        OptionSpec.builder("--compare")
            .paramLabel("SETTING=VALUE[,VALUE...]")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                "Try these values, each alone: of a threshold such as scan-hosts=50,100, of"
                    + " alert-mail-limit, or entries to add to quiet. Can be given several times"
                    + " (half, twice and four times each threshold that matters).")
            .build());
    add(
        spec,
        "--target",
        "mails-per-day=NUMBER",
        "The most mails a day that you want. Says what to change to get there.");
    addFlag(spec, "--list", "Print one line for each mail, and nothing else.");
    spec.addOption(
        OptionSpec.builder("--mail")
            .paramLabel("N")
            .type(int.class)
            .description("Print the mail with this number in the list, as it would arrive.")
            .build());
    addFlag(
        spec,
        "--anyway",
        "Go on with less than 24 hours, with gaps of more than 10 %%, or without files that could"
            + " not be read.");
    spec.addOption(
        OptionSpec.builder("--output")
            .paramLabel("text|json")
            .type(Output.class)
            .description("For people (text, the default), or for machines: one JSON object.")
            .build());
    RecordSelector.addOptions(spec);
    for (Setting setting : BacktestSettings.OPTIONS) {
      add(spec, setting.option(), setting.label(), SettingOptions.descriptionOf(setting));
    }
    return spec;
  }

  private static void add(CommandSpec spec, String name, String label, String description) {
    spec.addOption(
        OptionSpec.builder(name)
            .paramLabel(label)
            .type(String.class)
            .description(description)
            .build());
  }

  private static void addFlag(CommandSpec spec, String name, String description) {
    spec.addOption(OptionSpec.builder(name).type(boolean.class).description(description).build());
  }

  @Override
  public int run(ParseResult options) {
    BacktestSettings given;
    Settings settings;
    RecordSelector selector;
    Plan plan;
    try {
      given = BacktestSettings.of(options);
      settings = given.parse();
      selector = RecordSelector.of(options);
      plan = planOf(options, settings, given);
    } catch (InvalidSettingsException e) {
      return fail(String.valueOf(e.getMessage()).replace("\n", "; "));
    } catch (CannotAskException | MissingResourceException | IllegalArgumentException e) {
      return fail(String.valueOf(e.getMessage()));
    }
    if (settings.isLogFormatAuto()) {
      return fail(
          "--log-format: expected formats such as ${srcaddr} ${dstaddr}, got \"auto\": only the"
              + " function asks EC2; a file's header line needs no option");
    }
    try (Interruption interruption = Interruption.watch();
        HttpClients clients = HttpClients.open()) {
      return run(options, given, settings, selector, plan, clients, interruption);
    } catch (InterruptedByUserException _) {
      return interrupted();
    }
  }

  private int interrupted() {
    err.println("flowbell: interrupted: nothing can be said of a part");
    return Flowbell.INTERRUPTED;
  }

  private static Plan planOf(ParseResult options, Settings settings, BacktestSettings given) {
    Plan plan;
    try {
      plan =
          Plan.of(
              settings.alertPolicy(),
              given.quiet(),
              options.matchedOptionValue("--compare", List.of()),
              targetOf(options));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--compare: " + e.getMessage(), e);
    }
    boolean isList = options.hasMatchedOption("--list") || options.hasMatchedOption("--mail");
    if (isList && options.matchedOptionValue("--output", Output.TEXT) == Output.JSON) {
      throw refusal(options, "--output json has all mails: expected neither --list nor --mail");
    }
    return isList ? plan.alone() : plan;
  }

  private static @Nullable Double targetOf(ParseResult options) {
    String text = options.matchedOptionValue("--target", null);
    if (text == null) {
      return null;
    }
    try {
      double target =
          text.startsWith(TARGET) ? Double.parseDouble(text.substring(TARGET.length())) : -1;
      if (target >= 0 && target <= 1_000_000) {
        return target;
      }
    } catch (NumberFormatException _) {
      // reported below
    }
    throw refusal(options, "--target: expected mails-per-day=NUMBER, got \"%s\"".formatted(text));
  }

  private static ParameterException refusal(ParseResult options, String message) {
    return new ParameterException(options.commandSpec().commandLine(), message);
  }

  private int run(
      ParseResult options,
      BacktestSettings given,
      Settings settings,
      RecordSelector selector,
      Plan plan,
      HttpClients clients,
      Interruption interruption) {
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
    Function<AlertPolicy, Wiring> wirings =
        policy -> new Wiring(settings.withAlertPolicy(policy), given.region(), clients);
    History history = new History();
    Pipeline reading = wirings.apply(plan.readingPolicy()).newTrial(selection);
    ReplayTarget target =
        new ReplayTarget(
            reading,
            outcome -> history.add(outcome.summary()),
            _ -> {}, // a column of a later version changes no notification
            false);
    if (reader.readAll(target)) {
      return interrupted();
    }
    boolean isAnyway = options.hasMatchedOption("--anyway");
    if (reader.unread() > 0 && !isAnyway) {
      return fail("what could not be read may have rung; --anyway goes on without it");
    }
    Span span = history.span();
    if (span == null) {
      return fail("expected flow log records with times, got none");
    }
    String refusal = refusalOf(span);
    if (refusal != null && !isAnyway) {
      return fail(refusal);
    }
    Backtest backtest =
        Backtest.run(
            history,
            plan,
            policy -> wirings.apply(policy).newTrial(_ -> true),
            interruption::check);
    return print(options, given, selector, backtest);
  }

  /// Returns why the records say too little of a day, `null` if they say enough.
  private static @Nullable String refusalOf(Span span) {
    if (span.steps() < Span.STEPS_OF_DAY) {
      return String.format(
          Locale.ROOT,
          "expected 24 hours of flow logs or more, got %.1f (%s to %s): that says too little of a"
              + " day; --anyway goes on",
          span.steps() / 6.0,
          BacktestText.minute(span.first()),
          BacktestText.minute(span.last()));
    }
    return span.gapShare() <= MOST_GAPS
        ? null
        : String.format(
            Locale.ROOT,
            "expected records at nearly all times, got gaps of %.0f %% from %s to %s, the longest"
                + " of them %s: files may be missing; --anyway goes on",
            span.gapShare() * 100,
            BacktestText.minute(span.first()),
            BacktestText.minute(span.last()),
            BacktestText.longestOf(span.gaps()));
  }

  private int print(
      ParseResult options, BacktestSettings given, RecordSelector selector, Backtest backtest) {
    List<Mail> mails = backtest.now().mails();
    int exitCode = backtest.isAboveTarget() ? ABOVE_TARGET : 0;
    if (options.hasMatchedOption("--mail")) {
      int number = options.matchedOptionValue("--mail", 0);
      if (number < 1 || number > mails.size()) {
        return fail(
            "--mail: expected a number of the list, 1 to %d, got \"%d\""
                .formatted(mails.size(), number));
      }
      AlertMessage message = mails.get(number - 1).message();
      new ConsolePublisher(out, InstantSource.system()).publish(message);
    } else if (options.hasMatchedOption("--list")) {
      BacktestText.printList(mails, out);
    } else {
      switch (options.matchedOptionValue("--output", Output.TEXT)) {
        case JSON -> BacktestJson.print(backtest, given, selector.words(), out);
        case TEXT -> new BacktestText(backtest, given, selector.words(), out).print();
      }
    }
    return exitCode;
  }

  private int fail(String message) {
    err.println("flowbell: " + message.replace('\n', ' '));
    return Flowbell.UNREADABLE;
  }

  /// The form of the report.
  private enum Output {
    TEXT,
    JSON
  }
}
