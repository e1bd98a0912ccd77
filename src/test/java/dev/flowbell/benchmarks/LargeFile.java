package dev.flowbell.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import dev.flowbell.judge.Judge;
import dev.flowbell.judge.Judgement;
import dev.flowbell.ledger.InMemoryLedger;
import dev.flowbell.metric.Metric;
import dev.flowbell.pipeline.PayloadReader;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Reads one large file of many network interfaces as the function would, in the heap of this
/// process, and judges it with a function's evidence: how fast, how much memory, and how many
/// records are over bounds. The file is made first, if it is not there. Times are the processor's,
/// of all threads, so that other work on the machine matters little.
///
/// The arguments are the file's folder, the records, the interfaces and the seconds from the first
/// record to the last.
public final class LargeFile {
  private static final PrintStream OUT = new PrintStream(System.out, true, UTF_8);

  private LargeFile() {}

  /// Measures one reading, the process's first.
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    FlowLogFiles.make(
        folder,
        1,
        Integer.parseInt(arguments[1]),
        Integer.parseInt(arguments[2]),
        Duration.ofSeconds(Long.parseLong(arguments[3])));
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    Settings settings = Settings.fromEnvironment(Map.of());
    PayloadReader reader =
        new PayloadReader(new LogOrigin("", "", "file"), settings, settings.formats());
    long begin = processorNanoseconds();
    read(file, reader);
    FlowSummary summary = reader.summarize(Instant.now());
    long end = processorNanoseconds();
    Judgement judgement =
        new Judge(settings.alertPolicy())
            .judge(
                summary,
                "file",
                1,
                InMemoryLedger.ofFunction()
                    .claim("file", Instant.now(), Duration.ofMinutes(5))
                    .evidence());
    OUT.printf(
        Locale.ROOT,
        "%,d records/s read, %.2f s judged, heap %,d of %,d MB, %,d over bounds, %d groups, %d"
            + " alerts%n",
        (long) (summary.total(Metric.RECORDS) / ((end - begin) / 1e9)),
        (processorNanoseconds() - end) / 1e9,
        mostHeapBytes() >> 20,
        Runtime.getRuntime().maxMemory() >> 20,
        summary.total(Metric.OVER_BOUNDS),
        summary.evidence().suspects().size(),
        judgement.announcements().size());
  }

  private static void read(Path file, PayloadReader reader) throws Exception {
    byte[] buffer = new byte[1 << 20];
    int size = 0;
    boolean isFirst = true;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
      for (int read; (read = in.read(buffer, size, buffer.length - size)) > 0; ) {
        size += read;
        int start = 0;
        for (int i = 0; i < size; i++) {
          if (buffer[i] == '\n') {
            if (isFirst) {
              reader.useFormat(RecordFormat.parse(new String(buffer, start, i, US_ASCII)));
              isFirst = false;
            } else {
              reader.addLine(buffer, start, i);
            }
            start = i + 1;
          }
        }
        System.arraycopy(buffer, start, buffer, 0, size - start);
        size -= start;
      }
    }
  }

  private static long processorNanoseconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /// Returns the sum of what each part of the heap took at its fullest, with garbage.
  private static long mostHeapBytes() {
    List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans();
    return pools.stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }
}
