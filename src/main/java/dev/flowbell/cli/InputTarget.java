package dev.flowbell.cli;

import dev.flowbell.input.FileTarget;
import dev.flowbell.record.ParseFault;
import java.util.Map;

/// Receives what the inputs of a command hold, from one thread.
interface InputTarget extends FileTarget {
  /// Returns why the lines of the last file can't be read, if none of them is a record; else
  /// nothing.
  Map<ParseFault, Long> takeLinesWithoutRecord();
}
