package dev.flowbell.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportPageTest {
  private static final int MOST_BYTES = 1_000_000;
  private static final Pattern TAG =
      Pattern.compile("<(/?)([a-zA-Z0-9]+)((?:\\s+[a-zA-Z:-]+(?:=\"[^\"<>]*\")?)*)\\s*(/?)>");
  private static final Pattern ID = Pattern.compile("\\sid=\"([^\"]*)\"");
  private static final Set<String> WITHOUT_END = Set.of("meta");

  @Test
  void page_isWellFormed() {
    for (Report report : ReportFixture.all()) {
      assertIsWellFormed(ReportPage.of(report));
    }
    assertIsWellFormed(ReportPage.of(ReportFixture.large(1)));
  }

  /// Every `<` begins a tag of this program's own, tags are closed in order, and ids are unique.
  private static void assertIsWellFormed(String page) {
    String markup =
        page.replaceFirst("<!DOCTYPE html>", "").replaceAll("(?s)<(script|style)>.*?</\\1>", "");
    Deque<String> open = new ArrayDeque<>();
    Set<String> ids = new HashSet<>();
    int at = markup.indexOf('<');
    Matcher tag = TAG.matcher(markup);
    while (at >= 0) {
      assertThat(tag.find(at) ? tag.start() : -1).isEqualTo(at);
      String name = tag.group(2);
      if (!tag.group(1).isEmpty()) {
        assertThat(name).isEqualTo(open.pop());
      } else if (tag.group(4).isEmpty() && !WITHOUT_END.contains(name)) {
        open.push(name);
      }
      assertThat(tag.group(3)).doesNotContain(" style=").doesNotContain(" on");
      Matcher id = ID.matcher(tag.group(3));
      if (id.find()) {
        assertThat(ids.add(id.group(1))).as(id.group(1)).isTrue();
      }
      at = markup.indexOf('<', tag.end());
    }
    assertThat(open).isEmpty();
  }

  @Test
  void page_hostileText_isText() {
    String page = ReportPage.of(ReportFixture.hostile());

    assertThat(page)
        .doesNotContain("<img")
        .doesNotContain("<b>")
        .doesNotContain("<script>alert")
        .doesNotContain("\u001b")
        .doesNotContain("\u202e")
        .contains("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;: 1")
        .contains("&lt;/title&gt;&lt;/style&gt;&lt;img src=x onerror=&#39;alert(2)&#39;&gt;?[31m?");
  }

  @Test
  void page_isSmall() {
    assertThat(ReportPage.of(ReportFixture.large(2)).getBytes(UTF_8)).hasSizeLessThan(MOST_BYTES);
    assertThat(ReportPage.of(ReportFixture.one()).getBytes(UTF_8)).hasSizeLessThan(30_000);
  }

  /// All bounds at once: long names, and all rows that a report can open.
  @Test
  void page_isSmall_longestTexts() {
    Report large = ReportFixture.large(2);
    String longest = "<&\"'>".repeat(200);
    List<Source> sources =
        large.sources().stream().map(source -> withTexts(source, longest)).toList();
    Report report =
        new Report(
            new Origin("1.0", List.of(longest, longest), longest, large.origin().madeAt(), null),
            large.coverage(),
            large.totals(),
            large.hours(),
            sources,
            large.targets(),
            large.ports(),
            large.natDevices(),
            large.interfaces(),
            large.accounts(),
            new Report.Others(9, 8, 7, 6, 5, 4),
            large.hours().stream()
                .flatMap(hour -> List.of(1, 2, 3, 4, 5).stream().map(_ -> hour))
                .map(hour -> new Told(hour.begin(), "HIGH", longest, null))
                .toList());

    String page = ReportPage.of(report);

    assertIsWellFormed(page);
    assertThat(page.getBytes(UTF_8)).hasSizeLessThan(MOST_BYTES);
    assertThat(page).contains("9 rejects of other sources, each with that many at most");
  }

  private static Source withTexts(Source source, String text) {
    Source.Detail detail = source.detail();
    return new Source(
        source.address(),
        source.isInside(),
        source.scope(),
        source.manner(),
        source.rejects(),
        source.noise(),
        source.handshakes(),
        source.hosts(),
        source.ports(),
        source.interfaces(),
        source.first(),
        source.last(),
        source.maskedBy(),
        source.accepted(),
        detail == null
            ? null
            : new Source.Detail(
                detail.byHour(),
                detail.topPorts(),
                detail.topHosts(),
                detail.topInterfaces().stream()
                    .map(sum -> new Report.NamedSum(text, sum.rejects()))
                    .toList(),
                List.of(text, text, text)));
  }

  @Test
  void page_saysWhatItCantKnow() {
    assertThat(ReportPage.of(ReportFixture.fewFields()))
        .contains("<dt>Handshakes</dt><dd>n/a<small>no tcp-flags</small></dd>")
        .contains("<li>n/a: handshakes and late packets (no tcp-flags)</li>")
        .contains("<p class=\"quiet\">n/a: no accepted records read.</p>");
  }

  @Test
  void page_saysThatItIsRedacted() {
    assertThat(ReportPage.of(Redaction.of(ReportFixture.small())))
        .contains("Addresses and ids are replaced");
    assertThat(ReportPage.of(ReportFixture.small())).doesNotContain("are replaced");
  }
}
