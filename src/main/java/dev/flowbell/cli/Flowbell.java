package dev.flowbell.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// The command line.
///
/// Exit codes: 0 when the input was read; 1 when something could not be published; 2 when the input
/// could not be read or an option is wrong. One line on standard error says why. `doctor`,
/// `backtest`, `redrive` and `why` have exit codes of their own, see their help.
public final class Flowbell {
  static final int UNPUBLISHED = 1;
  static final int UNREADABLE = 2;

  /// What a shell sees of a process that Ctrl-C has ended.
  static final int INTERRUPTED = 130;

  private Flowbell() {}

  /// Runs one command and ends the process with its exit code.
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    int exitCode = run(System.in, out, System.err, arguments);
    if (out.checkError()) { // flushes
      System.err.println("flowbell: standard output: could not be written to the end");
      exitCode = Math.max(exitCode, UNREADABLE);
    }
    System.exit(exitCode);
  }

  /// Runs one command.
  ///
  /// @return the exit code
  public static int run(InputStream in, PrintStream out, PrintStream err, String... arguments) {
    CommandSpec spec = CommandSpec.create().name("flowbell").mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description("Tells what VPC flow logs say: what was blocked, and who really sent it.");
    spec.version("flowbell " + version());
    CommandLine commandLine = new CommandLine(spec);
    for (Command command : wanted(all(in, out, err), arguments)) {
      CommandSpec subcommand = command.toSpec();
      subcommand.version(spec.version());
      commandLine.addSubcommand(subcommand);
    }
    commandLine.addSubcommand("help", new CommandLine.HelpCommand());
    commandLine.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    commandLine.setParameterExceptionHandler(
        (exception, _) -> {
          err.println("flowbell: " + wordsOf(exception).replace('\n', ' '));
          return UNREADABLE;
        });
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionStrategy(Flowbell::execute);
    return commandLine.execute(arguments);
  }

  private static List<Command> all(InputStream in, PrintStream out, PrintStream err) {
    return List.of(
        new BacktestCommand(in, out, err),
        new DoctorCommand(out, err),
        new FilterCommand(out, err),
        new RedriveCommand(out, err),
        new ReplayCommand(in, out, err),
        new ReportCommand(in, out, err),
        new WhyCommand(in, out, err),
        new CompletionCommand(out));
  }

  /// Returns the commands that can be meant: the one that the first argument names, else all. To
  /// describe the options of all takes longer than to read a small file.
  private static List<Command> wanted(List<Command> all, String... arguments) {
    List<Command> named =
        all.stream()
            .filter(command -> arguments.length > 0 && command.name().equals(arguments[0]))
            .filter(command -> !(command instanceof CompletionCommand)) // it completes all
            .toList();
    return named.isEmpty() ? all : named;
  }

  private static int execute(CommandLine.ParseResult parsed) {
    Integer helpExitCode = CommandLine.executeHelpRequest(parsed);
    if (helpExitCode != null) {
      return helpExitCode;
    }
    if (!parsed.hasSubcommand()) {
      throw new CommandLine.ParameterException(
          parsed.commandSpec().commandLine(),
          "expected a command: %s (see flowbell help)"
              .formatted(commandsOf(parsed.commandSpec().commandLine())));
    }
    CommandLine.ParseResult subcommand = parsed.subcommand();
    return ((Command) subcommand.commandSpec().userObject()).run(subcommand);
  }

  /// Returns what is wrong with the arguments, and which command or options may have been meant.
  private static String wordsOf(CommandLine.ParameterException e) {
    if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched)) {
      return String.valueOf(e.getMessage());
    }
    CommandLine commandLine = e.getCommandLine();
    String message =
        commandLine.getParent() == null && !unmatched.isUnknownOption()
            ? "expected a command: %s, got \"%s\""
                .formatted(commandsOf(commandLine), unmatched.getUnmatched().getFirst())
            : String.valueOf(e.getMessage());
    List<String> suggestions = unmatched.getSuggestions();
    return suggestions.isEmpty()
        ? message
        : message + "; did you mean " + String.join(" or ", suggestions) + "?";
  }

  private static String commandsOf(CommandLine commandLine) {
    return String.join(", ", commandLine.getSubcommands().keySet());
  }

  /// Returns the version in the jar's manifest, or `unpackaged`.
  static String version() {
    String version = Flowbell.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
