package dev.flowbell.input;

import dev.flowbell.record.RecordFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds the records in lines of text, wherever they were copied from, and passes them on as AWS
/// writes them.
///
/// What is found around a record: blanks and quotes; a time and the name of a log stream, as `aws
/// logs tail` and exports have them; other columns of a table, which tabs, commas, semicolons or
/// bars separate. A header line names the columns. Its names may have any spelling; the columns
/// that are no flow log fields are read over, and those that nobody knows are named to the target.
///
/// A line in which no record is found is passed on as it is: it is counted as unreadable.
final class RecordLines {
  private static final String SEPARATORS = "\t,;|";

  /// The time before a record, with or without a fraction and a zone: `2026-11-22T10:14:05.000Z `.
  private static final byte[] TIME = "dddd-dd-ddTdd:dd:dd".getBytes(StandardCharsets.US_ASCII);

  private static final Pattern LIST_ITEM = Pattern.compile("- (\"|[0-9]{1,2} )");

  private final Supplier<LineTarget> open;
  private final Consumer<String> unknownFields;
  private @Nullable LineTarget lines;
  private @Nullable Columns columns;

  /// Creates a reader.
  ///
  /// @param open is called for the target of lines, when there is a first one
  /// @param unknownFields gets the names of unknown columns
  RecordLines(Supplier<LineTarget> open, Consumer<String> unknownFields) {
    this.open = open;
    this.unknownFields = unknownFields;
  }

  /// Returns whether any line was passed on.
  boolean hasLines() {
    return lines != null;
  }

  /// Passes a line on that is too long to hold.
  void addOverlong() {
    lines().addOverlongLine();
  }

  /// Reads a line. Most are records already, and the target reads them as such.
  void add(byte[] buffer, int lineStart, int lineEnd) {
    int start = skipBlanks(buffer, lineStart, lineEnd);
    if (start == lineEnd) {
      return;
    }
    if (columns == null && !hasSurroundings(buffer, start, lineEnd)) {
      if (lines != null && lines.addRecord(buffer, start, lineEnd)) {
        return;
      }
      if (isPlain(buffer, start, lineEnd)) {
        lines().addLine(buffer, start, lineEnd);
        return;
      }
    }
    addText(new String(buffer, start, lineEnd - start, StandardCharsets.UTF_8));
  }

