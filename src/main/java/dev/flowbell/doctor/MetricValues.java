package dev.flowbell.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.DoubleStream;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;

/// Asks CloudWatch for a metric of AWS with one dimension, over the time up to now.
final class MetricValues {
  static final String ACTION = "cloudwatch:GetMetricData";

  private MetricValues() {}

  static DoubleStream of(
      String namespace,
      String metricName,
      String dimensionName,
      String dimensionValue,
      String statistic,
      Duration time,
      Instant now,
      Deployment deployment) {
    MetricDataQuery query =
        MetricDataQuery.builder()
            .id("value")
            .metricStat(
                stat ->
                    stat.stat(statistic)
                        .period((int) time.toSeconds())
                        .metric(
                            metric ->
                                metric
                                    .namespace(namespace)
                                    .metricName(metricName)
                                    .dimensions(
                                        List.of(
                                            Dimension.builder()
                                                .name(dimensionName)
                                                .value(dimensionValue)
                                                .build()))))
            .build();
    return deployment
        .aws()
        .cloudWatch()
        .getMetricData(ask -> ask.metricDataQueries(query).startTime(now.minus(time)).endTime(now))
        .metricDataResults()
        .stream()
        .flatMap(result -> result.values().stream())
        .mapToDouble(Double::doubleValue);
  }
}
