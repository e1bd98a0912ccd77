package dev.flowbell.pipeline;

import dev.flowbell.classify.Suspect;
import dev.flowbell.ec2.BlockFinder;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.ec2.Rejection;
import dev.flowbell.judge.Announcement;
import dev.flowbell.notify.AlertJson;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks EC2 what blocks the flows of alerts that are about to be sent, in a limited time. An alert
/// is sent without the answer where there is none in time.
final class Explanations {
  private static final String LATE = "EC2 did not answer within %d ms";

  private final BlockFinder finder;
  private final InstantSource clock;
  private final Duration longest;
  private final Consumer<String> warnings;

  /// Creates explanations.
  ///
  /// @param longest the longest time that those of one payload take together
  /// @param warnings receives a line where EC2 gave no answer
  Explanations(
      BlockFinder finder, InstantSource clock, Duration longest, Consumer<String> warnings) {
    this.finder = finder;
    this.clock = clock;
    this.longest = longest;
    this.warnings = warnings;
  }

  /// Begins the explanations of one payload.
  ///
  /// @param limit the time that is left for the payload
  OfPayload begin(TimeLimit limit) {
    return new OfPayload(limit);
  }

  /// The explanations of one payload.
  final class OfPayload {
    private final TimeLimit limit;
    private long leftNanos = longest.toNanos();

    private OfPayload(TimeLimit limit) {
      this.limit = limit;
    }

    /// Returns what blocks an alert's flow; `null` where that is no question.
    @Nullable Blocker find(Announcement announcement) {
      Suspect sample = announcement.sample();
      Rejection rejection =
          sample == null || AlertJson.isTest(announcement.alert())
              ? null
              : Rejections.of(announcement.alert(), sample);
      if (rejection == null) {
        return null;
      }
      // The notification itself needs its time.
      long spare = limit.remaining().minus(ClaimProgress.LONGEST_STEP).toNanos();
      long nanos = Math.min(leftNanos, spare);
      if (nanos <= 0) {
        return notKnown("there was no time left to ask EC2");
      }
      FutureTask<Blocker> task = new FutureTask<>(() -> finder.find(rejection));
      long start = System.nanoTime();
      // A platform thread: the function doesn't load what virtual threads need.
      Thread.ofPlatform().name("explanation").daemon().start(task);
      try {
        Blocker blocker = task.get(nanos, TimeUnit.NANOSECONDS);
        blocker.failures().forEach(each -> warnings.accept("EXPLAIN_BLOCKS: " + each.reason()));
        return blocker;
      } catch (TimeoutException _) {
        return notKnown(LATE.formatted(TimeUnit.NANOSECONDS.toMillis(nanos)));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return notKnown(LATE.formatted(TimeUnit.NANOSECONDS.toMillis(nanos)));
      } catch (ExecutionException e) { // a notification matters more than what explains it
        warnings.accept("EXPLAIN_BLOCKS: " + e);
        return Blocker.notKnown("Flowbell failed; its log says why", clock.instant());
      } finally {
        leftNanos -= System.nanoTime() - start;
      }
    }

    private Blocker notKnown(String why) {
      warnings.accept("EXPLAIN_BLOCKS: " + why);
      return Blocker.notKnown(why, clock.instant());
    }
  }
}
