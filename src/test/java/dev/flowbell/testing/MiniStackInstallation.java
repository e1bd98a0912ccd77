package dev.flowbell.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A Python virtual environment with MiniStack in it, in the user's cache directory.
///
/// It is made once and shared by every clone; a changed pin makes another beside it. Not in the
/// project: `sam build` copies that whole.
///
/// @see <a href="https://pypi.org/project/ministack/">MiniStack</a>
final class MiniStackInstallation {

  private static final String VERSION = "1.5.33";

  /// cbor2 reads what the SDK sends to CloudWatch; aws-sam-translator is for stacks.
  private static final List<String> PACKAGES =
      List.of("ministack==" + VERSION, "cbor2==6.3.0", "aws-sam-translator==1.115.0");

  /// Long enough for a slow line: 112 MB are unpacked, 15 s on a fast one.
  private static final Duration LONGEST_INSTALL = Duration.ofMinutes(10);

  private final Path directory;

  private MiniStackInstallation(Path directory) {
    this.directory = directory;
  }

  /// Finds the installation, or makes it. One test run does so at a time; others wait for it.
  static MiniStackInstallation findOrMake() throws EmulatorUnavailableException {
    Path cache = cacheDirectory();
    String name = "ministack-%s-%08x".formatted(VERSION, PACKAGES.hashCode());
    MiniStackInstallation installation = new MiniStackInstallation(cache.resolve(name));
    try {
      Files.createDirectories(cache);
      try (FileChannel lockFile =
              FileChannel.open(
                  cache.resolve(name + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock _ = lockFile.lock()) {
        if (!installation.isComplete()) {
          installation.make();
        }
      }
    } catch (IOException e) {
      throw new EmulatorUnavailableException("MiniStack: could not be installed: " + e, e);
    }
    return installation;
  }

  /// The program that serves.
  Path program() {
    return directory.resolve("bin/ministack");
  }

  private static Path cacheDirectory() {
    String cacheHome = System.getenv("XDG_CACHE_HOME");
    Path root =
        cacheHome == null || cacheHome.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cacheHome);
    return root.resolve("flowbell");
  }

  /// Written last, so that an installation that was interrupted has none and is made again.
  private Path completionMark() {
    return directory.resolve("complete");
  }

  /// The link to the interpreter dangles when the system's Python has moved on.
  private boolean isComplete() {
    return Files.exists(completionMark()) && Files.isExecutable(directory.resolve("bin/python"));
  }

  private void make() throws IOException, EmulatorUnavailableException {
    deleteRecursively(directory);
    run(List.of("python3", "-m", "venv", directory.toString()));
    List<String> install =
        new ArrayList<>(List.of(directory.resolve("bin/python").toString(), "-m", "pip"));
    install.addAll(List.of("install", "--quiet", "--disable-pip-version-check"));
    install.addAll(PACKAGES);
    run(install);
    Files.createFile(completionMark());
  }

  private static void run(List<String> command) throws IOException, EmulatorUnavailableException {
    Path log = Files.createTempFile("flowbell-install", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        if (!process.waitFor(LONGEST_INSTALL.toSeconds(), TimeUnit.SECONDS)) {
          throw new EmulatorUnavailableException(
              "MiniStack: `%s` took more than %d minutes"
                  .formatted(String.join(" ", command), LONGEST_INSTALL.toMinutes()));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EmulatorUnavailableException("MiniStack: its installation was interrupted", e);
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() != 0) {
        throw new EmulatorUnavailableException(
            "MiniStack: `%s` failed:%n%s"
                .formatted(String.join(" ", command), Files.readString(log).strip()));
      }
    } finally {
      Files.delete(log);
    }
  }

  private static void deleteRecursively(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> childrenFirst;
    try (Stream<Path> paths = Files.walk(root)) {
      childrenFirst = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : childrenFirst) {
      Files.delete(path);
    }
  }
}
