package dev.flowbell.cli;

import dev.flowbell.doctor.Finding;
import dev.flowbell.doctor.Verdict;
import dev.flowbell.pipeline.JsonOutput;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The doctor's findings about a stack.
record DoctorReport(String stackName, String region, List<Finding> findings) {
  /// Where the second column of a finding begins.
  private static final String INDENT = " ".repeat(10);

  long count(Verdict verdict) {
    return findings.stream().filter(finding -> finding.verdict() == verdict).count();
  }

  /// Prints a line for each finding. Below a problem follow its effect and the command that fixes
  /// it.
  void printText(PrintStream out) {
    out.printf("Stack %s in %s%n%n", stackName, region);
    int width = findings.stream().mapToInt(finding -> finding.check().length()).max().orElse(0) + 2;
    for (Finding finding : findings) {
      out.printf(
          "%-9s %-" + width + "s%s%n", finding.verdict(), finding.check(), plain(finding.seen()));
      printBelow(out, "why ", finding.why());
      printBelow(out, "mend", finding.mend());
    }
    out.printf(
        Locale.ROOT,
        "%n%d well, %d to look at, %d broken, %d not known%n",
        count(Verdict.OK),
        count(Verdict.WARNING),
        count(Verdict.PROBLEM),
        count(Verdict.SKIPPED));
  }

  private static void printBelow(PrintStream out, String label, @Nullable String text) {
    if (text != null) {
      out.println(INDENT + label + " " + plain(text));
    }
  }

  /// Replaces characters of names and log lines that a terminal could take for a command.
  private static String plain(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }

  void printJson(PrintStream out) {
    try (JsonGenerator json = JsonOutput.to(out)) {
      json.writeStartObject();
      json.writeStringProperty("stack", stackName);
      json.writeStringProperty("region", region);
      json.writeObjectPropertyStart("verdicts");
      for (Verdict verdict : Verdict.values()) {
        json.writeNumberProperty(verdict.name(), count(verdict));
      }
      json.writeEndObject();
      json.writeArrayPropertyStart("findings");
      for (Finding finding : findings) {
        json.writeStartObject();
        json.writeStringProperty("check", finding.check());
        json.writeStringProperty("verdict", finding.verdict().name());
        json.writeStringProperty("seen", finding.seen());
        if (finding.why() != null) {
          json.writeStringProperty("why", finding.why());
        }
        if (finding.mend() != null) {
          json.writeStringProperty("mend", finding.mend());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    out.println();
  }
}
