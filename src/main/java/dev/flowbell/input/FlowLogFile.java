package dev.flowbell.input;

import dev.flowbell.input.UndecodableEventException.Layer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Reads a flow log file in the form in which AWS writes it to a bucket: gzipped text, whose first
/// line names the fields of the others. [LogFileReader] reads many other forms, which are refused
/// here: what is found in a bucket may be anybody's, and only this form is read in bounded memory.
///
/// A file may inflate to any size, because nothing holds it: the caller's stream ends it where the
/// time is over.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html">Flow log
///   files</a>
public final class FlowLogFile {
  private FlowLogFile() {}

  /// Reads a file to its end.
  ///
  /// @param name the file's name in errors
  /// @param unknownFields gets the names of columns that are read over, because this version does
  ///   not know their field
  /// @throws IOException where the stream can't be read
  /// @throws UndecodableEventException where the file has another form, is cut, or is damaged
  public static void read(
      String name, InputStream in, LineTarget target, Consumer<String> unknownFields)
      throws IOException {
    byte[] start = in.readNBytes(LogFileReader.PARQUET.length());
    if (new String(start, StandardCharsets.ISO_8859_1).equals(LogFileReader.PARQUET)) {
      throw refused(
          name,
          "Parquet, which the function does not read: set the flow log's file format to text, and"
              + " read this file with flowbell replay");
    }
    if (start.length == 0) {
      throw refused(name, "an empty file");
    }
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(start), in);
    LineReader each = new LineReader(new GzipStream(whole, name, Long.MAX_VALUE));
    if (!each.next() || each.isOverlong() || !isHeader(each)) {
      throw refused(name, "one whose first line does not name the fields");
    }
    RecordLines lines = new RecordLines(() -> target, unknownFields);
    do {
      if (each.isOverlong()) {
        lines.addOverlong();
      } else {
        lines.add(each.buffer(), each.start(), each.end());
      }
    } while (each.next());
  }

  private static boolean isHeader(LineReader line) {
    return Columns.find(
            new String(
                line.buffer(), line.start(), line.end() - line.start(), StandardCharsets.UTF_8))
        != null;
  }

  private static UndecodableEventException refused(String name, String found) {
    return new UndecodableEventException(
        Layer.FILE, 0, name + ": expected a flow log file as gzipped text, got " + found);
  }
}
