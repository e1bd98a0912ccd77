package dev.flowbell.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Checks that Lambda reads the stream, and how long its payloads wait.
final class StreamCheck implements Check {
  /// As the alarm `stream-late`.
  private static final Duration LATE = Duration.ofMinutes(30);

  private static final Duration LOOK_BACK = Duration.ofMinutes(15);

  private final InstantSource clock;

  StreamCheck(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "stream";
  }

  @Override
  public List<String> actions() {
    return List.of(
        MappingFindings.ACTION, "lambda:GetFunctionConfiguration", CloudWatchMetric.ACTION);
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.has(Deployment.STREAM_MAPPING);
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    List<Finding> findings =
        MappingFindings.of(
            name(),
            Deployment.STREAM_MAPPING,
            "payloads wait in the stream, and are lost after its retention",
            deployment);
    if (!findings.isEmpty()) {
      return findings;
    }
    String functionName = deployment.id(Deployment.FUNCTION);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MINUTES);
    double milliseconds =
        CloudWatchMetric.of("AWS/Lambda", "IteratorAge", "FunctionName", functionName)
            .values("Maximum", LOOK_BACK, now.minus(LOOK_BACK), now, deployment)
            .max()
            .orElse(0);
    if (milliseconds >= LATE.toMillis()) {
      return List.of(
          Finding.problem(
              name(),
              "the oldest payload has waited %d min"
                  .formatted(Duration.ofMillis((long) milliseconds).toMinutes()),
              "the function fails, or is too slow for a shard: its log says which. If it is slow,"
                  + " raise MemoryMegabytes or StreamShards",
              AwsCommand.tail(deployment)));
    }
    return List.of(
        Finding.ok(
            name(),
            "%s:%s reads %s".formatted(functionName, Deployment.ALIAS, deployment.streamArn())));
  }
}
