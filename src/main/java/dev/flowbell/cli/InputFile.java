package dev.flowbell.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A file or folder that a command reads, as the command line names it.
final class InputFile {
  /// The endings of the files that are read in a folder. Files that are named can have any ending.
  static final List<String> ENDINGS = List.of(".log", ".gz", ".json", ".jsonl", ".txt");

  private static final String S3 = "s3://";

  private InputFile() {}

  /// Returns its path.
  ///
  /// @throws IOException if it is an object in S3, or a folder of them
  static Path of(String name) throws IOException {
    if (name.startsWith(S3)) {
      throw new IOException(
          "%s: expected a file on this machine; fetch it first, with aws s3 cp %s%s FOLDER"
              .formatted(name, hasKnownEnding(name) ? "" : "--recursive ", name));
    }
    return Path.of(name);
  }

  /// Returns whether it is read where it lies in a folder.
  static boolean hasKnownEnding(String name) {
    return ENDINGS.stream().anyMatch(name::endsWith);
  }
}
