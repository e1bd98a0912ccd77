package dev.flowbell.publish;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.Minutes;
import dev.flowbell.metric.Sums;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Publishes metrics as lines of the function's log, in CloudWatch's embedded metric format.
/// CloudWatch Logs extracts the metrics, so no request is sent.
///
/// A line is a JSON object with the values of one series in one minute. It goes to standard output,
/// because Lambda's logger would wrap it in another JSON object.
///
/// The format allows 100 metrics, 30 dimensions and 1 MB a line. Every line is far below that: it
/// has each metric and each dimension once at most.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">Embedded
///   metric format</a> (read 2026-11-23): "ensures at least one time delivery …, while duplicate
///   metric values may occasionally occur"
public final class EmbeddedMetricPublisher implements MetricPublisher {
  private final PrintStream out;
  private final String namespace;
  private final InstantSource clock;
  private final JsonFactory json = new JsonFactory();

  /// Creates a publisher.
  ///
  /// @param out the function's log; the caller closes it
  public EmbeddedMetricPublisher(PrintStream out, String namespace, InstantSource clock) {
    this.out = out;
    this.namespace = namespace;
    this.clock = clock;
  }

  /// Prints the open parts of a report. Parts can be accepted before, if an earlier invocation for
  /// the payload used another sink. Printing takes almost no time, so no progress is recorded.
  ///
  /// Possible duplicates are in the first line: if the invocation is killed after any line, the
  /// lines that it repeated are counted.
  @Override
  public void publish(MetricReport report, MetricProgress progress) {
    Instant now = clock.instant();
    progress.ensureTimeForOnlyRequest();
    List<MetricPart> open = MetricPlan.of(report, now).open(progress);
    Map<Place, Map<Metric, Long>> lines = new LinkedHashMap<>();
    long possibleDuplicates = open.stream().mapToLong(MetricPart::possibleDuplicates).sum();
    if (possibleDuplicates > 0) {
      Place place = new Place(MetricSeries.TOTAL, Minutes.of(now));
      add(lines, place, Metric.POSSIBLE_DUPLICATES, possibleDuplicates);
    }
    for (MetricPart part : open) {
      for (MetricPart.Point point : part.points()) {
        Place place = new Place(point.series(), point.minute());
        point.values().forEach((metric, value) -> add(lines, place, metric, value));
      }
    }
    lines.forEach((place, values) -> print(toLine(place, values)));
  }

  /// Adds up values of the same minute. Several minutes become the same one if they are too old now
  /// and were not when the payload arrived.
  private static void add(
      Map<Place, Map<Metric, Long>> lines, Place place, Metric metric, long value) {
    lines.computeIfAbsent(place, _ -> new LinkedHashMap<>()).merge(metric, value, Sums::plus);
  }

  /// Writes a line and its newline at once, so that no other output gets between.
  private void print(byte[] line) {
    out.write(line, 0, line.length);
    out.flush();
  }

  private byte[] toLine(Place place, Map<Metric, Long> values) {
    Map<MetricDimension, String> dimensions = place.series.dimensions();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (JsonGenerator writer =
        json.createGenerator(ObjectWriteContext.empty(), line, JsonEncoding.UTF8)) {
      writer.writeStartObject();
      writer.writeObjectPropertyStart("_aws");
      writer.writeNumberProperty("Timestamp", place.minute.toEpochMilli());
      writer.writeArrayPropertyStart("CloudWatchMetrics");
      writer.writeStartObject();
      writer.writeStringProperty("Namespace", namespace);
      writer.writeArrayPropertyStart("Dimensions");
      writer.writeStartArray(); // the only set, empty for totals
      dimensions.keySet().forEach(dimension -> writer.writeString(dimension.awsName()));
      writer.writeEndArray();
      writer.writeEndArray();
      writer.writeArrayPropertyStart("Metrics");
      for (Metric metric : values.keySet()) {
        writer.writeStartObject();
        writer.writeStringProperty("Name", metric.awsName());
        writer.writeStringProperty("Unit", metric.unit().awsName());
        writer.writeEndObject();
      }
      writer.writeEndArray();
      writer.writeEndObject();
      writer.writeEndArray();
      writer.writeEndObject();
      dimensions.forEach(
          (dimension, value) -> writer.writeStringProperty(dimension.awsName(), value));
      values.forEach((metric, value) -> writer.writeNumberProperty(metric.awsName(), value));
      writer.writeEndObject();
    }
    line.write('\n');
    return line.toByteArray();
  }

  private record Place(MetricSeries series, Instant minute) {}
}
