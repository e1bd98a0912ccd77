package dev.flowbell.publish;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.Minutes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;

/// Converts a part of a report to a `PutMetricData` request. Sends nothing.
final class MetricRequest {
  private MetricRequest() {}

  /// Returns the request for a part.
  ///
  /// @param now the time of publication: its minute has the possible duplicates
  static PutMetricDataRequest of(MetricPart part, String namespace, Instant now) {
    List<MetricDatum> data = new ArrayList<>();
    for (MetricPart.Point point : part.points()) {
      List<Dimension> dimensions = toDimensions(point.series());
      point
          .values()
          .forEach((metric, value) -> data.add(toDatum(metric, value, dimensions, point.minute())));
    }
    if (part.possibleDuplicates() > 0) {
      data.add(
          toDatum(
              Metric.POSSIBLE_DUPLICATES, part.possibleDuplicates(), List.of(), Minutes.of(now)));
    }
    return PutMetricDataRequest.builder().namespace(namespace).metricData(data).build();
  }

  private static MetricDatum toDatum(
      Metric metric, long value, List<Dimension> dimensions, Instant timestamp) {
    return MetricDatum.builder()
        .metricName(metric.awsName())
        .dimensions(dimensions)
        .timestamp(timestamp)
        .value((double) value)
        .unit(metric.unit().awsName())
        .build();
  }

  private static List<Dimension> toDimensions(MetricSeries series) {
    List<Dimension> dimensions = new ArrayList<>();
    series
        .dimensions()
        .forEach(
            (dimension, value) ->
                dimensions.add(Dimension.builder().name(dimension.awsName()).value(value).build()));
    return dimensions;
  }
}
