package dev.flowbell.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.DoubleStream;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;

/// A metric in CloudWatch.
record CloudWatchMetric(String namespace, String name, List<Dimension> dimensions) {
  static final String ACTION = "cloudwatch:GetMetricData";

  /// Creates a metric with one dimension.
  static CloudWatchMetric of(
      String namespace, String name, String dimensionName, String dimensionValue) {
    return new CloudWatchMetric(namespace, name, List.of(dimension(dimensionName, dimensionValue)));
  }

  static Dimension dimension(String name, String value) {
    return Dimension.builder().name(name).value(value).build();
  }

  /// Asks CloudWatch for the metric's values, one for each period that has data.
  ///
  /// @param statistic such as `Sum`
  DoubleStream values(
      String statistic, Duration period, Instant from, Instant to, Deployment deployment) {
    MetricDataQuery query =
        MetricDataQuery.builder()
            .id("values")
            .metricStat(
                stat ->
                    stat.stat(statistic)
                        .period((int) period.toSeconds())
                        .metric(
                            metric ->
                                metric
                                    .namespace(namespace)
                                    .metricName(name)
                                    .dimensions(dimensions)))
            .build();
    return deployment
        .aws()
        .cloudWatch()
        .getMetricData(ask -> ask.metricDataQueries(query).startTime(from).endTime(to))
        .metricDataResults()
        .stream()
        .flatMap(result -> result.values().stream())
        .mapToDouble(Double::doubleValue);
  }
}
