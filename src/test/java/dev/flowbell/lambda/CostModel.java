package dev.flowbell.lambda;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What Flowbell does and costs in a month, from what comes in; `docs/costs.md` has what it comes
/// to, and [CostModelIT] compares it with the calls that are made.
///
/// Public prices of us-east-1 as of 2026-11, without free tiers, in USD.
///
/// @param payloads how many come
/// @param records how many records are in them
/// @param tellingPayloads those that have something to tell, each a notification
/// @param quietedPayloads those that belong to a cause of which a notification was sent
/// @param boardReads how often the board is read: once a minute at most in each process
record CostModel(
    double payloads,
    double records,
    double tellingPayloads,
    double quietedPayloads,
    double boardReads) {
  private static final double MILLION = 1_000_000;

  /// Of the template's format, uncompressed.
  private static final double GIGABYTES_A_RECORD = 250 / 1e9;

  /// Assumed, and rather too much: a payload takes some 30 ms of a processor, and a function of 256
  /// MB has a seventh of one.
  private static final double SECONDS_A_PAYLOAD = 0.2;

  private static final double MEMORY_GIGABYTES = 0.25;

  /// The requests that are made, by operation.
  Map<String, Double> calls() {
    Map<String, Double> calls = new TreeMap<>();
    double alerting = tellingPayloads + quietedPayloads;
    calls.put("PutMetricData", payloads + tellingPayloads);
    // Claim and end; evidence; the metrics' step, board, lease, the hour's notifications, sent.
    calls.put("UpdateItem", 2 * payloads + alerting + 5 * tellingPayloads);
    calls.put("BatchGetItem", 2 * alerting + boardReads); // causes; the hours beside it
    calls.put("Publish", tellingPayloads);
    calls.values().removeIf(count -> count == 0);
    return calls;
  }

  double lambda() {
    double gigabyteSeconds = payloads * SECONDS_A_PAYLOAD * MEMORY_GIGABYTES;
    return payloads * 0.20 / MILLION + gigabyteSeconds * 0.0000133334; // arm64
  }

  double metricRequests() {
    return calls().get("PutMetricData") * 0.01 / 1_000;
  }

  /// A payload with a suspect reads some 44 items: two for its source, two for each of 20 doors,
  /// and the hours beside its evidence.
  double ledger() {
    double reads = 44 * (tellingPayloads + quietedPayloads) + boardReads;
    return calls().get("UpdateItem") * 0.625 / MILLION + reads * 0.125 / MILLION;
  }

  /// 14 metrics; 18 alarms, one of them on a band, and two that combine some; a dashboard; a key.
  double fixed() {
    return 14 * 0.30 + (17 * 0.10 + 0.30) + 2 * 0.50 + 3 + 1;
  }

  double flowbell() {
    return lambda() + metricRequests() + ledger() + fixed();
  }

  /// What flow logs cost in CloudWatch Logs, with any of these.
  double flowLogs() {
    return records * GIGABYTES_A_RECORD * 0.50;
  }

  /// Five counters, with an alarm each; the filters themselves cost nothing.
  double metricFilters() {
    return 5 * (0.30 + 0.10);
  }

  /// Two rules, over the tenth of all records that is rejected.
  double contributorInsights() {
    return 2 * 0.50 + 2 * records / 10 * 0.02 / MILLION;
  }

  /// The same function without anything to count, and what others ask for taking logs in.
  double forwarder() {
    return lambda() + records * GIGABYTES_A_RECORD * 0.10;
  }

  /// Its foundational analysis of flow logs, the first price of several.
  double guardDuty() {
    return records * GIGABYTES_A_RECORD * 1.00;
  }

  /// Returns the row of the table in `docs/costs.md`.
  String toRow(String name) {
    return String.format(
        Locale.ROOT,
        "| %s | %.1f | %.0f | %.2f | %.2f | %.2f | %.2f | **%.2f** | %.2f | %.2f | %.2f | %.2f |"
            + " %.2f |",
        name,
        payloads / MILLION,
        records / MILLION,
        lambda(),
        metricRequests(),
        ledger(),
        fixed(),
        flowbell(),
        metricFilters(),
        contributorInsights(),
        forwarder(),
        guardDuty(),
        flowLogs());
  }
}
