package dev.flowbell.cli;

import java.io.Console;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/// A line on a terminal that says how far the reading is: files, bytes, records a second and the
/// time left. It prints nothing to files and pipes. Safe for use by several threads.
final class Progress {
  /// Smaller inputs are read before anybody would look.
  private static final long WORTH_SHOWING_BYTES = 16L << 20;

  private static final long NANOS_BETWEEN = Duration.ofMillis(250).toNanos();
  private static final double MEGABYTE = 1e6;
  private static final double NANOS = 1e9;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream err;
  private final boolean isTerminal;
  private int files;
  private long totalBytes;
  private volatile boolean isShown;
  private final long startNanos = System.nanoTime();
  private final LongAdder readFiles = new LongAdder();
  private final LongAdder readBytes = new LongAdder();
  private final LongAdder records = new LongAdder();
  private long shownNanos = startNanos;

  /// Creates a line.
  ///
  /// @param isTerminal whether somebody looks at it
  Progress(PrintStream err, boolean isTerminal) {
    this.err = err;
    this.isTerminal = isTerminal;
  }

  /// Sets how much there is to read, before the reading.
  void expect(int newFiles, long newTotalBytes) {
    files = newFiles;
    totalBytes = newTotalBytes;
    isShown = isTerminal && totalBytes >= WORTH_SHOWING_BYTES;
  }

  /// Returns whether the process has a terminal.
  @SuppressWarnings("SystemConsoleNull") // NullAway checks for null
  static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /// Returns a stream that counts what is read from it.
  InputStream around(InputStream in) {
    return isShown ? new Counted(in) : in;
  }

  /// Counts a record.
  void addRecord() {
    if (isShown) {
      records.increment();
    }
  }

  /// Counts a file that was read.
  void addFile() {
    readFiles.increment();
    show();
  }

  /// Prints a line above the progress.
  synchronized void print(String line) {
    clear();
    err.println(line);
  }

  /// Removes the line from the terminal.
  synchronized void clear() {
    if (isShown) {
      err.print(CLEAR);
      err.flush();
    }
  }

  private synchronized void show() {
    long now = System.nanoTime();
    if (isShown && now - shownNanos >= NANOS_BETWEEN) {
      shownNanos = now;
      err.print(CLEAR + words(readFiles.sum(), readBytes.sum(), records.sum(), now - startNanos));
      err.flush();
    }
  }

  /// Returns how far it is: `12 of 40 files, 25.6 of 85.2 MB, 1,250,000 records/s, 3 s left`.
  String words(long doneFiles, long doneBytes, long doneRecords, long nanos) {
    double seconds = nanos / NANOS;
    return String.format(
            Locale.ROOT,
            "%,d of %,d files, %,.1f of %,.1f MB, %,.0f records/s",
            doneFiles,
            files,
            doneBytes / MEGABYTE,
            totalBytes / MEGABYTE,
            doneRecords / seconds)
        + (doneBytes == 0 ? "" : ", " + left(seconds * (totalBytes - doneBytes) / doneBytes));
  }

  private static String left(double seconds) {
    long left = Math.round(seconds);
    return (left < 120 ? left + " s" : left / 60 + " min") + " left";
  }

  private final class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      readBytes.add(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] target, int start, int length) throws IOException {
      int count = super.read(target, start, length);
      readBytes.add(Math.max(0, count));
      show();
      return count;
    }
  }
}
