package dev.flowbell.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.Minutes;
import dev.flowbell.metric.Sums;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.CRC32;

/// A report in numbered parts, as few as CloudWatch's limits allow.
///
/// The ledger records the numbers of accepted parts, across versions of Flowbell too. So which
/// values are in which part depends on the report's arrival and points alone: not on the time of
/// publication, not on possible duplicates, and not on the values of the function's own metrics,
/// which come last. Where other settings or another version make another plan of the same report,
/// its [#id] differs, and the numbers that were recorded mean nothing.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html">PutMetricData</a>
///   (limits read 2026-11-23)
final class MetricPlan {
  /// "1000 different metrics" less one, for [Metric#POSSIBLE_DUPLICATES].
  static final int MOST_VALUES = 1_000 - 1;

  /// "Each PutMetricData request is limited to 1 MB in size for HTTP POST requests", before
  /// compression. A tenth is left for headers and for the error of [#bytesOf].
  static final int MOST_BYTES = 900_000;

  /// The size of a datum without its texts. The query protocol, with its parameter names, needs the
  /// most of the protocols that the SDK can use.
  private static final int BYTES_OF_VALUE = 300;

  private static final int BYTES_OF_DIMENSION = 120;

  /// These differ from one invocation for a payload to the next.
  private static final Set<Metric> VARYING =
      EnumSet.of(
          Metric.ALERTS_SENT, Metric.ALERTS_SUPPRESSED, Metric.ALERTS_QUIETED, Metric.OVER_BOUNDS);

  static final int MOST_DIMENSION_CHARACTERS = 1_024;
  static final Duration OLDEST = Duration.ofDays(14);
  static final Duration NEWEST = Duration.ofHours(2);

  private final long possibleDuplicates;
  private final CRC32 checksum = new CRC32();
  private final List<MetricPart> parts = new ArrayList<>();
  // The last part, while values are added to it.
  private List<MetricPart.Point> points = new ArrayList<>();
  private int values;
  private int bytes;

  private MetricPlan(long possibleDuplicates) {
    this.possibleDuplicates = possibleDuplicates;
  }

  /// Returns the plan for a report.
  ///
  /// CloudWatch rejects points that are older than two weeks or more than two hours ahead. They are
  /// moved to the nearest minute that it accepts.
  ///
  /// @param now the time of publication
  static MetricPlan of(MetricReport report, Instant now) {
    MetricPlan plan = new MetricPlan(report.possibleDuplicates());
    merge(report, metric -> !VARYING.contains(metric))
        .forEach((place, values) -> plan.add(place, now, values));
    merge(report, VARYING::contains).forEach((place, values) -> plan.add(place, now, values));
    plan.endPart();
    return plan;
  }

  /// Returns a number that two plans share only if the same values are in the same parts, the
  /// [#VARYING] ones aside.
  long id() {
    return checksum.getValue() + 1;
  }

  /// Returns all parts, without possible duplicates.
  List<MetricPart> parts() {
    return List.copyOf(parts);
  }

  /// Returns the parts that are still to be published, in their order.
  ///
  /// The first one publishes the report's possible duplicates. Up to
  /// [MetricProgress#mostUnrecorded] parts may have been accepted without being recorded: always
  /// those with the lowest numbers, because parts are sent in their order. Each of these publishes
  /// one possible duplicate. The report's number includes one for the first.
  ///
  /// If the parts that were accepted belong to another plan, all parts are open, and the first one
  /// publishes a possible duplicate for each of those.
  ///
  /// If all parts were accepted, a part without values publishes the possible duplicates.
  List<MetricPart> open(MetricProgress progress) {
    List<MetricPart> open = new ArrayList<>();
    boolean isOtherPlan = isOtherPlan(progress);
    long ofFirst = possibleDuplicates + (isOtherPlan ? progress.accepted().size() : 0);
    for (MetricPart part : parts) {
      if (!isOtherPlan && progress.accepted().contains(part.number())) {
        continue;
      }
      boolean mayBeAccepted = open.size() < progress.mostUnrecorded();
      open.add(part.withPossibleDuplicates(open.isEmpty() ? ofFirst : mayBeAccepted ? 1 : 0));
    }
    if (open.isEmpty() && possibleDuplicates > 0) {
      open.add(new MetricPart(parts.size(), List.of(), possibleDuplicates));
    }
    return open;
  }

