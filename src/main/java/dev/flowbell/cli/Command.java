package dev.flowbell.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// A subcommand of the command line.
interface Command {
  /// Returns its name, as the command line has it.
  String name();

  /// Returns its name, options and help. The user object is this command.
  CommandSpec toSpec();

  /// Runs it.
  ///
  /// @return the exit code
  int run(ParseResult options);
}
