package dev.flowbell.cli;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.publish.ConsolePublisher;
import dev.flowbell.record.ParseFault;
import dev.flowbell.report.Report;
import dev.flowbell.report.Report.NamedSum;
import dev.flowbell.report.Source;
import dev.flowbell.settings.Settings;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A replay's report as text: the metrics, the rejected sources and ports, and each notification as
/// it would arrive.
final class ReplayText {
  private static final int TOP = 10;

  private final ReplayReport report;
  private final ConsolePublisher console;
  private final Settings settings;
  private final boolean isPublished;

  /// Creates a report.
  ///
  /// @param console counted what was sent to CloudWatch, or would be
  ReplayText(
      ReplayReport report, ConsolePublisher console, Settings settings, boolean isPublished) {
    this.report = report;
    this.console = console;
    this.settings = settings;
    this.isPublished = isPublished;
  }

  /// Prints the report.
  ///
  /// @param notifications the notifications, as the console publisher printed them
  void print(PrintStream out, String notifications) {
    printMetrics(out);
    printSeries(out);
    printFaults(out);
    printSources(out);
    printPorts(out);
    boolean isSent = isPublished && settings.topicArn() != null;
    int count = report.notifications().size();
    out.printf(
        "%n%s %s%s%n",
        counted(count, "notification"),
        isSent ? "sent" : "to send",
        count == 0 ? "." : ", as " + (isSent ? "sent:" : "the e-mail would arrive:"));
    out.print(notifications);
  }

  private void printMetrics(PrintStream out) {
    out.printf(
        "%s, %s to %s%n",
        counted(report.payloads(), "payload"),
        report.first() == null ? "?" : report.first(),
        report.last() == null ? "?" : report.last());
    if (!report.selection().isEmpty()) {
      out.printf("Only %s%n", plainWords(report.selection()));
    }
    out.println();
    for (Metric metric : Metric.values()) {
      if (metric == Metric.DELIVERY_LAG) {
        continue; // files are read at any time later
      }
      if (report.canShow(metric)) {
        out.printf(Locale.ROOT, "  %-22s %,15d%n", metric.awsName(), report.total(metric));
      } else {
        out.printf("  %-22s %15s  (%s)%n", metric.awsName(), "n/a", report.whyAbsent(metric));
      }
    }
    out.printf(
        "%n%s: %s in %s, namespace %s%n",
        isPublished ? "Sent to CloudWatch" : "Would go to CloudWatch",
        counted(console.metricData(), "datum", "data"),
        counted(console.metricRequests(), "PutMetricData call"),
        settings.namespace());
  }

  private void printSeries(PrintStream out) {
    List<Map.Entry<MetricSeries, Map<Metric, Long>>> series = report.series();
    if (series.isEmpty()) {
      return;
    }
    out.printf("%nBY DIMENSION%n");
    for (Map.Entry<MetricSeries, Map<Metric, Long>> each :
        series.subList(0, Math.min(TOP, series.size()))) {
      String dimensions =
          each.getKey().dimensions().entrySet().stream()
              .map(value -> value.getKey().awsName() + "=" + plain(value.getValue()))
              .collect(Collectors.joining(" "));
      String sums =
          each.getValue().entrySet().stream()
              .map(sum -> sum.getKey().awsName() + " " + sum.getValue())
              .collect(Collectors.joining(", "));
      out.printf("  %s: %s%n", dimensions, sums);
    }
    if (series.size() > TOP) {
      out.printf("  and %s%n", counted(series.size() - TOP, "more of them", "more of them"));
    }
  }

  private void printFaults(PrintStream out) {
    if (!report.unknownFields().isEmpty()) {
      out.printf(
          "%nRead over, unknown to this version: %s%n",
          report.unknownFields().stream().map(ReplayText::plain).collect(Collectors.joining(", ")));
    }
    if (report.faults().isEmpty()) {
      return;
    }
    out.printf("%nUNREADABLE%n");
    report
        .faults()
        .forEach(
            (fault, count) -> out.printf(Locale.ROOT, "  %-22s %,15d%n", nameOf(fault), count));
    if (report.faults().containsKey(ParseFault.WRONG_FIELD_COUNT)) {
      out.println("  Lines of another format? Name it with --log-format.");
    }
  }

  /// Returns causes and their counts in words.
  static String inWords(Map<ParseFault, Long> faults) {
    return faults.entrySet().stream()
        .map(
            fault ->
                String.format(Locale.ROOT, "%s: %,d", nameOf(fault.getKey()), fault.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String nameOf(ParseFault fault) {
    return fault.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private void printSources(PrintStream out) {
    List<Source> sources = report.sources();
    if (sources.isEmpty()) {
      return;
    }
    out.printf("%nREJECTED, BY ORIGINAL SOURCE%n");
    String row = "  %-26s %-10s %-16s %9s %9s %6s %6s %11s%n";
    out.printf(
        row, "source", "scope", "masked by", "rejects", "attempts", "hosts", "ports", "interfaces");
    for (Source source : sources.subList(0, Math.min(TOP, sources.size()))) {
      out.printf(
          Locale.ROOT,
          row,
          source.address(),
          source.scope().key(),
          source.maskedBy().isEmpty() ? "-" : source.maskedBy().getFirst(),
          source.rejects(),
          report.attempts(source),
          source.hosts(),
          source.ports(),
          source.interfaces());
    }
    if (sources.size() > TOP) {
      out.printf("  and %s%n", counted(sources.size() - TOP, "more source"));
    }
    printOthers(report.rejected().others().sources(), "sources", out);
    if (report.total(Metric.OVER_BOUNDS) > 0) {
      out.printf(
          "  Attempts are at least these: %s over bounds.%n",
          counted(report.total(Metric.OVER_BOUNDS), "record was", "records were"));
    }
  }

  /// Says what is not known of keys beyond a bound.
  private static void printOthers(long rejects, String what, PrintStream out) {
    if (rejects > 0) {
      out.printf(
          Locale.ROOT,
          "  and %,d rejects of other %s, each with that many at most%n",
          rejects,
          what);
    }
  }

  private void printPorts(PrintStream out) {
    Report rejected = report.rejected();
    printTop(
        "DESTINATION PORT",
        rejected.ports().stream()
            .map(port -> new NamedSum(port.port().toString(), port.rejects()))
            .toList(),
        rejected.others().ports(),
        out);
    if (rejected.interfaces().size() > 1) {
      printTop("NETWORK INTERFACE", rejected.interfaces(), rejected.others().interfaces(), out);
    }
    if (rejected.accounts().size() > 1) {
      printTop("ACCOUNT", rejected.accounts(), rejected.others().accounts(), out);
    }
  }

  private static void printTop(String what, List<NamedSum> sums, long others, PrintStream out) {
    if (sums.isEmpty()) {
      return;
    }
    out.printf("%nREJECTED, BY %s%n  ", what);
    sums.stream()
        .limit(TOP)
        .forEach(sum -> out.printf("%s (%d)  ", plainWords(sum.name()), sum.rejects()));
    out.println();
    printOthers(others, "ones", out);
  }

  /// Replaces characters of a record that a terminal could take for a command.
  private static String plainWords(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }

  /// Replaces the same, and blanks.
  private static String plain(@Nullable String text) {
    return text == null ? "-" : text.replaceAll("[^\\x21-\\x7e]", "?");
  }

  private static String counted(long count, String singular) {
    return counted(count, singular, singular + "s");
  }

  private static String counted(long count, String singular, String plural) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? singular : plural);
  }
}
