package dev.flowbell.publish;

import dev.flowbell.aws.AwsClients;
import dev.flowbell.aws.ClientErrors;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.aws.Refusals;
import dev.flowbell.metric.MetricReport;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;

/// Publishes metrics with CloudWatch's `PutMetricData`. Nearly every report is one request. Several
/// requests are sent in parallel.
public final class CloudWatchMetricPublisher implements MetricPublisher {
  /// The most attempts to send a request that CloudWatch answers with a server error.
  private static final int MOST_ATTEMPTS = 3;

  private static final long PAUSE_MILLISECONDS = 200;

  private final CloudWatchClient client;
  private final String namespace;
  private final InstantSource clock;

  /// Creates a publisher.
  ///
  /// @param clients the caller closes them
  public static CloudWatchMetricPublisher create(
      HttpClients clients, String namespace, InstantSource clock) {
    return new CloudWatchMetricPublisher(
        AwsClients.newCloudWatch(clients.publishing()), namespace, clock);
  }

  /// Creates a publisher.
  ///
  /// @param client does not retry requests that may have been accepted; the caller closes it
  public CloudWatchMetricPublisher(CloudWatchClient client, String namespace, InstantSource clock) {
    this.client = client;
    this.namespace = namespace;
    this.clock = clock;
  }

  @Override
  public void publish(MetricReport report, MetricProgress progress) {
    MetricPlan plan = MetricPlan.of(report, clock.instant());
    List<MetricPart> open = plan.open(progress);
    List<PublishFailedException> failures = new ArrayList<>();
    int sent = open.size();
    if (open.size() > 1) {
      sent = sendInParallel(open, plan.id(), progress, failures);
    } else if (!open.isEmpty()) { // in this thread, because a thread pool lengthens a cold start
      PublishFailedException failure =
          send(open.getFirst(), progress, progress::ensureTimeForOnlyRequest).failure;
      if (failure != null) {
        sent = 0;
        failures.add(failure);
      }
    }
    if (!failures.isEmpty()) {
      int all = Math.max(open.size(), plan.parts().size());
      throw failed(all - open.size() + sent, all, failures);
    }
  }

  /// Sends parts and records those that were accepted, all that are known at once.
  ///
  /// At most [MetricProgress#MOST_UNRECORDED] parts are sent and not recorded at any time. A failed
  /// part counts among them until the end, because it may have been accepted, and so does one that
  /// could not be recorded. The others are still sent, as far as that number allows.
  ///
  /// @param failures gets one exception for each failed part
  /// @return how many parts were accepted
  private int sendInParallel(
      List<MetricPart> open,
      long plan,
      MetricProgress progress,
      List<PublishFailedException> failures) {
    Deque<MetricPart> waiting = new ArrayDeque<>(open);
    Set<Integer> unrecorded = new TreeSet<>();
    int sent = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletionService<Answer> answers = new ExecutorCompletionService<>(threads);
      int running = 0;
      while (true) {
        while (!waiting.isEmpty()
            && running + failures.size() + unrecorded.size() < MetricProgress.MOST_UNRECORDED) {
          MetricPart part = waiting.remove();
          answers.submit(() -> send(part, progress, progress::ensureTimeForOneOfSeveral));
          running++;
        }
        if (running == 0) {
          if (!waiting.isEmpty() && failures.isEmpty()) {
            failures.add(
                new PublishFailedException(
                    "not begun: %d accepted requests could not be recorded in the ledger"
                        .formatted(unrecorded.size())));
          }
          return sent;
        }
        for (Future<Answer> next = await(answers); next != null; next = answers.poll()) {
          Answer answer = resultOf(next);
          running--;
          if (answer.failure == null) {
            unrecorded.add(answer.number);
            sent++;
          } else {
            failures.add(answer.failure);
          }
        }
        // After the last part, the caller closes the whole step instead.
        if (!unrecorded.isEmpty()
            && sent < open.size()
            && progress.recordAccepted(Set.copyOf(unrecorded), plan)) {
          unrecorded.clear();
        }
      }
    }
  }

  /// Sends a part. After a server error, it is sent again with one possible duplicate more, so that
  /// the metric explains a count that is too high.
  ///
  /// Without an answer it is not sent again: a service that is slow would accept each attempt. The
  /// next invocation sends it, when the service may have recovered.
  private Answer send(MetricPart part, MetricProgress progress, Runnable ensureTime) {
    boolean mayBeAccepted = false;
    for (int attempt = 1; ; attempt++) {
      try {
        ensureTime.run();
        long possibleDuplicates = part.possibleDuplicates() + (mayBeAccepted ? 1 : 0);
        client.putMetricData(
            MetricRequest.of(
                    part.withPossibleDuplicates(possibleDuplicates), namespace, clock.instant())
                .toBuilder()
                .overrideConfiguration(call -> call.apiCallTimeout(progress.longestAnswer()))
                .build());
        return new Answer(part.number(), null);
      } catch (PublishFailedException e) { // no time
        return failure(part, e.getMessage(), null, mayBeAccepted);
      } catch (SdkException e) {
        mayBeAccepted |= !Refusals.isCertain(e);
        if (!Refusals.isServerError(e) || attempt == MOST_ATTEMPTS) {
          return failure(part, ClientErrors.messageOf(e), e, mayBeAccepted);
        }
        pause();
      }
    }
  }

  private static Answer failure(
      MetricPart part, @Nullable String why, @Nullable Exception cause, boolean mayBeAccepted) {
    return new Answer(
        part.number(),
        new PublishFailedException(String.valueOf(why), cause, mayBeAccepted ? 1 : 0));
  }

  private PublishFailedException failed(int sent, int all, List<PublishFailedException> failures) {
    PublishFailedException first = failures.getFirst();
    PublishFailedException failed =
        new PublishFailedException(
            "CloudWatch PutMetricData, namespace %s: %d of %d requests sent, then: %s"
                .formatted(namespace, sent, all, first.getMessage()),
            first.getCause(),
            failures.stream().mapToInt(PublishFailedException::possibleDuplicates).sum());
    failures.stream().skip(1).forEach(failed::addSuppressed);
    return failed;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the next attempt fails because of it
    }
  }

  /// Waits for an answer, even if the thread is interrupted: requests that were sent end in time,
  /// and the accepted ones must be recorded.
  private static Future<Answer> await(CompletionService<Answer> answers) {
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          return answers.take();
        } catch (InterruptedException _) {
          isInterrupted = true;
        }
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Answer resultOf(Future<Answer> done) {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("PutMetricData: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError("a completed future does not wait", e);
    }
  }

  /// The result of sending a part.
  ///
  /// @param failure `null` if the part was accepted
  private record Answer(int number, @Nullable PublishFailedException failure) {}
}
