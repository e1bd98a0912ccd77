package dev.flowbell.backtest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;

/// The time that records cover, in steps of ten minutes: AWS's longer aggregation interval.
///
/// @param first, last the earliest start and the latest end of the records
/// @param steps how many steps from the first to the last
/// @param gaps times of two steps or more without any record, in order. A single step is none,
///   because records of ten minutes can end on both sides of it
public record Span(Instant first, Instant last, long steps, List<Gap> gaps) {
  /// So many steps make a day.
  public static final long STEPS_OF_DAY = 144;

  private static final long STEP_SECONDS = 600;

  /// Creates a span with a copy of the list.
  public Span {
    gaps = List.copyOf(gaps);
  }

  /// A time without any record.
  public record Gap(Instant from, Instant until) {
    long steps() {
      return (until.getEpochSecond() - from.getEpochSecond()) / STEP_SECONDS;
    }
  }

  /// Returns the span of records.
  ///
  /// @param seen the steps in which records ended, since 1970
  static Span of(Instant first, Instant last, NavigableSet<Long> seen) {
    long from = stepOf(first);
    long until = stepOf(last);
    List<Gap> gaps = new ArrayList<>();
    long before = from;
    for (long step : seen.tailSet(from, false)) {
      if (step > until) {
        break;
      }
      if (step - before > 2) {
        gaps.add(new Gap(timeOf(before + 1), timeOf(step)));
      }
      before = step;
    }
    return new Span(first, last, until - from + 1, gaps);
  }

  static long stepOf(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), STEP_SECONDS);
  }

  private static Instant timeOf(long step) {
    return Instant.ofEpochSecond(step * STEP_SECONDS);
  }

  /// Returns how many days have records: the span without its gaps.
  public double days() {
    return (double) (steps - gapSteps()) / STEPS_OF_DAY;
  }

  /// Returns the part of the span that is gaps, 0 to 1.
  public double gapShare() {
    return (double) gapSteps() / steps;
  }

  private long gapSteps() {
    return gaps.stream().mapToLong(Gap::steps).sum();
  }
}
