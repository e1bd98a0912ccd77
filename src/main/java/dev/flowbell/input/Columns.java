package dev.flowbell.input;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.RecordFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The columns of a table, as a header line names them: those with flow log fields, or one that
/// holds whole records, as `@message` in Logs Insights.
final class Columns {
  private static final String SEPARATORS = "\t,;| ";

  /// With fewer fields, a table has no records.
  private static final int FEWEST_FIELDS = 3;

  /// What AWS calls the column with the record, after [#toKey].
  private static final Set<String> MESSAGE = Set.of("message", "logmessage");

  /// Columns of AWS's own that are beside records, after [#toKey].
  private static final Set<String> BESIDE =
      Set.of(
          "timestamp",
          "ingestiontime",
          "logstream",
          "logstreamname",
          "loggroup",
          "loggroupname",
          "log",
          "ptr",
          "eventid",
          "id",
          "entity",
          "awsaccountid",
          "awsservice",
          "awsregion",
          "year",
          "month",
          "day",
          "hour",
          "partition0",
          "partition1",
          "partition2",
          "partition3");

  private final char separator;
  private final List<String> names;
  private final int message;
  private final int[] indices;
  private final @Nullable RecordFormat format;
  private final List<String> unknown;

  private Columns(
      char separator,
      List<String> names,
      int message,
      int[] indices,
      @Nullable RecordFormat format,
      List<String> unknown) {
    this.separator = separator;
    this.names = names;
    this.message = message;
    this.indices = indices;
    this.format = format;
    this.unknown = unknown;
  }

  /// Returns the columns that a header line names.
  ///
  /// @return `null` where the line is no header
  static @Nullable Columns find(String line) {
    for (int i = 0; i < SEPARATORS.length(); i++) {
      char separator = SEPARATORS.charAt(i);
      Columns found = find(split(line, separator), separator);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /// Returns the columns that the cells of a row name.
  ///
  /// @return `null` where the row is no header
  static @Nullable Columns find(List<String> names, char separator) {
    List<FlowField> fields = new ArrayList<>();
    List<Integer> indices = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int message = -1;
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i).strip();
      String key = toKey(name);
      if (!key.isEmpty() && (!seen.add(key) || !name.matches("[@A-Za-z][A-Za-z0-9 _.@-]*"))) {
        return null; // a value, or a name twice
      }
      FlowField field = FlowField.findByKey(key);
      if (field != null) {
        fields.add(field);
        indices.add(i);
      } else if (MESSAGE.contains(key)) {
        message = i;
      } else if (!key.isEmpty() && !BESIDE.contains(key)) {
        unknown.add(name);
      }
    }
    if (message >= 0 && unknown.isEmpty()) {
      return new Columns(separator, names, message, new int[0], null, List.of());
    }
    boolean isAsInS3 = separator == ' ' && fields.size() == names.size() && areAwsNames(names);
    if (!isAsInS3 && (fields.size() < FEWEST_FIELDS || unknown.size() > fields.size())) {
      return null;
    }
    StringBuilder format = new StringBuilder();
    fields.forEach(field -> format.append(field.awsName()).append(' '));
    return new Columns(
        separator,
        names,
        -1,
        indices.stream().mapToInt(Integer::intValue).toArray(),
        RecordFormat.parse(format.toString()),
        unknown);
  }

  private static boolean areAwsNames(List<String> names) {
    return names.stream().allMatch(name -> FlowField.findByAwsName(name) != null);
  }

  private static String toKey(String name) {
    return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
  }

  /// Splits a line into its cells, without the quotes and blanks around them. In quotes, a
  /// separator is text, and two quotes are one.
  static List<String> split(String line, char separator) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean isQuoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && isQuoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append('"');
        i++;
      } else if (c == '"' && (isQuoted || cell.toString().isBlank())) {
        isQuoted = !isQuoted;
      } else if (c == separator && !isQuoted) {
        addCell(cells, cell, separator);
      } else {
        cell.append(c);
      }
    }
    addCell(cells, cell, separator);
    if (separator == '|') { // a frame has bars at both ends
      cells.removeIf(String::isEmpty);
    }
    return cells;
  }

  private static void addCell(List<String> cells, StringBuilder cell, char separator) {
    String text = cell.toString().strip();
    if (separator != ' ' || !text.isEmpty()) { // several blanks are one
      cells.add(text);
    }
    cell.setLength(0);
  }

  /// Returns the separator of the cells in a line.
  char separator() {
    return separator;
  }

  /// Returns the format of the records that [#recordOf] makes, `null` if they have their own.
  @Nullable RecordFormat format() {
    return format;
  }

  /// Returns the names that are neither fields of flow logs nor AWS's own.
  List<String> unknown() {
    return unknown;
  }

  /// Returns whether lines have these columns and no others, as AWS writes them.
  boolean isAsInS3() {
    return separator == ' ' && indices.length == names.size();
  }

  /// Returns the record in a row. A row with fewer cells becomes a line that is no record.
  String recordOf(List<String> cells) {
    if (message >= 0) {
      return message < cells.size() ? cells.get(message) : String.join(" ", cells);
    }
    StringBuilder record = new StringBuilder();
    for (int index : indices) {
      if (index >= cells.size()) {
        break; // too few: the line is counted as unreadable
      }
      String value = cells.get(index);
      record.append(record.isEmpty() ? "" : " ");
      record.append(value.isEmpty() ? "-" : value.replace(' ', '_'));
    }
    return record.toString();
  }
}