  private boolean isOtherPlan(MetricProgress progress) {
    return progress.acceptedPlan() != MetricProgress.NO_PLAN && progress.acceptedPlan() != id();
  }

  private void add(Place place, Instant now, Map<Metric, Long> valuesToAdd) {
    MetricSeries series = toAccepted(place.series);
    Instant minute = toAcceptedMinute(place.minute, now);
    Map<Metric, Long> added = new LinkedHashMap<>();
    for (Map.Entry<Metric, Long> value : valuesToAdd.entrySet()) {
      int valueBytes = bytesOf(value.getKey(), series);
      if (values == MOST_VALUES || bytes + valueBytes > MOST_BYTES) {
        addPoint(series, minute, added);
        endPart();
        added = new LinkedHashMap<>();
      }
      added.put(value.getKey(), value.getValue());
      if (!VARYING.contains(value.getKey())) {
        String name = parts.size() + " " + place + " " + value.getKey().awsName();
        checksum.update(name.getBytes(UTF_8));
      }
      values++;
      bytes += valueBytes;
    }
    addPoint(series, minute, added);
  }

  private void addPoint(MetricSeries series, Instant minute, Map<Metric, Long> added) {
    if (!added.isEmpty()) {
      points.add(new MetricPart.Point(series, minute, added));
    }
  }

  private void endPart() {
    if (!points.isEmpty()) {
      parts.add(new MetricPart(parts.size(), points, 0));
    }
    points = new ArrayList<>();
    values = 0;
    bytes = 0;
  }

  /// Adds up points whose minutes became the same because they were moved: CloudWatch gets one
  /// value for each metric, series and minute.
  private static Map<Place, Map<Metric, Long>> merge(
      MetricReport report, Predicate<Metric> isWanted) {
    Map<Place, Map<Metric, Long>> merged = new LinkedHashMap<>();
    for (MetricPoint point : report.points()) {
      Place place = new Place(point.series(), toAcceptedMinute(point.minute(), report.arrival()));
      point
          .values()
          .forEach(
              (metric, value) -> {
                if (isWanted.test(metric)) {
                  merged
                      .computeIfAbsent(place, _ -> new LinkedHashMap<>())
                      .merge(metric, value, Sums::plus);
                }
              });
    }
    return merged;
  }

  private static Instant toAcceptedMinute(Instant minute, Instant now) {
    // One minute within either bound, because the request takes time.
    Instant oldest = Minutes.of(now.minus(OLDEST)).plus(Duration.ofMinutes(2));
    Instant newest = Minutes.of(now.plus(NEWEST)).minus(Duration.ofMinutes(1));
    if (minute.isBefore(oldest)) {
      return oldest;
    }
    return minute.isAfter(newest) ? newest : minute;
  }

  private static MetricSeries toAccepted(MetricSeries series) {
    Map<MetricDimension, String> dimensions = new LinkedHashMap<>();
    series
        .dimensions()
        .forEach((dimension, value) -> dimensions.put(dimension, toDimensionValue(value)));
    return new MetricSeries(dimensions);
  }

  /// "Dimension values must contain only ASCII characters". CloudWatch rejects the whole request
  /// otherwise.
  private static String toDimensionValue(String text) {
    StringBuilder value = new StringBuilder(text.length());
    for (int i = 0; i < text.length() && i < MOST_DIMENSION_CHARACTERS; i++) {
      char c = text.charAt(i);
      value.append(c > ' ' && c < 0x7f ? c : '?');
    }
    return value.isEmpty() ? "?" : value.toString();
  }

  /// Returns an upper bound of what a value adds to a request.
  static int bytesOf(Metric metric, MetricSeries series) {
    int bytes = BYTES_OF_VALUE + metric.awsName().length();
    for (Map.Entry<MetricDimension, String> dimension : series.dimensions().entrySet()) {
      // The query protocol needs up to three bytes for a character of a value.
      bytes +=
          BYTES_OF_DIMENSION
              + dimension.getKey().awsName().length()
              + 3 * dimension.getValue().length();
    }
    return bytes;
  }

  private record Place(MetricSeries series, Instant minute) {}
}
