package dev.flowbell.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.flowbell.summary.FlowSummaryBuilder;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.testing.generator.Summaries;
import dev.flowbell.testing.generator.Tallies;
import dev.flowbell.testing.twin.NaiveTwin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Reads the same from any lines as the naive twin.
class RecordParserFuzzTest {
  private static final List<List<String>> FORMATS =
      List.of(
          NaiveTwin.DEFAULT_FORMAT,
          // the same length, so that some lines fit both
          NaiveTwin.format(
              "version account-id interface-id dstaddr srcaddr dstport srcport protocol packets"
                  + " bytes start end action log-status"),
          NaiveTwin.format(
              "vpc-id srcaddr dstaddr srcport dstport pkt-srcaddr protocol bytes packets action"
                  + " tcp-flags log-status"),
          NaiveTwin.format("interface-id instance-tag end"));

  /// Jackson refuses JSON beyond these bounds, which the twin reads. No record is near them.
  private static final int MOST_BRACKETS = 300;

  private static final int MOST_CHARACTERS = 900;

  /// Jackson refuses half a surrogate pair in a key, and JSON does not define what it means.
  private static final Pattern SURROGATE = Pattern.compile("\\\\u[dD][89a-fA-F]");

  /// @param bytes lines, separated by line feeds
  @FuzzTest
  void parse_asTheTwin(byte[] bytes) {
    List<String> lines = List.of(new String(bytes, UTF_8).split("\n", -1));
    for (String line : lines) {
      long brackets = line.chars().filter(c -> c == '{' || c == '[').count();
      if (line.length() > MOST_CHARACTERS
          || brackets > MOST_BRACKETS
          || SURROGATE.matcher(line).find()) {
        return;
      }
    }

    List<RecordFormat> formats = new ArrayList<>();
    for (List<String> format : FORMATS) {
      formats.add(RecordFormat.parse(String.join(" ", format)));
    }
    RecordParser parser = new RecordParser(formats);
    FlowSummaryBuilder summary =
        new FlowSummaryBuilder(
            new LogOrigin("", "", "fuzz"), List.of(), 0, Summaries.INSIDE, TrafficType.ALL);
    FlowRecord record = new FlowRecord();
    for (String line : lines) {
      byte[] buffer = line.getBytes(UTF_8);
      if (!parser.isHeader(buffer, 0, buffer.length)) {
        ParseFault fault = parser.parse(buffer, 0, buffer.length, record);
        if (fault == null) {
          summary.add(record);
        } else {
          summary.addUnreadable(fault);
        }
      }
    }

    assertThat(Tallies.of(summary.build(parser.fieldsSeen(), Instant.EPOCH)))
        .isEqualTo(NaiveTwin.count(FORMATS, lines));
  }
}
