package dev.flowbell.report;

/// HTML that is being written. Text is escaped, so that text of a log can't become markup.
final class Html {
  private final StringBuilder out = new StringBuilder();

  /// Adds markup as it is. It never has text of a log.
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /// Adds text.
  Html text(String text) {
    out.append(escaped(text));
    return this;
  }

  /// Adds an element that has only text.
  ///
  /// @param tag the element's name, and its attributes: `p class="lead"`
  Html element(String tag, String text) {
    int nameEnd = tag.indexOf(' ');
    String name = nameEnd < 0 ? tag : tag.substring(0, nameEnd);
    return raw("<" + tag + ">").text(text).raw("</" + name + ">");
  }

  /// Adds all of other HTML.
  Html add(Html other) {
    out.append(other.out);
    return this;
  }

  /// Returns how many characters it has.
  int length() {
    return out.length();
  }

  /// Returns text as it stands in an element or in a quoted attribute. A page in UTF-8 may have the
  /// few other characters that this program writes; a log's are replaced before.
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
