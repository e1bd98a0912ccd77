package dev.flowbell.cli;

import dev.flowbell.aws.HttpClients;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.Wiring;
import dev.flowbell.publish.ConsolePublisher;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.ParseFault;
import dev.flowbell.report.Inputs;
import dev.flowbell.report.RecordSums;
import dev.flowbell.report.Told;
import dev.flowbell.report.TrafficSums;
import dev.flowbell.settings.Settings;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Reads the inputs of a report.
///
/// @param inputs what became of them
/// @param alerts the notifications that would have been sent, empty where nothing was judged
record ReportReading(Inputs inputs, List<Told> alerts) {
  /// More threads than this would wait for the disk.
  private static final int MOST_THREADS = 16;

  /// Reads all inputs on all cores, and judges nothing: the judge wants one payload after another.
  ///
  /// @param sums gets each record that is selected
  static ReportReading inParallel(
      InputReader reader, Settings settings, Predicate<FlowRecord> selection, TrafficSums sums) {
    Set<String> batchIds = ConcurrentHashMap.newKeySet();
    List<ReportTarget> targets = new ArrayList<>();
    int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    for (int i = 0; i < threads; i++) {
      targets.add(new ReportTarget(settings.formats(), selection, sums.newPart(), batchIds));
    }
    boolean isInterrupted = reader.readAll(targets);
    Map<ParseFault, Long> faults = new EnumMap<>(ParseFault.class);
    Set<FlowField> fields = EnumSet.noneOf(FlowField.class);
    Set<String> unknownFields = new TreeSet<>();
    for (ReportTarget target : targets) {
      target.faults().forEach((fault, count) -> faults.merge(fault, count, Long::sum));
      fields.addAll(target.fields());
      unknownFields.addAll(target.unknownFields());
    }
    return new ReportReading(
        new Inputs(reader.read(), reader.faults(), faults, unknownFields, fields, isInterrupted),
        List.of());
  }

  /// Reads one input after another, and judges what it reads as `replay` does.
  ///
  /// @param sums gets each record that is selected
  static ReportReading inOrder(
      InputReader reader,
      Settings settings,
      Predicate<FlowRecord> selection,
      TrafficSums sums,
      InstantSource clock) {
    RecordSums part = sums.newPart();
    ReplayReport judged = new ReplayReport(settings.trafficType(), "");
    ConsolePublisher nobody =
        new ConsolePublisher(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), clock);
    boolean isInterrupted;
    try (HttpClients clients = HttpClients.open()) {
      Pipeline pipeline =
          new Wiring(settings, System.getenv("AWS_REGION"), clients)
              .newReplay(
                  nobody,
                  record -> {
                    boolean isTaken = selection.test(record);
                    if (isTaken) {
                      part.add(record);
                    }
                    return isTaken;
                  });
      isInterrupted =
          reader.readAll(new ReplayTarget(pipeline, judged::add, judged::addUnknownField, false));
      judged.addAlerts(pipeline.finish());
    }
    return new ReportReading(
        judged.inputs(reader, isInterrupted),
        judged.notifications().stream().map(ReportReading::toTold).toList());
  }

  private static Told toTold(AlertMessage message) {
    return new Told(
        message.until(),
        message.severity().key().toUpperCase(Locale.ROOT),
        message.subject(),
        message.blockedBy());
  }
}
