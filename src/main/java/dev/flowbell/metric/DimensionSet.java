package dev.flowbell.metric;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The series of one set of dimensions: one series for each combination of their values.
final class DimensionSet {
  private final MetricDimension[] dimensions;
  private String logGroup = "";
  private String owner = "";
  private final Budget budget;
  private final Budget minutes;
  private final Map<List<String>, SeriesCounts> series = new LinkedHashMap<>();
  private @Nullable SeriesCounts other;
  // The values of the last record. The next record nearly always has the same ones, because a
  // payload comes from one network interface. Then no strings are allocated.
  private final byte[][] lastValues;
  private @Nullable SeriesCounts last;

  /// Creates a set without series.
  ///
  /// @param budget the series that the payload can still add, over all its dimension sets
  /// @param minutes the minutes that the payload can still add, over all its series
  DimensionSet(List<MetricDimension> dimensions, Budget budget, Budget minutes) {
    this.dimensions = dimensions.toArray(MetricDimension[]::new);
    this.budget = budget;
    this.minutes = minutes;
    this.lastValues = new byte[this.dimensions.length][];
  }

  /// Begins a payload.
  ///
  /// @param newLogGroup, newOwner those of the payload, or empty strings
  void begin(String newLogGroup, String newOwner) {
    if (!newLogGroup.equals(logGroup) || !newOwner.equals(owner)) {
      logGroup = newLogGroup;
      owner = newOwner;
      last = null;
    }
  }

  /// Returns the series that a record adds to, `null` where it has no value for a dimension.
  @Nullable SeriesCounts find(FlowRecord record) {
    if (last != null && hasLastValues(record)) {
      return last;
    }
    last = null; // lastValues are overwritten below, perhaps only some of them
    String[] values = new String[dimensions.length];
    for (int i = 0; i < dimensions.length; i++) {
      String value = valueOf(dimensions[i], record);
      if (value == null) {
        return null;
      }
      values[i] = value;
      lastValues[i] = value.getBytes(StandardCharsets.UTF_8);
    }
    last = seriesOf(values);
    return last;
  }

  /// Returns the series, in the order of their first records.
  Collection<SeriesCounts> all() {
    return series.values();
  }

  /// Returns the series of the values beyond the budget, `null` where there are none.
  @Nullable SeriesCounts other() {
    return other;
  }

  private boolean hasLastValues(FlowRecord record) {
    for (int i = 0; i < dimensions.length; i++) {
      FlowField field = dimensions[i].field();
      if (field != null && !record.isText(field, lastValues[i])) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String valueOf(MetricDimension dimension, FlowRecord record) {
    FlowField field = dimension.field();
    if (field == null) {
      return logGroup.isEmpty() ? null : logGroup;
    }
    String value = record.text(field);
    boolean isOwnerKnown = value == null && field == FlowField.ACCOUNT_ID && !owner.isEmpty();
    return isOwnerKnown ? owner : value;
  }

  private SeriesCounts seriesOf(String[] values) {
    List<String> key = List.of(values);
    SeriesCounts known = series.get(key);
    if (known != null) {
      return known;
    }
    if (!budget.trySpend()) {
      if (other == null) {
        String[] others = new String[values.length];
        Arrays.fill(others, MetricSeries.OTHER);
        other = new SeriesCounts(toSeries(others), minutes);
      }
      return other;
    }
    SeriesCounts made = new SeriesCounts(toSeries(values), minutes);
    series.put(key, made);
    return made;
  }

  private MetricSeries toSeries(String[] values) {
    Map<MetricDimension, String> byDimension = new LinkedHashMap<>();
    for (int i = 0; i < dimensions.length; i++) {
      byDimension.put(dimensions[i], values[i]);
    }
    return new MetricSeries(byDimension);
  }
}
