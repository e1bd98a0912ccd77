package dev.flowbell.publish;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.Sums;
import dev.flowbell.summary.FlowSummary;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.StandardUnit;

/// Makes of a summary the fewest `PutMetricData` requests that CloudWatch takes. Sends nothing.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html">PutMetricData</a>
///   (limits read 2026-11-23)
public final class MetricRequests {
  /// "1000 different metrics" less one, for [Metric#POSSIBLE_DUPLICATES].
  static final int MOST_DATA = 1_000 - 1;

  /// "Each PutMetricData request is limited to 1 MB in size for HTTP POST requests", before
  /// compression. A tenth is left for headers and what [#bytesOf] may miss.
  static final int MOST_BYTES = 900_000;

  /// What a datum takes without its texts, in any of the protocols that the SDK speaks: the query
  /// protocol's parameter names are the longest.
  private static final int BYTES_OF_DATUM = 300;

  private static final int BYTES_OF_DIMENSION = 120;

  static final int MOST_DIMENSION_CHARACTERS = 1_024;
  static final Duration OLDEST = Duration.ofDays(14);
  static final Duration NEWEST = Duration.ofHours(2);

  private MetricRequests() {}

  /// Returns the requests, each within the limits on data and bytes.
  ///
  /// What goes into which request depends on the counts alone, not on `now`, nor on
  /// [Metric#POSSIBLE_DUPLICATES], which is in none: a later run of the same batch sends those that
  /// were not taken, see [#open].
  ///
  /// Points older than two weeks or more than two hours ahead, which CloudWatch refuses, are moved
  /// to the nearest minute that it takes.
  ///
  /// @param now CloudWatch's time, near enough
  public static List<PutMetricDataRequest> of(FlowSummary summary, String namespace, Instant now) {
    List<PutMetricDataRequest> requests = new ArrayList<>();
    List<MetricDatum> data = new ArrayList<>();
    int bytes = 0;
    for (Map.Entry<Place, Map<Metric, Long>> point :
        merged(summary.points(), summary.arrival()).entrySet()) {
      List<Dimension> dimensions = toDimensions(point.getKey().series());
      for (Map.Entry<Metric, Long> value : point.getValue().entrySet()) {
        if (value.getKey() == Metric.POSSIBLE_DUPLICATES) {
          continue;
        }
        MetricDatum datum =
            toDatum(
                value.getKey(),
                value.getValue(),
                dimensions,
                toAcceptedMinute(point.getKey().minute(), now));
        int datumBytes = bytesOf(datum);
        if (data.size() == MOST_DATA || bytes + datumBytes > MOST_BYTES) {
          requests.add(toRequest(namespace, data));
          data = new ArrayList<>();
          bytes = 0;
        }
        data.add(datum);
        bytes += datumBytes;
      }
    }
    if (!data.isEmpty()) {
      requests.add(toRequest(namespace, data));
    }
    return requests;
  }

  /// Returns those of the requests that are still to be sent, in their order.
  ///
  /// The summary's possible duplicates go with the first. The run that was cut off, if one was, had
  /// as many more under way as there may be, and none of a higher number than one it had not begun:
  /// each of these tells of itself. If all were taken, one is left that only tells.
  static List<MetricRequest> open(
      FlowSummary summary, String namespace, Instant now, MetricProgress progress) {
    List<PutMetricDataRequest> all = of(summary, namespace, now);
    long possibleDuplicates = summary.total(Metric.POSSIBLE_DUPLICATES);
    List<MetricRequest> open = new ArrayList<>();
    for (int number = 0; number < all.size(); number++) {
      if (!progress.taken().contains(number)) {
        boolean mayBeTaken = progress.isAfterCut() && open.size() < MetricProgress.MOST_UNDER_WAY;
        long possible = open.isEmpty() ? possibleDuplicates : mayBeTaken ? 1 : 0;
        open.add(new MetricRequest(number, all.get(number), possible));
      }
    }
    if (open.isEmpty() && possibleDuplicates > 0) {
      open.add(new MetricRequest(all.size(), toRequest(namespace, List.of()), possibleDuplicates));
    }
    return open;
  }

  static MetricDatum toDatum(
      Metric metric, long value, List<Dimension> dimensions, Instant timestamp) {
    return MetricDatum.builder()
        .metricName(metric.awsName())
        .dimensions(dimensions)
        .timestamp(timestamp)
        .value((double) value)
        .unit(toUnit(metric.unit()))
        .build();
  }

  /// Points that fall together, because their minutes were moved, are added up: counts of one
  /// series and minute in one datum.
  private static Map<Place, Map<Metric, Long>> merged(List<MetricPoint> points, Instant arrival) {
    Map<Place, Map<Metric, Long>> merged = new LinkedHashMap<>();
    for (MetricPoint point : points) {
      Place place = new Place(point.series(), toAcceptedMinute(point.minute(), arrival));
      Map<Metric, Long> values = merged.computeIfAbsent(place, _ -> new LinkedHashMap<>());
      point.values().forEach((metric, value) -> values.merge(metric, value, Sums::plus));
    }
    return merged;
  }

  private static Instant toAcceptedMinute(Instant minute, Instant now) {
    // A minute inside of either bound, because the request takes time, too.
    Instant oldest = now.minus(OLDEST).truncatedTo(ChronoUnit.MINUTES).plus(Duration.ofMinutes(2));
    Instant newest = now.plus(NEWEST).truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(1));
    if (minute.isBefore(oldest)) {
      return oldest;
    }
    return minute.isAfter(newest) ? newest : minute;
  }

  private static List<Dimension> toDimensions(MetricSeries series) {
    List<Dimension> dimensions = new ArrayList<>();
    for (Map.Entry<MetricDimension, String> dimension : series.dimensions().entrySet()) {
      dimensions.add(
          Dimension.builder()
              .name(dimension.getKey().awsName())
              .value(toDimensionValue(dimension.getValue()))
              .build());
    }
    return dimensions;
  }

  /// "Dimension values must contain only ASCII characters": one record with another would have the
  /// whole request refused.
  private static String toDimensionValue(String text) {
    StringBuilder value = new StringBuilder(text.length());
    for (int i = 0; i < text.length() && i < MOST_DIMENSION_CHARACTERS; i++) {
      char c = text.charAt(i);
      value.append(c > ' ' && c < 0x7f ? c : '?');
    }
    return value.isEmpty() ? "?" : value.toString();
  }

  private static StandardUnit toUnit(Metric.Unit unit) {
    return switch (unit) {
      case COUNT -> StandardUnit.COUNT;
      case BYTES -> StandardUnit.BYTES;
      case SECONDS -> StandardUnit.SECONDS;
    };
  }

  static int bytesOf(MetricDatum datum) {
    int bytes = BYTES_OF_DATUM + datum.metricName().length();
    for (Dimension dimension : datum.dimensions()) {
      // The query protocol writes a character of a value as up to three.
      bytes += BYTES_OF_DIMENSION + dimension.name().length() + 3 * dimension.value().length();
    }
    return bytes;
  }

  private static PutMetricDataRequest toRequest(String namespace, List<MetricDatum> data) {
    return PutMetricDataRequest.builder().namespace(namespace).metricData(data).build();
  }

  private record Place(MetricSeries series, Instant minute) {}
}
