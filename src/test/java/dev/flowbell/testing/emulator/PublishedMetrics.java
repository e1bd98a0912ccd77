package dev.flowbell.testing.emulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;

/// The metrics that were published to a namespace.
///
/// @param namespace a namespace without dimensions, because MiniStack answers a request without
///   dimensions for all series
public record PublishedMetrics(AwsEndpoint aws, String namespace) {
  /// Returns the sums by minute, from this minute until now.
  public Map<Instant, Double> sums(String metric, Instant from) {
    MetricDataQuery query =
        MetricDataQuery.builder()
            .id("sums")
            .metricStat(
                stat ->
                    stat.stat("Sum")
                        .period(60)
                        .metric(each -> each.namespace(namespace).metricName(metric)))
            .build();
    Map<Instant, Double> sums = new TreeMap<>();
    aws.cloudWatch()
        .getMetricDataPaginator(
            request ->
                request
                    .startTime(from)
                    .endTime(Instant.now().plus(Duration.ofMinutes(5)))
                    .metricDataQueries(query))
        .metricDataResults()
        .forEach(
            result -> {
              for (int i = 0; i < result.timestamps().size(); i++) {
                sums.merge(result.timestamps().get(i), result.values().get(i), Double::sum);
              }
            });
    return sums;
  }

  /// Returns the sum of the last hour.
  public long total(String metric) {
    return Math.round(
        sums(metric, Instant.now().minus(Duration.ofHours(1))).values().stream()
            .mapToDouble(Double::doubleValue)
            .sum());
  }
}
