package dev.flowbell.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.testing.generator.Reports;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricReportTest {
  @Test
  void of_copyOfPoints() {
    MetricPoint point = Reports.total(Reports.MINUTE, Map.of(Metric.RECORDS, 3L));
    List<MetricPoint> points = new ArrayList<>(List.of(point));
    MetricReport report = MetricReport.of(Reports.ARRIVAL, points);
    points.clear();

    assertThat(report.points()).containsExactly(point);
    assertThat(report.possibleDuplicates()).isZero();
  }

  @Test
  void of_possibleDuplicatesAmongPoints() {
    MetricPoint point =
        Reports.total(Reports.MINUTE, Map.of(Metric.RECORDS, 3L, Metric.POSSIBLE_DUPLICATES, 2L));

    assertThatThrownBy(() -> Reports.of(point))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected points without PossibleDuplicates, got " + point);
  }

  @Test
  void ofPossibleDuplicates_noPoints() {
    MetricReport report = MetricReport.ofPossibleDuplicates(Reports.ARRIVAL, 2);

    assertThat(report)
        .isEqualTo(Reports.withPossibleDuplicates(MetricReport.of(Reports.ARRIVAL, List.of()), 2));
  }
}
