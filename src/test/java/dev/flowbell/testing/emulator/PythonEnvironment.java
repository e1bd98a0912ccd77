package dev.flowbell.testing.emulator;

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

/// A Python virtual environment with one tool, in the user's cache directory.
///
/// It is made once and shared by every clone; a changed version makes another. It isn't in the
/// project, because `sam build` copies the whole project. Each tool has its own environment,
/// because the tools need different versions of the same libraries.
public final class PythonEnvironment {
  /// Runs a stack in memory. cbor2 reads the SDK's requests to CloudWatch; aws-sam-translator is
  /// for stacks.
  ///
  /// @see <a href="https://pypi.org/project/ministack/">MiniStack</a>
  static final Tool MINISTACK =
      new Tool("ministack==1.5.33", "cbor2==6.3.0", "aws-sam-translator==1.115.0");

  /// Builds, checks and deploys the template. cfn-lint is a dependency of it, and pinned, because
  /// pip would install the newest version.
  ///
  /// @see <a href="https://pypi.org/project/aws-sam-cli/">AWS SAM CLI</a>
  public static final Tool SAM_CLI = new Tool("aws-sam-cli==1.170.0", "cfn-lint==1.58.0");

  /// Scans the template for security problems.
  ///
  /// @see <a href="https://pypi.org/project/checkov/">Checkov</a>
  public static final Tool CHECKOV = new Tool("checkov==3.2.533");

  /// Reads files with SQL: the peer in a benchmark.
  ///
  /// @see <a href="https://pypi.org/project/duckdb/">DuckDB</a>
  public static final Tool DUCKDB = new Tool("duckdb==2.0.1");

  /// Long enough for a slow network: the largest tool unpacks 340 MB, in 30 s on a fast one.
  private static final Duration LONGEST_INSTALL = Duration.ofMinutes(15);

  private final Tool tool;
  private final Path directory;

  private PythonEnvironment(Tool tool, Path directory) {
    this.tool = tool;
    this.directory = directory;
  }

  /// A tool, and the packages of its environment.
  ///
  /// @param packages pip's names, each with its version; the first is the tool itself
  public record Tool(List<String> packages) {
    Tool(String... packages) {
      this(List.of(packages));
    }

    /// Returns a name such as `ministack-1.5.33-0a1b2c3d`; other packages give another name.
    private String directoryName() {
      return "%s-%08x".formatted(packages.getFirst().replace("==", "-"), packages.hashCode());
    }
  }

  /// Finds or makes the environment. One test run does so at a time; others wait.
  public static PythonEnvironment findOrMake(Tool tool) throws ToolUnavailableException {
    Path cache = cacheDirectory();
    String name = tool.directoryName();
    PythonEnvironment environment = new PythonEnvironment(tool, cache.resolve(name));
    try {
      Files.createDirectories(cache);
      try (FileChannel lockFile =
              FileChannel.open(
                  cache.resolve(name + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock _ = lockFile.lock()) {
        if (!environment.isComplete()) {
          environment.make();
        }
      }
    } catch (IOException e) {
      throw new ToolUnavailableException(name + " could not be installed: " + e, e);
    }
    return environment;
  }

  /// Returns a program of the environment: `python`, or a package's program.
  public Path program(String name) {
    return directory.resolve("bin").resolve(name);
  }

  private static Path cacheDirectory() {
    String cacheHome = System.getenv("XDG_CACHE_HOME");
    Path root =
        cacheHome == null || cacheHome.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cacheHome);
    return root.resolve("flowbell");
  }

  /// Written last: an interrupted installation has none, and is made again.
  private Path completionMark() {
    return directory.resolve("complete");
  }

  /// The link to the interpreter is broken after an update of the system's Python.
  private boolean isComplete() {
    return Files.exists(completionMark()) && Files.isExecutable(program("python"));
  }

  private void make() throws IOException, ToolUnavailableException {
    deleteRecursively(directory);
    run(List.of("python3", "-m", "venv", directory.toString()));
    List<String> install = new ArrayList<>(List.of(program("python").toString(), "-m", "pip"));
    install.addAll(List.of("install", "--quiet", "--disable-pip-version-check"));
    install.addAll(tool.packages);
    run(install);
    Files.createFile(completionMark());
  }

  private void run(List<String> command) throws IOException, ToolUnavailableException {
    String words = String.join(" ", command);
    Path log = Files.createTempFile("flowbell-install", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        if (!process.waitFor(LONGEST_INSTALL.toSeconds(), TimeUnit.SECONDS)) {
          throw new ToolUnavailableException(
              "`%s` took more than %d minutes".formatted(words, LONGEST_INSTALL.toMinutes()));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ToolUnavailableException("`%s` was interrupted".formatted(words), e);
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() != 0) {
        throw new ToolUnavailableException(
            "`%s` failed:%n%s".formatted(words, Files.readString(log).strip()));
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
