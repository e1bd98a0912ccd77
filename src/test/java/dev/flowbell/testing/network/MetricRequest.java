package dev.flowbell.testing.network;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One `PutMetricData` that was accepted.
public record MetricRequest(List<Datum> data) {
  /// A value of a series in one minute.
  ///
  /// @param dimensions by name
  /// @param sum the sum of all samples
  public record Datum(String metric, Map<String, String> dimensions, Instant minute, double sum) {}

  /// Reads a request's body.
  static MetricRequest parse(byte[] cbor) {
    List<Datum> data = new ArrayList<>();
    for (Map<?, ?> each : maps(Cbor.parseMap(cbor).get("MetricData"))) {
      Map<String, String> dimensions = new TreeMap<>();
      if (each.containsKey("Dimensions")) {
        maps(each.get("Dimensions"))
            .forEach(one -> dimensions.put((String) one.get("Name"), (String) one.get("Value")));
      }
      data.add(
          new Datum(
              (String) each.get("MetricName"),
              dimensions,
              Instant.ofEpochSecond((long) Cbor.toDouble(each.get("Timestamp"))),
              sumOf(each)));
    }
    return new MetricRequest(data);
  }

  /// Returns the sums of a metric without dimensions, by minute.
  public static Map<Instant, Double> sums(List<MetricRequest> requests, String metric) {
    Map<Instant, Double> sums = new TreeMap<>();
    requests.stream()
        .flatMap(request -> request.data.stream())
        .filter(each -> each.metric.equals(metric) && each.dimensions.isEmpty())
        .forEach(each -> sums.merge(each.minute, each.sum, Double::sum));
    return sums;
  }

  /// Returns the sum of a metric without dimensions.
  public static long total(List<MetricRequest> requests, String metric) {
    return Math.round(
        sums(requests, metric).values().stream().mapToDouble(Double::doubleValue).sum());
  }

  private static double sumOf(Map<?, ?> datum) {
    if (datum.containsKey("Value")) {
      return Cbor.toDouble(datum.get("Value"));
    }
    if (datum.get("StatisticValues") instanceof Map<?, ?> statistics) {
      return Cbor.toDouble(statistics.get("Sum"));
    }
    List<?> values = (List<?>) datum.get("Values");
    List<?> counts = datum.get("Counts") instanceof List<?> some ? some : List.of();
    double sum = 0;
    for (int i = 0; i < values.size(); i++) {
      sum += Cbor.toDouble(values.get(i)) * (counts.isEmpty() ? 1 : Cbor.toDouble(counts.get(i)));
    }
    return sum;
  }

  private static List<Map<?, ?>> maps(Object list) {
    List<Map<?, ?>> maps = new ArrayList<>();
    for (Object each : (List<?>) list) {
      maps.add(new HashMap<>((Map<?, ?>) each));
    }
    return maps;
  }
}
