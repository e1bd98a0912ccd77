package dev.flowbell.testing.generator;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.metric.MetricSeries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Creates metric reports.
public final class Reports {
  /// When the reports arrive.
  public static final Instant ARRIVAL = Instant.parse("2026-11-22T10:19:13Z");

  /// The latest minute with records.
  public static final Instant MINUTE = Instant.parse("2026-11-22T10:14:00Z");

  private Reports() {}

  /// Returns a report of points, without possible duplicates.
  public static MetricReport of(MetricPoint... points) {
    return MetricReport.of(ARRIVAL, List.of(points));
  }

  /// Returns a report with one value, of `Records`, in each of the minutes up to [#MINUTE].
  public static MetricReport ofMinutes(int count) {
    List<MetricPoint> points = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      points.add(total(MINUTE.minusSeconds(60L * i), Map.of(Metric.RECORDS, 1L + i)));
    }
    return MetricReport.of(ARRIVAL, points);
  }

  /// Returns a point of the totals.
  public static MetricPoint total(Instant minute, Map<Metric, Long> values) {
    return new MetricPoint(MetricSeries.TOTAL, minute, values);
  }

  /// Returns the same report with another number of possible duplicates.
  public static MetricReport withPossibleDuplicates(MetricReport report, long count) {
    return new MetricReport(report.arrival(), report.points(), count);
  }
}
