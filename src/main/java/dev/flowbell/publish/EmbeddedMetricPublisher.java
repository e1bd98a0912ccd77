package dev.flowbell.publish;

import dev.flowbell.summary.FlowSummary;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Publishes counts as lines of the function's log, in CloudWatch's embedded metric format:
/// CloudWatch Logs makes metrics of them, and no call is made.
///
/// A line is a JSON object for one minute of one series. It has to stand in the log as it is, and
/// so goes to standard output, not through Lambda's logger, which wraps what it is given.
///
/// The format takes 100 metrics, 30 dimensions and 1 MB a line. No line comes near: it holds each
/// metric and each dimension once at most.
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

  /// @param out the function's log; stays the caller's to close
  public EmbeddedMetricPublisher(PrintStream out, String namespace, InstantSource clock) {
    this.out = out;
    this.namespace = namespace;
    this.clock = clock;
  }

  /// Prints what was not published before: by requests, where the function still sent them when
  /// this payload first came. How many lines are out is not noted, since all are in no time.
  @Override
  public void publish(FlowSummary summary, MetricProgress progress) {
    Instant now = clock.instant();
    progress.beforeRequest(true);
    Map<Place, Map<String, MetricDatum>> places = new LinkedHashMap<>();
    for (MetricRequest request : MetricRequests.open(summary, namespace, now, progress)) {
      for (MetricDatum datum : request.toSend(false, now).metricData()) {
        places
            .computeIfAbsent(
                new Place(datum.timestamp(), datum.dimensions()), _ -> new LinkedHashMap<>())
            // Minutes that have become too old since the payload first came fall together.
            .merge(datum.metricName(), datum, EmbeddedMetricPublisher::sum);
      }
    }
    places.forEach((place, data) -> print(toLine(place, data.values())));
  }

  private static MetricDatum sum(MetricDatum one, MetricDatum other) {
    return one.toBuilder().value(one.value() + other.value()).build();
  }

  /// In one piece, newline included, so that nothing else that is printed gets into a line.
  private void print(byte[] line) {
    out.write(line, 0, line.length);
    out.flush();
  }

  private byte[] toLine(Place place, Collection<MetricDatum> data) {
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
      writer.writeStartArray(); // of the one set, empty for totals
      place.dimensions.forEach(dimension -> writer.writeString(dimension.name()));
      writer.writeEndArray();
      writer.writeEndArray();
      writer.writeArrayPropertyStart("Metrics");
      for (MetricDatum datum : data) {
        writer.writeStartObject();
        writer.writeStringProperty("Name", datum.metricName());
        writer.writeStringProperty("Unit", datum.unitAsString());
        writer.writeEndObject();
      }
      writer.writeEndArray();
      writer.writeEndObject();
      writer.writeEndArray();
      writer.writeEndObject();
      place.dimensions.forEach(
          dimension -> writer.writeStringProperty(dimension.name(), dimension.value()));
      data.forEach(
          datum -> writer.writeNumberProperty(datum.metricName(), datum.value().longValue()));
      writer.writeEndObject();
    }
    line.write('\n');
    return line.toByteArray();
  }

  private record Place(Instant minute, List<Dimension> dimensions) {}
}
