package dev.flowbell.cli;

import dev.flowbell.cli.Interruption.InterruptedByUserException;
import dev.flowbell.input.LogFileReader;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.input.UndecodableEventException;
import dev.flowbell.record.ParseFault;
import dev.flowbell.s3.S3Client;
import dev.flowbell.s3.S3Object;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Reads the inputs of a command: files, folders of them, objects in S3, standard input. One that
/// can't be read is named on standard error, and the others are read.
final class InputReader {
  private static final String STANDARD_INPUT = "-";

  private final InputStream in;
  private final PrintStream err;
  private final Interruption interruption;
  private final long maxInflatedBytes;
  private final List<Input> inputs = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final AtomicInteger read = new AtomicInteger();
  private final Progress progress;

  /// Made for the first input in a bucket.
  private @Nullable S3Client s3;

  /// Creates a reader. What isn't there is named at once.
  ///
  /// @param names as the command line has them
  /// @param in standard input
  /// @param maxInflatedBytes the most bytes that a subscription message can inflate to
  InputReader(
      List<String> names,
      InputStream in,
      PrintStream err,
      Interruption interruption,
      long maxInflatedBytes) {
    this.in = in;
    this.err = err;
    this.interruption = interruption;
    this.maxInflatedBytes = maxInflatedBytes;
    progress = new Progress(err, Progress.isTerminal());
    names.forEach(this::add);
    progress.expect(inputs.size(), inputs.stream().mapToLong(Input::bytes).sum());
  }

  /// An input that is read by itself.
  ///
  /// @param path `null` for standard input, and for an object
  /// @param object `null` for what is no object in S3
  private record Input(String name, @Nullable Path path, @Nullable S3Object object, long bytes) {}

  private void add(String name) {
    try {
      if (name.equals(STANDARD_INPUT)) {
        inputs.add(new Input("standard input", null, null, 0));
        return;
      }
      if (InputFile.isInBucket(name)) {
        addBucketFolder(name);
        return;
      }
      Path path = InputFile.of(name);
      if (Files.isDirectory(path)) {
        addFolder(path);
      } else {
        addFile(path);
      }
    } catch (IOException e) {
      addFault(wordsOf(e));
    }
  }

  private void addFile(Path file) {
    inputs.add(new Input(file.toString(), file, null, file.toFile().length()));
  }

  private void addBucketFolder(String name) throws IOException {
    BucketFolder folder = BucketFolder.of(name, s3());
    String others =
        folder.others().isEmpty()
            ? "none"
            : InputFile.inWords(folder.others().size(), folder.others().getFirst().key());
    if (folder.objects().isEmpty()) {
      addFault(
          "%s: expected objects ending in %s, found %s".formatted(name, InputFile.ENDINGS, others));
      return;
    }
    if (!folder.others().isEmpty()) {
      err.printf("flowbell: %s: not read, because of the ending: %s%n", name, others);
    }
    folder
        .objects()
        .forEach(object -> inputs.add(new Input(object.uri(), null, object, object.bytes())));
  }

  private S3Client s3() {
    if (s3 == null) {
      s3 = S3Client.create();
    }
    return s3;
  }

  private void addFolder(Path path) throws IOException {
    InputFile.Folder folder = InputFile.Folder.of(path);
    folder.faults().forEach(this::addFault);
    if (folder.files().isEmpty()) {
      addFault(
          "%s: expected files ending in %s, found %s"
              .formatted(
                  path,
                  InputFile.ENDINGS,
                  folder.others().isEmpty() ? "none" : folder.othersInWords()));
      return;
    }
    if (!folder.others().isEmpty()) {
      err.printf(
          "flowbell: %s: not read, because of the ending: %s%n", path, folder.othersInWords());
    }
    folder.files().forEach(this::addFile);
  }

  /// Returns how many inputs could not be read, or not to their end.
  int unread() {
    return faults.size();
  }

  /// Returns why, a line each, in the order of their words: threads end in any order.
  List<String> faults() {
    return faults.stream().sorted().toList();
  }

  /// Returns how many inputs were read to their end.
  int read() {
    return read.get();
  }

