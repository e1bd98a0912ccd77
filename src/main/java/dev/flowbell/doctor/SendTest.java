package dev.flowbell.doctor;

import dev.flowbell.judge.Thresholds;
import dev.flowbell.metric.Metric;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.s3.S3Exception;
import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.settings.Settings;
import dev.flowbell.settings.SourceChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceAlreadyExistsException;

/// Checks that a rejected flow reaches the metric and the topic: puts synthetic records into the
/// log group or, as a file, into the bucket, where they are processed like real ones, and waits.
///
/// **How many records.** One is enough for the metric. A notification needs as many as the
/// function's lowest threshold, so the test sends that many, each with another destination port.
///
/// **How the test recognizes them.** A metric's timestamp is the minute in which the flow ended.
/// The records say that they ended 150 minutes ago. All real records of that minute have been
/// delivered, so an increase in that minute comes from the test. The age is below 180 minutes,
/// because CloudWatch may take two hours to show older data, and above the hour that the template's
/// alarms evaluate. `AlertsSent` has the minute of arrival as its timestamp, so a real alert in
/// that minute looks like the test's; the address in the notification shows which it was.
///
/// **What remains.** The records, in a log stream of their own, until the log group's retention
/// ends, or the file; the counts; and, with dimensions such as `InterfaceId`, a series for the
/// synthetic interface. Each test uses another source address, because a cooldown would suppress
/// the second test's notification.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html">PutMetricData</a>
final class SendTest implements Check {
  /// The synthetic records' log stream.
  static final String STREAM = "flowbell-doctor";

  /// How long ago the synthetic flows ended. The page above was read 2026-11-23.
  static final Duration AGE = Duration.ofMinutes(150);

  /// The most records that the test sends. This many short records reach the function as one
  /// payload.
  static final int MOST_RECORDS = 1000;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
  private static final Duration PERIOD = Duration.ofMinutes(1);

  /// The networks of source addresses, from RFC 5737. The last address of the first is the target.
  private static final List<String> NETWORKS = List.of("192.0.2.", "198.51.100.", "203.0.113.");

  /// The thresholds that synthetic records can reach, and the fields that they need.
  private static final Map<Thresholds.Name, Set<FlowField>> NEEDS =
      Map.of(
          Thresholds.Name.OUTSIDE_SCAN_PORTS,
          EnumSet.of(FlowField.ACTION, FlowField.DSTADDR, FlowField.DSTPORT),
          Thresholds.Name.REJECTS,
          EnumSet.of(FlowField.ACTION, FlowField.DSTADDR, FlowField.DSTPORT));

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final InstantSource clock;
  private final Pause pause;
  private final RandomGenerator random;
  private final Duration timeout;
  private final Consumer<String> progress;

  /// Waits.
  @FunctionalInterface
  interface Pause {
    /// Waits for a time.
    void last(Duration duration) throws InterruptedException;
  }

  SendTest(
      InstantSource clock,
      Pause pause,
      RandomGenerator random,
      Duration timeout,
      Consumer<String> progress) {
    this.clock = clock;
    this.pause = pause;
    this.random = random;
    this.timeout = timeout;
    this.progress = progress;
  }

  @Override
  public String name() {
    return "test";
  }

  @Override
  public List<String> actions() {
    return List.of(
        "lambda:GetFunctionConfiguration",
        "ec2:DescribeFlowLogs",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:FilterLogEvents",
        "s3:PutObject",
        CloudWatchMetric.ACTION);
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    Plan plan;
    try {
      plan = plan(deployment);
    } catch (InvalidSettingsException _) {
      return List.of(
          Finding.skipped(name(), "nothing was sent", "see settings: the function does not start"));
    }
    Way way = findWay(plan, deployment);
    if (way == null) {
      boolean isLeftOut = isThere(Way.LOG_GROUP, deployment) || isThere(Way.BUCKET, deployment);
      return List.of(
          Finding.skipped(
              name(),
              "nothing was sent",
              isLeftOut && plan.minute != null
                  ? "records that end at %s don't count: see BucketFrom and BucketUntil"
                      .formatted(MINUTE.format(plan.minute))
                  : "the stack has neither a log group nor a bucket to write into"));
    }
    try {
      return run(plan, way, deployment);
    } catch (S3Exception e) {
      return List.of(
          Finding.skipped(name(), "could not write the file", String.valueOf(e.getMessage())));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return List.of(
          Finding.skipped(name(), "interrupted", "the records sent are still processed"));
    }
  }

