package dev.flowbell.report;

import java.time.Instant;

/// A report in one line.
final class Verdict {
  private final Report report;

  private Verdict(Report report) {
    this.report = report;
  }

  /// Returns the line: `1,175,661 of 5.0 M flows blocked, by 3,352 sources in 48 h; 40 of them
  /// inside: look there first`.
  static String of(Report report) {
    return new Verdict(report).line();
  }

  private String line() {
    Totals totals = report.totals();
    if (totals.records() == 0) {
      return "No records were read.";
    }
    if (!Fact.REJECTS.isKnownIn(report)) {
      return "What was blocked is not known: the records have no action.";
    }
    long flows = totals.accepted() + totals.rejected();
    if (flows == 0) {
      return "No flows: " + Words.counted(totals.records(), "record") + " without data.";
    }
    if (totals.rejected() == 0) {
      return "Nothing was blocked: " + Words.counted(flows, "accepted flow") + span() + ".";
    }
    String blocked =
        totals.accepted() == 0
            ? Words.counted(totals.rejected(), "flow")
            : Words.number(totals.rejected()) + " of " + Words.brief(flows) + " flows";
    return blocked + " blocked" + bySources() + ".";
  }

  private String span() {
    Instant first = report.coverage().first();
    Instant last = report.coverage().last();
    return first == null || last == null ? "" : " in " + Words.span(first, last);
  }

  private String bySources() {
    int sources = report.sources().size();
    if (sources == 0) {
      return span() + "; by whom is not known";
    }
    String atLeast = report.others().sources() > 0 ? "at least " : "";
    return ", by " + atLeast + Words.counted(sources, "source") + span() + "; " + inside(sources);
  }

  private String inside(int sources) {
    long inside = report.inside().size();
    if (inside == 0) {
      return (sources == 1 ? "it is not" : "none of them is") + " inside";
    }
    String who =
        sources == 1 ? "it is" : inside == sources ? "all of them are" : inside + " of them";
    boolean isNoise =
        report.inside().stream().allMatch(source -> source.manner() == Source.Manner.NOISE);
    return who + " inside" + (isNoise ? ", with only noise" : ": look there first");
  }
}
