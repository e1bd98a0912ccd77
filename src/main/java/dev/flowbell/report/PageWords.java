package dev.flowbell.report;

/// Sentences that several parts of a page have.
final class PageWords {
  private PageWords() {}

  /// Says how many rows are left out, if any are.
  static void more(long size, long shown, String what, Html page) {
    if (size > shown) {
      page.element(
          "p class=\"quiet\"",
          "And " + Words.counted(size - shown, "more " + what) + ", in the JSON and CSV forms.");
    }
  }

  /// Says what is not known of keys beyond a bound.
  static void others(long rejects, String what, Html page) {
    if (rejects > 0) {
      page.element("p class=\"quiet\"", "And " + CoverageWords.others(rejects, what) + ".");
    }
  }

  /// Says why something can't be known.
  static void unknown(String why, Html page) {
    page.element("p class=\"quiet\"", "n/a: " + why + ".");
  }
}