  private Plan plan(Deployment deployment) {
    Settings settings = deployment.settings();
    RecordFormat format = deployment.formats().getFirst();
    Set<FlowField> fields = format.fields();
    boolean namesSource =
        fields.contains(FlowField.SRCADDR) || fields.contains(FlowField.PKT_SRCADDR);
    Thresholds.Name rule = null;
    int records = MOST_RECORDS;
    for (Thresholds.Name each : NEEDS.keySet().stream().sorted().toList()) {
      int threshold = settings.alertPolicy().thresholds().values().getOrDefault(each, 0);
      boolean canRing =
          settings.topicArn() != null
              && namesSource
              && fields.containsAll(NEEDS.get(each))
              && threshold > 0;
      if (canRing && (rule == null ? threshold <= records : threshold < records)) {
        rule = each;
        records = threshold;
      }
    }
    String source = NETWORKS.get(random.nextInt(NETWORKS.size())) + random.nextInt(1, 255);
    Instant now = clock.instant();
    Instant minute = now.minus(AGE).truncatedTo(ChronoUnit.MINUTES);
    boolean isDated = fields.contains(FlowField.START) || fields.contains(FlowField.END);
    return new Plan(
        new SyntheticRejects(format, deployment, source, minute.plus(PERIOD).minusSeconds(1)),
        rule == null ? 1 : records,
        rule,
        settings.namespace(),
        fields.contains(FlowField.ACTION) ? Metric.REJECTED_FLOWS : Metric.RECORDS,
        now.truncatedTo(ChronoUnit.MINUTES),
        // Records without a time count at their arrival, together with real ones.
        isDated ? minute : null);
  }

  private List<Finding> run(Plan plan, Way way, Deployment deployment)
      throws InterruptedException, S3Exception {
    double countedBefore = counted(plan, deployment);
    double alertsBefore = alertsSent(plan, deployment);
    switch (way) {
      case LOG_GROUP -> putLogEvents(plan, deployment);
      case BUCKET -> putFile(plan, deployment);
    }
    Instant sent = clock.instant();
    Instant deadline = sent.plus(timeout);
    progress.accept(
        "sent %s, waiting up to %d s for %s"
            .formatted(plan.words(), timeout.toSeconds(), plan.metric.awsName()));
    boolean isCounted = false;
    boolean isNotified = plan.rule == null;
    long countedAfter = 0;
    long alerts = 0;
    while (true) {
      if (!isCounted && counted(plan, deployment) - countedBefore >= plan.count) {
        isCounted = true;
        countedAfter = Duration.between(sent, clock.instant()).toSeconds();
        progress.accept("counted after %d s".formatted(countedAfter));
      }
      if (!isNotified) {
        alerts = Math.round(alertsSent(plan, deployment) - alertsBefore);
        isNotified = alerts > 0;
      }
      if ((isCounted && isNotified) || !clock.instant().isBefore(deadline)) {
        break;
      }
      pause.last(BETWEEN_LOOKS);
    }
    String failure = findFailure(sent, deployment);
    List<Finding> findings = new ArrayList<>();
    findings.add(metric(plan, isCounted, countedAfter, failure, deployment));
    findings.add(notification(plan, isNotified, alerts, failure, deployment));
    return findings;
  }

  /// Returns where to write the records, `null` if they would count nowhere.
  private static @Nullable Way findWay(Plan plan, Deployment deployment) {
    SourceChange change = deployment.settings().sourceChange();
    for (Way way : Way.values()) {
      boolean isCounted =
          change == null
              || plan.minute == null
              || change.includes(plan.minute.getEpochSecond(), way == Way.BUCKET);
      if (isThere(way, deployment) && isCounted) {
        return way;
      }
    }
    return null;
  }

  private static boolean isThere(Way way, Deployment deployment) {
    return switch (way) {
      case LOG_GROUP -> deployment.usesLogGroup();
      case BUCKET -> deployment.has(Deployment.FILE_MAPPING);
    };
  }

