package dev.flowbell.cli;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/// A file or folder that a command reads, as the command line names it.
final class InputFile {
  /// The endings of the files that are read in a folder, in any case. Files that are named can have
  /// any ending.
  static final List<String> ENDINGS =
      List.of(".log", ".gz", ".json", ".jsonl", ".txt", ".csv", ".tsv", ".parquet");

  private static final String S3 = "s3://";

  private InputFile() {}

  /// Returns whether it is an object in S3, or a folder of them.
  static boolean isInBucket(String name) {
    return name.startsWith(S3);
  }

  /// Returns its path.
  ///
  /// @throws IOException if it is an object in S3, or a folder of them
  static Path of(String name) throws IOException {
    if (isInBucket(name)) {
      throw new IOException(
          "%s: expected a file on this machine; fetch it first, with aws s3 cp %s%s FOLDER"
              .formatted(name, hasKnownEnding(name) ? "" : "--recursive ", name));
    }
    return Path.of(name);
  }

  /// Returns whether it is read where it lies in a folder.
  static boolean hasKnownEnding(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(lower::endsWith);
  }

  /// What a folder has, with the folders in it. Links are followed.
  ///
  /// @param files the files that are read, in the order of their names
  /// @param others the files that are not, because of their endings
  /// @param faults why something could not be looked at, with its name
  record Folder(List<Path> files, List<Path> others, List<String> faults) {
    /// Lists a folder.
    static Folder of(Path root) throws IOException {
      Folder folder = new Folder(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      Files.walkFileTree(
          root,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (hasKnownEnding(file.toString()) && !attributes.isDirectory()) {
                folder.files().add(file);
              } else {
                folder.others().add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              if (!(e instanceof FileSystemLoopException)) { // it was listed already
                folder.faults().add(file + ": " + e.getClass().getSimpleName());
              }
              return FileVisitResult.CONTINUE;
            }
          });
      Collections.sort(folder.files());
      Collections.sort(folder.others());
      return folder;
    }

    /// Returns which files were not read, as `3 files, such as a.parquet`.
    String othersInWords() {
      return inWords(others.size(), String.valueOf(others.getFirst().getFileName()));
    }
  }

  /// Returns `3 files, such as a.parquet`.
  static String inWords(int files, String first) {
    return (files == 1 ? "1 file" : files + " files, such as") + " " + first;
  }
}