  /// Reads a text of one line or more.
  void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int start = 0; start < bytes.length; ) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      add(bytes, start, LineReader.trimmedEnd(bytes, start, end));
      start = end + 1;
    }
  }

  /// Uses the columns of a table.
  ///
  /// @return `false` where they are none of flow logs
  boolean useHeader(List<String> names) {
    Columns header = Columns.find(names, '\t');
    if (header == null) {
      return false;
    }
    useColumns(header);
    return true;
  }

  /// Reads the cells of a row below the header, which is no header again.
  void addCells(List<String> cells) {
    if (columns == null) {
      addRecords(cells);
    } else {
      pass(columns.recordOf(cells));
    }
  }

  /// Reads the cells of a row of a table, or of its header.
  void addRow(List<String> cells) {
    Columns header = Columns.find(cells, columns == null ? '\t' : columns.separator());
    if (header != null) {
      useColumns(header); // the first one, or one again, as in joined files
    } else {
      addCells(cells);
    }
  }

  private LineTarget lines() {
    if (lines == null) {
      lines = open.get();
    }
    return lines;
  }

  /// Returns whether a line without surroundings is JSON, or fields and blanks alone, with a number
  /// among the fields: then it is no header.
  private static boolean isPlain(byte[] buffer, int start, int end) {
    if (buffer[start] == '{') {
      return true;
    }
    boolean hasNumber = false;
    int wordStart = start;
    boolean isNumber = true;
    for (int i = start; i <= end; i++) {
      byte b = i == end ? (byte) ' ' : buffer[i];
      if (b == ' ') {
        hasNumber |= isNumber && i > wordStart;
        wordStart = i + 1;
        isNumber = true;
      } else if (b < '0' || b > '9') {
        isNumber = false;
        if (b == '\t' || b == ',' || b == ';' || b == '|' || b == '"') {
          return false;
        }
      }
    }
    return hasNumber;
  }

  /// Returns whether a line begins with something before a record.
  private static boolean hasSurroundings(byte[] buffer, int start, int end) {
    return isTime(buffer, start, end) || isListItem(buffer, start, end);
  }

  /// Returns whether a line may be of a list in YAML.
  private static boolean isListItem(byte[] buffer, int start, int end) {
    return end - start > 1 && buffer[start] == '-' && buffer[start + 1] == ' ';
  }

  private void addText(String line) {
    if (columns != null) {
      boolean isSpaced = columns.separator() == ' ';
      addRow(Columns.split(isSpaced ? withoutPrefix(line) : line, columns.separator()));
      return;
    }
    if (isBorder(line)) {
      return;
    }
    char separator = separatorOf(line);
    String text = separator == 0 ? withoutPrefix(unquoted(line)) : line;
    Columns header =
        text.isEmpty() || Character.isDigit(text.charAt(0)) ? null : Columns.find(text);
    if (header != null) {
      useColumns(header);
    } else {
      addRecords(separator == 0 ? List.of(unquoted(text)) : Columns.split(text, separator));
    }
  }

  /// Returns the first separator that the line has, 0 for none.
  private static char separatorOf(String line) {
    for (int i = 0; i < SEPARATORS.length(); i++) {
      char separator = SEPARATORS.charAt(i);
      if (line.indexOf(separator) >= 0) {
        return separator;
      }
    }
    return 0;
  }

  /// Passes on the records in cells without a header: a cell with blanks is a record by itself, and
  /// cells without any are the fields of one.
  private void addRecords(List<String> cells) {
    List<String> records = cells.stream().filter(cell -> cell.strip().indexOf(' ') >= 0).toList();
    if (records.isEmpty()) {
      pass(String.join(" ", cells).strip());
    } else {
      records.forEach(this::pass);
    }
  }

  private void useColumns(Columns header) {
    header.unknown().forEach(unknownFields);
    RecordFormat format = header.format();
    if (format != null) {
      lines().useFormat(format);
    }
    // The line target reads such lines itself.
    columns = header.isAsInS3() ? null : header;
  }

  private void pass(String record) {
    String found = withoutPrefix(record.strip());
    if (!found.isEmpty()) {
      byte[] bytes = found.getBytes(StandardCharsets.UTF_8);
      lines().addLine(bytes, 0, bytes.length);
    }
  }

  /// Removes the time and the log stream's name before a record.
  private static String withoutPrefix(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" +", 5)));
    boolean hadTime = false;
    while (!words.isEmpty() && isTimeOrDate(words.getFirst())) {
      words.removeFirst();
      hadTime = true;
    }
    if (hadTime && words.size() > 1 && isStreamName(words.getFirst(), words.get(1))) {
      words.removeFirst();
    }
    return hadTime ? String.join(" ", words) : line;
  }

  private static boolean isTimeOrDate(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    return isTime(bytes, 0, bytes.length)
        || word.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]+)?Z?");
  }

  /// Returns whether a word is a log stream's name: EC2 names the streams of flow logs `eni-…-all`,
  /// `-accept` or `-reject`; a stream of another name is known by the record's version after it.
  private static boolean isStreamName(String word, String next) {
    return word.matches("[^ ]+-(all|accept|reject)")
        || (isVersion(next) && word.matches(".*[-/_$\\[].*") && !word.matches("[0-9.:a-f-]+"));
  }

  /// Returns whether a word may be a flow log version, which most formats begin with.
  private static boolean isVersion(String word) {
    return word.matches("[0-9]{1,2}");
  }

  private static boolean isTime(byte[] buffer, int start, int end) {
    if (end - start < TIME.length) {
      return false;
    }
    for (int i = 0; i < TIME.length; i++) {
      byte b = buffer[start + i];
      boolean fits =
          switch (TIME[i]) {
            case 'd' -> b >= '0' && b <= '9';
            case 'T' -> b == 'T' || b == ' ';
            default -> b == TIME[i];
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /// Returns whether a line only frames a table.
  private static boolean isBorder(String line) {
    return line.length() > 1 && line.chars().allMatch(c -> "+-=| ".indexOf(c) >= 0);
  }

  /// Removes what lists of JSON and YAML have around a string: `"…",` and `- …`. A record may begin
  /// with `-` too, but not before its version.
  private static String unquoted(String line) {
    String text = LIST_ITEM.matcher(line).lookingAt() ? line.substring(2) : line;
    text = text.endsWith(",") ? text.substring(0, text.length() - 1) : text;
    return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  private static int skipBlanks(byte[] buffer, int start, int end) {
    int position = start;
    while (position < end && (buffer[position] == ' ' || buffer[position] == '\t')) {
      position++;
    }
    return position;
  }
}