  private void putFile(Plan plan, Deployment deployment) throws S3Exception {
    List<String> lines = new ArrayList<>();
    lines.add(plan.rejects.format().toHeader());
    lines.addAll(plan.rejects.lines(plan.count));
    deployment.putObject(
        deployment.bucketName(),
        "%s%s/%d.log.gz".formatted(deployment.parameter("BucketPrefix"), STREAM, clock.millis()),
        gzip(String.join("\n", lines) + "\n"));
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory doesn't fail
    }
    return bytes.toByteArray();
  }

  private void putLogEvents(Plan plan, Deployment deployment) {
    String groupName = deployment.logGroupName();
    try {
      deployment
          .aws()
          .logs()
          .createLogStream(ask -> ask.logGroupName(groupName).logStreamName(STREAM));
    } catch (ResourceAlreadyExistsException _) {
      // from the test before
    }
    long now = clock.millis();
    List<InputLogEvent> events =
        plan.rejects.lines(plan.count).stream()
            .map(line -> InputLogEvent.builder().timestamp(now).message(line).build())
            .toList();
    deployment
        .aws()
        .logs()
        .putLogEvents(put -> put.logGroupName(groupName).logStreamName(STREAM).logEvents(events));
  }

  private double counted(Plan plan, Deployment deployment) {
    return plan.minute == null
        ? sum(plan, plan.metric, plan.start, endOfThisMinute(), deployment)
        : sum(plan, plan.metric, plan.minute, plan.minute.plus(PERIOD), deployment);
  }

  private double alertsSent(Plan plan, Deployment deployment) {
    return sum(plan, Metric.ALERTS_SENT, plan.start, endOfThisMinute(), deployment);
  }

  private Instant endOfThisMinute() {
    return clock.instant().truncatedTo(ChronoUnit.MINUTES).plus(PERIOD);
  }

  private static double sum(
      Plan plan, Metric metric, Instant from, Instant to, Deployment deployment) {
    return new CloudWatchMetric(plan.namespace, metric.awsName(), List.of())
        .values("Sum", PERIOD, from, to, deployment)
        .sum();
  }

  /// Returns the function's log line about a step that failed since then. `AlertsSent` alone does
  /// not prove that a notification was sent: the metric is published before the notification.
  private static @Nullable String findFailure(Instant since, Deployment deployment) {
    String groupName = deployment.findId(Deployment.FUNCTION_LOG_GROUP);
    if (groupName == null) {
      return null;
    }
    try {
      return deployment
          .aws()
          .logs()
          .filterLogEventsPaginator(
              ask ->
                  ask.logGroupName(groupName)
                      .startTime(since.toEpochMilli())
                      .filterPattern("\"NOT done\""))
          .events()
          .stream()
          .findFirst()
          .map(FilteredLogEvent::message)
          .orElse(null);
    } catch (AwsServiceException e) {
      if (AwsErrors.isDenied(e) || AwsErrors.isNotFound(e)) {
        return null;
      }
      throw e;
    }
  }

  private Finding metric(
      Plan plan, boolean isCounted, long seconds, @Nullable String failure, Deployment deployment) {
    if (isCounted) {
      return Finding.ok(
          "test: metric",
          "%s raised %s at %s after %d s"
              .formatted(
                  plan.words(),
                  plan.metric.awsName(),
                  MINUTE.format(plan.minute == null ? plan.start : plan.minute),
                  seconds));
    }
    return Finding.problem(
        "test: metric",
        "%s did not raise %s within %d s"
            .formatted(plan.words(), plan.metric.awsName(), timeout.toSeconds()),
        words(failure, "metrics"),
        tail(deployment));
  }

  private Finding notification(
      Plan plan, boolean isNotified, long alerts, @Nullable String failure, Deployment deployment) {
    if (plan.rule == null) {
      return Finding.warning(
          "test: notification",
          "not tried",
          "without a topic, with every threshold 0 or above %d, or with a format that names neither"
                  .formatted(MOST_RECORDS)
              + " action nor source, the function sends no notification about rejected flows",
          null);
    }
    boolean isRefused = failure != null && failure.contains("alerts: NOT done");
    if (isNotified && !isRefused) {
      return Finding.ok(
          "test: notification",
          "AlertsSent rose by %d (%s at %d): look for a mail from %s that names %s"
              .formatted(
                  alerts,
                  plan.rule.key(),
                  plan.count,
                  deployment.id(Deployment.TOPIC),
                  plan.rejects.source()));
    }
    return Finding.problem(
        "test: notification",
        isRefused
            ? "the function could not publish it"
            : "AlertsSent did not rise within %d s".formatted(timeout.toSeconds()),
        words(failure, "alerts"),
        tail(deployment));
  }

  /// Returns the part of the log line about a step. The line may be long, and may be JSON.
  private static String words(@Nullable String failure, String step) {
    String mark = step + ": NOT done, ";
    int start = failure == null ? -1 : failure.indexOf(mark);
    if (failure == null || start < 0) {
      return "see the findings above, and the function's log";
    }
    String words = failure.substring(start + mark.length()).lines().findFirst().orElse("");
    int end = words.indexOf("\\n") < 0 ? words.length() : words.indexOf("\\n");
    return words.substring(0, Math.min(end, 300));
  }

  private static @Nullable String tail(Deployment deployment) {
    String groupName = deployment.findId(Deployment.FUNCTION_LOG_GROUP);
    return groupName == null
        ? null
        : "aws logs tail %s --since 10m --region %s".formatted(groupName, deployment.region());
  }

  /// What the records are written into, the first choice first.
  private enum Way {
    LOG_GROUP,
    BUCKET
  }

  /// What the test sends, and what it expects.
  ///
  /// @param count how many records
  /// @param rule the rule that the records ring, `null` for none
  /// @param metric the metric that they increase
  /// @param start the minute in which the test begins
  /// @param minute the minute in which they are counted, `null` for the minute of their arrival
  private record Plan(
      SyntheticRejects rejects,
      int count,
      Thresholds.@Nullable Name rule,
      String namespace,
      Metric metric,
      Instant start,
      @Nullable Instant minute) {
    String words() {
      return "%d rejected flow%s from %s".formatted(count, count == 1 ? "" : "s", rejects.source());
    }
  }
}
