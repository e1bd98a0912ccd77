package dev.flowbell.report;

import java.util.ArrayList;
import java.util.List;

/// A table of a page. Its script sorts it; without one it has the order of the report.
final class PageTable {
  private final String caption;
  private final List<Column> columns;
  private final Html rows = new Html();
  private final boolean isOpenable;

  /// A column.
  record Column(String name, boolean isNumber) {
    static Column text(String name) {
      return new Column(name, false);
    }

    static Column number(String name) {
      return new Column(name, true);
    }
  }

  /// Creates a table.
  ///
  /// @param isOpenable whether rows can have details
  PageTable(String caption, boolean isOpenable, Column... columns) {
    this.caption = caption;
    this.isOpenable = isOpenable;
    this.columns = List.of(columns);
  }

  /// Adds a row with one value for each column.
  void add(String... values) {
    row(cells(values, false));
  }

  /// Adds a row that can be opened.
  ///
  /// @param detail what it then shows
  void addOpenable(Html detail, String... values) {
    rows.raw("<tbody><tr>").raw(String.join("", cells(values, true))).raw("</tr>");
    rows.raw("<tr class=\"more\"><td colspan=\"" + columns.size() + "\">");
    rows.add(detail).raw("</td></tr></tbody>\n");
  }

  private void row(List<String> cells) {
    rows.raw(isOpenable ? "<tbody><tr>" : "<tr>");
    rows.raw(String.join("", cells)).raw(isOpenable ? "</tr></tbody>\n" : "</tr>\n");
  }

  private List<String> cells(String[] values, boolean isOpened) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      String value = Html.escaped(values[i]);
      if (i == 0) {
        String head = isOpened ? "<details><summary>" + value + "</summary></details>" : value;
        cells.add("<th scope=\"row\">" + head + "</th>");
      } else {
        cells.add((columns.get(i).isNumber ? "<td class=\"n\">" : "<td>") + value + "</td>");
      }
    }
    return cells;
  }

  /// Adds the table to a page.
  void writeTo(Html page) {
    page.raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
    page.text(caption).raw("\"><table class=\"sortable\">");
    page.element("caption", caption).raw("<thead><tr>");
    for (Column column : columns) {
      page.element(
          column.isNumber
              ? "th scope=\"col\" class=\"n\" data-sort=\"number\""
              : "th scope=\"col\"",
          column.name);
    }
    page.raw("</tr></thead>\n");
    if (isOpenable) {
      page.add(rows);
    } else {
      page.raw("<tbody>").add(rows).raw("</tbody>");
    }
    page.raw("</table></div>\n");
  }
}
