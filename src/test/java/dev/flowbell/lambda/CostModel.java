package dev.flowbell.lambda;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What Flowbell does and costs in a month, from what comes in; `docs/costs.md` has what it comes
/// to, and [CostModelIT] compares it with the calls that are made.
///
/// Public prices of us-east-1 as of 2026-11, without free tiers, in USD.
///
/// @param source what the function reads
/// @param payloads how many come in a subscription or a stream
/// @param units how many invocations work on them: payloads, batches of a stream, files of a bucket
/// @param records how many records are in them
/// @param tellingUnits those that have something to tell, each a notification
/// @param quietedUnits those that belong to a cause of which a notification was sent
/// @param boardReads how often the board is read: once a minute at most in each process
record CostModel(
    Source source,
    double payloads,
    double units,
    double records,
    double tellingUnits,
    double quietedUnits,
    double boardReads) {
  /// What the function reads.
  enum Source {
    /// A subscription of the function itself.
    SUBSCRIPTION(0),
    /// A stream with one shard.
    STREAM(-1),
    /// A bucket, with a queue of notifications.
    BUCKET(-3);

    private final int moreAlarms;

    Source(int moreAlarms) {
      this.moreAlarms = moreAlarms;
    }
  }

  private static final double MILLION = 1_000_000;
  private static final double HOURS = 730;

  /// Of the template's format, uncompressed.
  private static final double GIGABYTES_A_RECORD = 250 / 1e9;

  /// Assumed, and rather too much: a payload takes some 30 ms of a processor with a start, and a
  /// function of 512 MB has some 0.3 of one.
  private static final double SECONDS_A_UNIT = 0.1;

  /// What each payload of a batch adds.
  private static final double SECONDS_A_PAYLOAD = 0.001;

  /// What each record of a file adds.
  private static final double SECONDS_A_RECORD = 0.00001;

  private static final double MEMORY_GIGABYTES = 0.5;

  /// An id takes 8 bytes in the shard's row, which has those of at most 2,048 payloads. A write
  /// unit has 1,024 bytes.
  private static final double MOST_WRITE_UNITS_OF_SHARD = 17;

  /// Lambda asks a queue with five connections, each of which waits 20 seconds for messages.
  private static final double EMPTY_RECEIPTS = 5 * 3 * 60 * HOURS;

  /// The requests that are made, by operation.
  Map<String, Double> calls() {
    Map<String, Double> calls = new TreeMap<>();
    double alerting = tellingUnits + quietedUnits;
    calls.put("PutMetricData", units + tellingUnits);
    // Claim and end; evidence; the metrics' step, board, lease, the hour's notifications, sent.
    calls.put("UpdateItem", 2 * units + alerting + 5 * tellingUnits);
    calls.put("BatchGetItem", 2 * alerting + boardReads); // causes; the hours beside it
    calls.put("Publish", tellingUnits);
    if (source == Source.BUCKET) {
      calls.put("GetObject", units);
    }
    calls.values().removeIf(count -> count == 0);
    return calls;
  }

  double lambda() {
    double seconds =
        switch (source) {
          case SUBSCRIPTION -> units * SECONDS_A_UNIT;
          case STREAM -> units * SECONDS_A_UNIT + payloads * SECONDS_A_PAYLOAD;
          case BUCKET -> units * SECONDS_A_UNIT + records * SECONDS_A_RECORD;
        };
    return units * 0.20 / MILLION + seconds * MEMORY_GIGABYTES * 0.0000133334; // arm64
  }

  double metricRequests() {
    return calls().getOrDefault("PutMetricData", 0.0) * 0.01 / 1_000;
  }

  /// A unit with a suspect reads some 44 items: two for its source, two for each of 20 doors, and
  /// the hours beside its evidence.
  double ledger() {
    double reads = 44 * (tellingUnits + quietedUnits) + boardReads;
    double writes = calls().getOrDefault("UpdateItem", 0.0);
    if (source == Source.STREAM) {
      double writeUnits = Math.min(MOST_WRITE_UNITS_OF_SHARD, 1 + 2 * payloads / units * 8 / 1_024);
      writes += 2 * units * (writeUnits - 1);
    }
    return writes * 0.625 / MILLION + reads * 0.125 / MILLION;
  }

  /// What carries the payloads to the function: a shard and its writes, or a queue's requests and
  /// what is read from the bucket.
  double transport() {
    return switch (source) {
      case SUBSCRIPTION -> 0;
      case STREAM -> HOURS * 0.015 + payloads * 0.014 / MILLION;
      case BUCKET -> (EMPTY_RECEIPTS + 3 * units) * 0.40 / MILLION + units * 0.0004 / 1_000;
    };
  }

  /// 14 metrics; 18 alarms with a subscription, one of them on a band, and two that combine some; a
  /// dashboard; a key.
  double fixed() {
    return 14 * 0.30 + (17 * 0.10 + 0.30) + source.moreAlarms * 0.10 + 2 * 0.50 + 3 + 1;
  }

  double flowbell() {
    return lambda() + metricRequests() + ledger() + transport() + fixed();
  }

  /// What flow logs cost in CloudWatch Logs, with any of these.
  double flowLogs() {
    return records * GIGABYTES_A_RECORD * 0.50;
  }

  /// What flow logs cost in a bucket, before storage.
  double flowLogsInBucket() {
    return records * GIGABYTES_A_RECORD * 0.25;
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

  /// Returns the row of the first table in `docs/costs.md`: this source alone.
  ///
  /// @param name what it begins with
  String toRow(String name) {
    return String.format(
        Locale.ROOT,
        "| %s | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | **%.2f** |",
        name,
        units / MILLION,
        lambda(),
        metricRequests(),
        ledger(),
        transport(),
        fixed(),
        flowbell());
  }

  /// Returns the row of the second table: what else there is.
  ///
  /// @param name what it begins with
  String toComparedRow(String name) {
    return String.format(
        Locale.ROOT,
        "| %s | %.0f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |",
        name,
        records / MILLION,
        metricFilters(),
        contributorInsights(),
        forwarder(),
        guardDuty(),
        flowLogs(),
        flowLogsInBucket());
  }
}
