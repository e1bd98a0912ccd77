package dev.flowbell.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.testing.emulator.PythonEnvironment;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Measures how long files take: `flowbell report` and `flowbell replay`, beside DuckDB and `zcat |
/// awk`, which only answer how many records of each original source were rejected. Each run is a
/// process of its own, from its start to its end.
///
/// Commands take turns, so that a busy machine slows all of them equally; compare the ratios of
/// their medians.
public final class FileReports {
  private static final Path FOLDER = Path.of("target", "file-reports");
  private static final int FILES = 40;
  private static final Duration LONGEST = Duration.ofMinutes(15);

  private static final String DUCKDB_QUERY =
      """
      import duckdb, sys
      rows = duckdb.connect().execute('''
          select "pkt-srcaddr", count(*) from read_csv(?, delim=' ', header=true, quote='')
          where action = 'REJECT' group by 1 order by 2 desc''', [sys.argv[1]]).fetchall()
      print(len(rows), sum(row[1] for row in rows))
      """;

  private static final PrintStream OUT = new PrintStream(System.out, true, UTF_8);

  private FileReports() {}

  /// Measures. The arguments are the number of rounds, and of records.
  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[0]);
    int records = Integer.parseInt(arguments[1]);
    Path many = FOLDER.resolve("records-" + records);
    Files.createDirectories(FOLDER);
    unpack();
    FlowLogFiles.make(many, FILES, records / FILES, 400, Duration.ofDays(2));
    Path one = FOLDER.resolve("one.log");
    Files.writeString(
        one,
        "2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249"
            + " 1795305600 1795305660 REJECT OK\n");
    Path query = Files.writeString(FOLDER.resolve("query.py"), DUCKDB_QUERY);
    String python =
        PythonEnvironment.findOrMake(PythonEnvironment.DUCKDB).program("python").toString();

    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put("DuckDB", List.of(python, query.toString(), many + "/*.gz"));
    commands.put("flowbell report", flowbell("report", many));
    commands.put(
        "zcat | awk",
        List.of(
            "sh",
            "-c",
            "zcat " + many + "/*.gz | awk '$16 == \"REJECT\" {n[$20]++} END {print length(n)}'"));
    commands.put("flowbell replay", flowbell("replay", many));
    commands.put("flowbell report, one record", flowbell("report", one));
    print(measure(commands, rounds), records);
  }

  private static List<String> flowbell(String command, Path path) throws IOException {
    List<String> words = new ArrayList<>(packed());
    words.add(command);
    words.add(path.toString());
    return words;
  }

  /// Returns the packed command line if `.ci/dist` has made it, else the jar.
  private static List<String> packed() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER, 3)) {
      return files
          .filter(file -> file.endsWith("bin/flowbell"))
          .map(file -> List.of(file.toString()))
          .findFirst()
          .orElse(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-jar",
                  "target/flowbell.jar"));
    }
  }

  private static void unpack() throws IOException, InterruptedException {
    Path archives = Path.of("target", "dist");
    if (Files.isDirectory(archives)) {
      try (Stream<Path> files = Files.list(archives)) {
        for (Path archive : files.filter(file -> file.toString().endsWith(".tar.gz")).toList()) {
          run(List.of("tar", "-xzf", archive.toString(), "-C", FOLDER.toString()));
        }
      }
    }
  }

  private static Map<String, List<Run>> measure(Map<String, List<String>> commands, int rounds)
      throws IOException, InterruptedException {
    Map<String, List<Run>> runs = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) {
      for (Map.Entry<String, List<String>> command : commands.entrySet()) {
        Run run = run(command.getValue());
        if (round > 0) { // the first one reads from the disk
          runs.computeIfAbsent(command.getKey(), _ -> new ArrayList<>()).add(run);
        }
      }
    }
    return runs;
  }

  /// One process.
  ///
  /// @param kilobytes the most memory that it had at a time
  private record Run(double seconds, long kilobytes) {}

  private static Run run(List<String> command) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long kilobytes = 0;
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    while (!process.waitFor(5, TimeUnit.MILLISECONDS)) {
      kilobytes = Math.max(kilobytes, kilobytesIn(status));
      if (System.nanoTime() - begin > LONGEST.toNanos()) {
        process.destroyForcibly();
        throw new IOException(command + " took more than " + LONGEST.toMinutes() + " minutes");
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (process.exitValue() != 0) {
      throw new IOException(command + " ended with " + process.exitValue());
    }
    return new Run(seconds, kilobytes);
  }

  private static long kilobytesIn(Path status) {
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException _) {
      return 0; // the process has just ended
    }
  }

  private static void print(Map<String, List<Run>> runs, int records) {
    OUT.printf(Locale.ROOT, "%,d records in %d gzip files%n", records, FILES);
    double duckDb = median(runs.getOrDefault("DuckDB", List.of()));
    runs.forEach(
        (name, each) ->
            OUT.printf(
                Locale.ROOT,
                "%-28s %6.2f s  %5.2f x DuckDB  %5d MB%n",
                name,
                median(each),
                median(each) / duckDb,
                each.stream().mapToLong(Run::kilobytes).max().orElse(0) / 1_024));
  }

  private static double median(List<Run> runs) {
    double[] seconds = runs.stream().mapToDouble(Run::seconds).sorted().toArray();
    return seconds.length == 0 ? Double.NaN : seconds[seconds.length / 2];
  }
}
