package dev.flowbell.publish;

import dev.flowbell.metric.Metric;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;

/// One of the requests that a summary takes.
///
/// @param number by which the ledger knows it
/// @param counts what it carries whenever it is sent
/// @param possibleDuplicates how many publications it tells of that may be doubled, itself among
///   them
record MetricRequest(int number, PutMetricDataRequest counts, long possibleDuplicates) {
  /// Returns what to send.
  ///
  /// @param isRepeat whether this run sent it before and got no answer: one possible duplicate more
  PutMetricDataRequest toSend(boolean isRepeat, Instant now) {
    long possible = possibleDuplicates + (isRepeat ? 1 : 0);
    if (possible == 0) {
      return counts;
    }
    List<MetricDatum> data = new ArrayList<>(counts.metricData());
    data.add(
        MetricRequests.toDatum(
            Metric.POSSIBLE_DUPLICATES, possible, List.of(), now.truncatedTo(ChronoUnit.MINUTES)));
    return counts.toBuilder().metricData(data).build();
  }
}
