package dev.flowbell.cli;

import java.io.Console;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/// Shows on a terminal how much of a large file was read. It prints nothing to files and pipes.
final class ProgressBar extends FilterInputStream {
  private static final long WORTH_SHOWING_BYTES = 16L << 20;
  private static final int WIDTH = 40;

  private final String name;
  private final long totalBytes;
  private final PrintStream err;
  private long readBytes;
  private int shown = -1;

  private ProgressBar(InputStream in, String name, long totalBytes, PrintStream err) {
    super(in);
    this.name = name;
    this.totalBytes = totalBytes;
    this.err = err;
  }

  /// Returns a stream that shows its progress, or the same stream where the output is no terminal
  /// or the file is small.
  @SuppressWarnings("SystemConsoleNull") // NullAway checks for null
  static InputStream around(InputStream in, Path file, long totalBytes, PrintStream err) {
    Console console = System.console();
    boolean isTerminal = console != null && console.isTerminal();
    return isTerminal && totalBytes >= WORTH_SHOWING_BYTES
        ? new ProgressBar(in, String.valueOf(file.getFileName()), totalBytes, err)
        : in;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    show(read < 0 ? 0 : 1);
    return read;
  }

  @Override
  public int read(byte[] target, int start, int length) throws IOException {
    int count = super.read(target, start, length);
    show(Math.max(0, count));
    return count;
  }

  @Override
  public void close() throws IOException {
    if (shown >= 0) {
      err.print("\r" + " ".repeat(WIDTH + name.length() + 10) + "\r");
      err.flush();
    }
    super.close();
  }

  private void show(int moreBytes) {
    readBytes += moreBytes;
    int percent = (int) Math.min(100, readBytes * 100 / totalBytes);
    if (percent != shown) {
      shown = percent;
      int filled = percent * WIDTH / 100;
      err.printf(
          "\r%s [%s%s] %d %%", name, "#".repeat(filled), ".".repeat(WIDTH - filled), percent);
      err.flush();
    }
  }
}
