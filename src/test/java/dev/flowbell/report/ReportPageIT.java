package dev.flowbell.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.process.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Opens pages in Chromium, from disk. Without it the tests are skipped; in CI they fail. The
/// pictures are in `target/report-page`; with `-Dflowbell.write=true`, one goes to
/// `docs/report.png`.
class ReportPageIT {
  private static final Path PICTURES = Path.of("target", "report-page");
  private static final String SOURCES = "document.querySelectorAll('#sources table')[1]";

  @TempDir private Path folder;
  private Path program;

  @BeforeEach
  void findBrowser() {
    @Nullable Path found = Browser.find();
    if (found == null) {
      assertThat(System.getenv("CI")).as("no Chromium; please install it").isNotEqualTo("true");
      System.err.println("no Chromium to open pages with");
      Assumptions.abort("no Chromium to open pages with");
    }
    program = found;
  }

  private Browser open(Report report) throws Exception {
    Path file = folder.resolve("report.html");
    Files.writeString(file, ReportPage.of(report));
    return Browser.open(program, Files.createDirectory(folder.resolve("profile")), file);
  }

  @Test
  void page_hostileText_runsNothing() throws Exception {
    try (Browser browser = open(ReportFixture.hostile())) {
      assertThat(browser.evaluate("document.querySelectorAll('img, b, iframe').length"))
          .isEqualTo(0L);
      assertThat(browser.evaluate("document.scripts.length")).isEqualTo(1L);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  /// Shows that complaints are seen.
  @Test
  void page_policy_refusesOtherScripts() throws Exception {
    try (Browser browser = open(ReportFixture.one())) {
      browser.evaluate(
          "document.body.append(Object.assign(document.createElement('script'),"
              + " {textContent: 'window.ran = 1'}))");

      assertThat(browser.evaluate("typeof ran")).isEqualTo("undefined");
      assertThat(browser.complaints().toString()).contains("Content Security Policy");
    }
  }

  @Test
  void page_sorts() throws Exception {
    try (Browser browser = open(ReportFixture.small())) {
      browser.show(1_200, false);
      assertThat(column(browser, 0))
          .isEqualTo("198.51.100.7,2001:db8:85a3:8d3:1319:8a2e:370:7348,203.0.113.9");

      browser.evaluate(SOURCES + ".querySelectorAll('th button')[2].click()");
      assertThat(column(browser, 2)).isEqualTo("30,12,2");
      browser.evaluate(SOURCES + ".querySelectorAll('th button')[2].click()");
      assertThat(column(browser, 2)).isEqualTo("2,12,30");
      assertThat(browser.evaluate(SOURCES + ".querySelectorAll('th')[2].getAttribute('aria-sort')"))
          .isEqualTo("ascending");

      browser.evaluate(SOURCES + ".querySelectorAll('th button')[0].focus()");
      browser.press("Enter", 13);
      assertThat(column(browser, 0))
          .isEqualTo("198.51.100.7,203.0.113.9,2001:db8:85a3:8d3:1319:8a2e:370:7348");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static @Nullable Object column(Browser browser, int column) {
    return browser.evaluate(
        "[...%s.tBodies].map(b => b.rows[0].cells[%d].textContent).join()"
            .formatted(SOURCES, column));
  }

  @Test
  void page_rowsOpen() throws Exception {
    try (Browser browser = open(ReportFixture.small())) {
      String more = "getComputedStyle(document.querySelector('.more')).display";
      assertThat(browser.evaluate(more)).isEqualTo("none");
      browser.evaluate("document.querySelector('#sources summary').click()");
      assertThat(browser.evaluate(more)).isEqualTo("table-row");
    }
  }

  @Test
  void page_eachPart_everyWidthAndColor() throws Exception {
    try (Browser browser = open(ReportFixture.large(7))) {
      browser.evaluate("document.querySelector('#sources summary').click()");
      for (int width : new int[] {360, 1_200}) {
        for (boolean isDark : new boolean[] {false, true}) {
          browser.show(width, isDark);
          assertThat(browser.evaluate("document.documentElement.scrollWidth"))
              .isEqualTo((long) width);
          takePictures(browser, width + (isDark ? "-dark" : "-light"));
        }
      }
      Files.write(PICTURES.resolve("report.pdf"), browser.pdf());
      assertThat(Files.readString(PICTURES.resolve("report.pdf"), ISO_8859_1)).startsWith("%PDF-");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  /// Writes the picture of the README, where asked to: the page without most rows and without its
  /// last parts.
  @Test
  @EnabledIfSystemProperty(named = "flowbell.write", matches = "true")
  void page_pictureOfTheReadme() throws Exception {
    try (Browser browser = open(ReportFixture.large(7))) {
      browser.evaluate(
          "document.querySelectorAll('#coverage, #sources ~ *, footer')"
              + ".forEach(part => part.remove())");
      browser.evaluate(
          "document.querySelectorAll('table').forEach(table =>"
              + " [...(table.tBodies.length > 1 ? table.tBodies : table.rows)].slice(4)"
              + ".forEach(row => row.remove()))");
      browser.show(1_200, false);
      Files.write(Path.of("docs", "report.png"), browser.screenshot("main"));
    }
  }

  private static void takePictures(Browser browser, String name) throws IOException {
    Files.createDirectories(PICTURES);
    for (String part : List.of("header", "#timeline-part", "#sources", "#heat", "#targets")) {
      byte[] picture = browser.screenshot(part);
      assertThat(picture).hasSizeGreaterThan(1_000);
      Files.write(PICTURES.resolve(part.replace("#", "") + "-" + name + ".png"), picture);
    }
  }
}
