package dev.flowbell.cli;

import java.io.PrintStream;
import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `flowbell completion`: prints a script by which bash and zsh complete commands and options.
///
/// @see <a href="https://picocli.info/autocomplete.html">Autocomplete for Java Command Line
///   Applications</a>
final class CompletionCommand implements Command {
  private final PrintStream out;

  CompletionCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public String name() {
    return "completion";
  }

  @Override
  public CommandSpec toSpec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(name());
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(
            "Prints a script that lets bash or zsh complete commands and options:"
                + " source <(flowbell completion)");
    return spec;
  }

  @Override
  public int run(ParseResult options) {
    CommandSpec root = options.commandSpec().root();
    out.print(AutoComplete.bash(root.name(), root.commandLine()));
    return 0;
  }
}