  /// Returns SHA-256 of the names and contents of all files, in hex, `null` where standard input is
  /// among the inputs: it is gone. An object's ETag stands for its content.
  ///
  /// @throws IOException where a file can't be read any more
  @Nullable String digest() throws IOException {
    MessageDigest digest = newSha256();
    byte[] buffer = new byte[1 << 16];
    for (Input input : inputs) {
      if (input.path() == null && input.object() == null) {
        return null;
      }
      digest.update(input.name().getBytes(StandardCharsets.UTF_8));
      if (input.object() != null) {
        digest.update(input.object().eTag().getBytes(StandardCharsets.UTF_8));
        continue;
      }
      try (InputStream bytes = Files.newInputStream(input.path())) {
        for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
          digest.update(buffer, 0, count);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Returns the line that says how far the reading is.
  Progress progress() {
    return progress;
  }

  /// Reads the inputs one after another, until the user wants an end.
  ///
  /// @return whether the user wanted one
  boolean readAll(InputTarget target) {
    try {
      FileReader reader = new FileReader(target);
      inputs.forEach(reader::read);
      return false;
    } catch (InterruptedByUserException _) {
      return true;
    } finally {
      progress.clear();
    }
  }

  /// Reads the inputs on several threads, in any order, until the user wants an end.
  ///
  /// @param targets one for each thread
  /// @return whether the user wanted one
  boolean readAll(List<? extends InputTarget> targets) {
    List<Input> largestFirst =
        inputs.stream().sorted(Comparator.comparingLong(Input::bytes).reversed()).toList();
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(targets.size())) {
      List<Future<?>> ends = new ArrayList<>();
      for (InputTarget target : targets) {
        ends.add(threads.submit(() -> readNext(new FileReader(target), largestFirst, next)));
      }
      return waitFor(ends);
    } finally {
      progress.clear();
    }
  }

  private static void readNext(FileReader reader, List<Input> inputs, AtomicInteger next) {
    for (int i = next.getAndIncrement(); i < inputs.size(); i = next.getAndIncrement()) {
      reader.read(inputs.get(i));
    }
  }

  private static boolean waitFor(List<Future<?>> ends) {
    boolean isInterrupted = false;
    for (Future<?> end : ends) {
      try {
        end.get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof InterruptedByUserException)) {
          throw new IllegalStateException("a thread that reads files failed", e.getCause());
        }
        isInterrupted = true;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        isInterrupted = true;
      }
    }
    return isInterrupted;
  }

  /// Reads files on one thread.
  private final class FileReader {
    private final InputTarget target;
    private final LogFileReader reader;
    private boolean isWhole;

    FileReader(InputTarget target) {
      this.target = target;
      reader = new LogFileReader(new SubscriptionDecoder(maxInflatedBytes), target);
    }

    void read(Input input) {
      interruption.check();
      isWhole = true;
      try {
        if (input.object() != null) {
          readObject(input.object());
        } else if (input.path() == null) {
          read(input.name(), in);
        } else {
          readFile(input.path());
        }
      } catch (IOException e) {
        addFault(wordsOf(e));
      }
      read.addAndGet(isWhole ? 1 : 0);
      progress.addFile();
    }

    private void addFault(@Nullable String words) {
      isWhole = false;
      InputReader.this.addFault(words);
    }

    private void readFile(Path file) throws IOException {
      if (ParquetRecords.isParquet(file)) {
        readParquet(file.toString(), file);
        return;
      }
      try (InputStream bytes = progress.around(Files.newInputStream(file))) {
        read(file.toString(), bytes);
      }
    }

    private void readObject(S3Object object) throws IOException {
      try (InputStream content = progress.around(s3().open(object))) {
        PushbackInputStream bytes = new PushbackInputStream(content, ParquetRecords.MAGIC_BYTES);
        byte[] start = bytes.readNBytes(ParquetRecords.MAGIC_BYTES);
        bytes.unread(start);
        if (ParquetRecords.isMagic(start)) {
          readParquet(object.uri(), bytes);
        } else {
          read(object.uri(), bytes);
        }
      }
    }

    /// Reads Parquet, whose table of contents is at its end, by way of a file.
    private void readParquet(String name, InputStream bytes) throws IOException {
      Path file = Files.createTempFile("flowbell-", ".parquet");
      try {
        Files.copy(bytes, file, StandardCopyOption.REPLACE_EXISTING);
        readParquet(name, file);
      } finally {
        Files.delete(file);
      }
    }

    private void readParquet(String name, Path file) throws IOException {
      ParquetRecords.read(name, file, reader);
      checkLines(name);
    }

    private void read(String name, InputStream bytes) throws IOException {
      try {
        reader.read(name, bytes);
      } catch (UndecodableEventException e) {
        addFault(e.getMessage());
      }
      checkLines(name);
    }

    private void checkLines(String name) {
      Map<ParseFault, Long> without = target.takeLinesWithoutRecord();
      if (!without.isEmpty()) {
        addFault(
            "%s: expected flow log records, got only lines that are none (%s); if they have"
                    .formatted(name, ReplayText.inWords(without))
                + " another format, name it with --log-format");
      }
    }
  }

  private void addFault(@Nullable String words) {
    String line = String.valueOf(words).replace('\n', ' ');
    synchronized (faults) {
      faults.add(line);
    }
    progress.print("flowbell: " + line);
  }

  private static String wordsOf(IOException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return switch (e) {
      case NoSuchFileException _ -> message + ": no such file";
      case AccessDeniedException _ -> message + ": permission denied";
      default -> message;
    };
  }
}
