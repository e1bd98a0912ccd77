package dev.flowbell.publish;

import dev.flowbell.aws.AwsClients;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.aws.Refusals;
import dev.flowbell.summary.FlowSummary;
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

/// Publishes counts as CloudWatch metrics. A payload's counts are one request nearly always; where
/// they are several, these go side by side.
public final class CloudWatchMetricPublisher implements MetricPublisher {
  /// How often one request is sent whose answer stays out.
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

  /// @param client one that doesn't repeat what is in doubt; stays the caller's to close
  public CloudWatchMetricPublisher(CloudWatchClient client, String namespace, InstantSource clock) {
    this.client = client;
    this.namespace = namespace;
    this.clock = clock;
  }

  @Override
  public void publish(FlowSummary summary, MetricProgress progress) {
    List<MetricRequest> open = MetricRequests.open(summary, namespace, clock.instant(), progress);
    List<PublishFailedException> failures = new ArrayList<>();
    int sent = open.size();
    if (open.size() > 1) {
      sent = sendSideBySide(open, progress, failures);
    } else if (!open.isEmpty()) { // without a thread, which is a start's time
      PublishFailedException failure = send(open.getFirst(), true, progress).failure;
      if (failure != null) {
        sent = 0;
        failures.add(failure);
      }
    }
    if (!failures.isEmpty()) {
      int before = progress.taken().size();
      throw failed(before + sent, before + open.size(), failures);
    }
  }

  /// Sends requests, at most [MetricProgress#MOST_UNDER_WAY] at once, and notes each when it was
  /// taken, those taken meanwhile along with it.
  ///
  /// One that fails doesn't keep the others from going, but stays under way, as far as their number
  /// goes: if this run is cut off, the next one knows that not more than so many may have been
  /// taken that aren't noted.
  ///
  /// @param failures gets those of requests
  /// @return how many were taken
  private int sendSideBySide(
      List<MetricRequest> open, MetricProgress progress, List<PublishFailedException> failures) {
    Deque<MetricRequest> waiting = new ArrayDeque<>(open);
    int sent = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletionService<Answer> answers = new ExecutorCompletionService<>(threads);
      int underWay = 0;
      while (true) {
        while (!waiting.isEmpty() && underWay + failures.size() < MetricProgress.MOST_UNDER_WAY) {
          MetricRequest request = waiting.remove();
          answers.submit(() -> send(request, false, progress));
          underWay++;
        }
        if (underWay == 0) {
          return sent;
        }
        Set<Integer> taken = new TreeSet<>();
        for (Future<Answer> next = await(answers); next != null; next = answers.poll()) {
          Answer answer = resultOf(next);
          underWay--;
          if (answer.failure == null) {
            taken.add(answer.number);
          } else {
            failures.add(answer.failure);
          }
        }
        sent += taken.size();
        if (!taken.isEmpty() && sent < open.size()) { // else the whole step is noted
          progress.note(taken);
        }
      }
    }
  }

  /// What may have been taken is sent again with one possible duplicate more, so that whoever sees
  /// a count too high sees why.
  private Answer send(MetricRequest request, boolean isAlone, MetricProgress progress) {
    boolean isInDoubt = false;
    for (int attempt = 1; ; attempt++) {
      try {
        progress.beforeRequest(isAlone);
        client.putMetricData(request.toSend(isInDoubt, clock.instant()));
        return new Answer(request.number(), null);
      } catch (PublishFailedException e) { // no time
        return failure(request, e.getMessage(), null, isInDoubt);
      } catch (SdkException e) {
        boolean isRefused = Refusals.isCertain(e);
        isInDoubt |= !isRefused;
        if (isRefused || attempt == MOST_ATTEMPTS) {
          return failure(request, e.getMessage(), e, isInDoubt);
        }
        pause();
      }
    }
  }

  private static Answer failure(
      MetricRequest request, @Nullable String why, @Nullable Exception cause, boolean isInDoubt) {
    return new Answer(
        request.number(),
        new PublishFailedException(String.valueOf(why), cause, isInDoubt ? 1 : 0));
  }

  private PublishFailedException failed(int sent, int all, List<PublishFailedException> failures) {
    PublishFailedException first = failures.getFirst();
    PublishFailedException failed =
        new PublishFailedException(
            "CloudWatch PutMetricData, namespace %s: %d of %d requests sent, then: %s"
                .formatted(namespace, sent, all, first.getMessage()),
            first.getCause(),
            failures.stream().mapToInt(PublishFailedException::doubts).sum());
    failures.stream().skip(1).forEach(failed::addSuppressed);
    return failed;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // which the next call sees
    }
  }

  /// Waits, whoever interrupts: what is under way ends in time, and what it came to must be noted.
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
      throw new AssertionError("it is done, and nobody waits", e);
    }
  }

  /// What came of a request.
  ///
  /// @param failure `null` where it was taken
  private record Answer(int number, @Nullable PublishFailedException failure) {}
}
