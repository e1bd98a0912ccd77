package dev.flowbell.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.metric.Metric;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import dev.flowbell.testing.doubles.FakeAccount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutLogEventsRequest;

class SendTestTest {
  /// 150 minutes before the fake account's current time.
  private static final Instant MINUTE = Instant.parse("2026-11-23T04:30:00Z");

  private static final Instant THIS_MINUTE = Instant.parse("2026-11-23T07:00:00Z");

  /// The source address that the seed below gives.
  private static final String SOURCE = "192.0.2.225";

  private final FakeAccount account = new FakeAccount();
  private final List<String> progress = new ArrayList<>();
  private Instant now = FakeAccount.NOW;

  @Test
  void examine_metricAndNotificationArrive() {
    // Earlier values don't count. The metric takes 10 s to arrive, and the notification 20 s.
    account.metricSums =
        (metric, from) ->
            switch (metric) {
              case "RejectedFlows" -> from.equals(MINUTE) ? 300 + (isAfter(10) ? 100 : 0) : -1;
              case "AlertsSent" -> from.equals(THIS_MINUTE) ? 7 + (isAfter(20) ? 2 : 0) : -1;
              default -> -1;
            };

    List<Finding> findings = run();

    assertThat(findings)
        .containsExactly(
            Finding.ok(
                "test: metric",
                "100 rejected flows from %s raised RejectedFlows at 2026-11-23 04:30 UTC after 10 s"
                    .formatted(SOURCE)),
            Finding.ok(
                "test: notification",
                "AlertsSent rose by 2 (outside-scan-ports at 100): look for a mail from %s that names %s"
                    .formatted(FakeAccount.TOPIC_ARN, SOURCE)));
    assertThat(progress)
        .containsExactly(
            "sent 100 rejected flows from %s, waiting up to 60 s for RejectedFlows"
                .formatted(SOURCE),
            "counted after 10 s");
    assertThat(now).as("no longer than needed").isEqualTo(FakeAccount.NOW.plusSeconds(20));
  }

  @Test
  void examine_sendsRecordsThatTheFunctionReads() {
    run();

    PutLogEventsRequest put = account.put().getFirst();
    assertThat(put.logGroupName()).isEqualTo(FakeAccount.GROUP);
    assertThat(put.logStreamName()).isEqualTo("flowbell-doctor");
    assertThat(put.logEvents())
        .extracting(InputLogEvent::timestamp)
        .containsOnly(FakeAccount.NOW.toEpochMilli());
    assertThat(put.logEvents().getFirst().message())
        .isEqualTo(
            "2 123456789012 eni-00000000000000000 %s 192.0.2.255 50000 1 6 1 60 1795408200"
                    .formatted(SOURCE)
                + " 1795408259 REJECT OK");
    assertThat(ports(put)).hasSize(100);
  }

  @Test
  void lines_everyFieldThatFlowbellReads() {
    RecordFormat format = RecordFormat.FLOWBELL;
    String line =
        new SyntheticRejects(
                format, Deployments.in(account), SOURCE, Instant.ofEpochSecond(1_795_408_259))
            .lines(1)
            .getFirst();

    assertThat(line)
        .isEqualTo(
            "8 123456789012 vpc-00000000000000000 subnet-00000000000000000"
                + " i-00000000000000000 eni-00000000000000000 "
                + SOURCE
                + " 192.0.2.255 50000 1 6 1 60 1795408200 1795408259 REJECT OK 2 IPv4 "
                + SOURCE
                + " 192.0.2.255 eu-west-1 - ingress - -");
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    assertThat(new RecordParser(List.of(format)).parse(bytes, 0, bytes.length, new FlowRecord()))
        .isNull();
  }

  @Test
  void examine_secondTestUsesTheSameStream() {
    run();
    run();

    assertThat(account.put())
        .extracting(PutLogEventsRequest::logStreamName)
        .containsExactly("flowbell-doctor", "flowbell-doctor");
  }

  @Test
  void examine_nothingArrives() {
    account.metricSums = (_, _) -> 5;

    assertThat(run())
        .containsExactly(
            Finding.problem(
                "test: metric",
                "100 rejected flows from %s did not raise RejectedFlows within 60 s"
                    .formatted(SOURCE),
                "see the findings above, and the function's log",
                TAIL),
            Finding.problem(
                "test: notification",
                "AlertsSent did not rise within 60 s",
                "see the findings above, and the function's log",
                TAIL));
    assertThat(now).isEqualTo(FakeAccount.NOW.plusSeconds(60));
  }

  /// `AlertsSent` is published before the notification, so it alone proves nothing.
  @Test
  void examine_functionMayNotPublish() {
    account.metricSums = (_, _) -> isAfter(5) ? 100 : 0;
    account.functionLog =
        List.of(
            "{\"errorMessage\":\"metrics: done; alerts: NOT done, SNS Publish, topic x: not sent:"
                + " denied\\nmore\"}");

    assertThat(run())
        .containsExactly(
            Finding.ok(
                "test: metric",
                "100 rejected flows from %s raised RejectedFlows at 2026-11-23 04:30 UTC after 5 s"
                    .formatted(SOURCE)),
            Finding.problem(
                "test: notification",
                "the function could not publish it",
                "SNS Publish, topic x: not sent: denied",
                TAIL));
  }

  @Test
  void examine_functionLogMayNotBeRead() {
    account.metricSums = (_, _) -> isAfter(5) ? 100 : 0;
    account.deny("logs:FilterLogEvents");

    assertThat(run()).extracting(Finding::verdict).containsExactly(Verdict.OK, Verdict.OK);
  }

  @Test
  void examine_noNotificationWithoutATopic() {
    account.environment.remove("ALERT_TOPIC_ARN");
    account.metricSums = (_, _) -> isAfter(5) ? 1 : 0;

    assertThat(run())
        .containsExactly(
            Finding.ok(
                "test: metric",
                "1 rejected flow from %s raised RejectedFlows at 2026-11-23 04:30 UTC after 5 s"
                    .formatted(SOURCE)),
            Finding.warning(
                "test: notification",
                "not tried",
                "without a topic, with every threshold 0 or above 1000, or with a format that names"
                    + " neither action nor source, the function sends no notification about"
                    + " rejected flows",
                null));
  }

  @Test
  void examine_asManyAsTheLowestThreshold() {
    account.environment.put("ALERT_THRESHOLDS", "rejects=20");

    run();

    assertThat(account.put().getFirst().logEvents()).hasSize(20);
  }

  /// Without a destination there is no rule that the records could ring.
  @Test
  void examine_oneWhereTheFormatAllowsNoRule() {
    account.environment.put(
        "LOG_FORMAT", "${srcaddr} ${action} ${protocol} ${tcp-flags} ${end} ${log-status}");

    run();

    assertThat(account.put().getFirst().logEvents()).hasSize(1);
  }

  /// Records without a time count at their arrival.
  @Test
  void examine_formatWithoutTimeAndAction() {
    account.environment.put("LOG_FORMAT", "${srcaddr} ${dstaddr}");
    account.metricSums =
        (metric, from) ->
            metric.equals(Metric.RECORDS.awsName()) && from.equals(THIS_MINUTE) && isAfter(5)
                ? 1
                : 0;

    assertThat(run().getFirst())
        .isEqualTo(
            Finding.ok(
                "test: metric",
                "1 rejected flow from %s raised Records at 2026-11-23 07:00 UTC after 5 s"
                    .formatted(SOURCE)));
  }

  /// The records of the test ended at 04:30, two and a half hours ago.
  @ParameterizedTest
  @CsvSource({
    "2026-11-23T04:31Z log-groups, false",
    "2026-11-23T04:30Z log-groups, true",
    "2026-11-23T04:31Z bucket, true",
    "2026-11-23T04:30Z bucket, false"
  })
  void examine_sourceChange(String change, boolean isSent) {
    account.environment.put("SOURCE_CHANGE", change);

    Finding skipped =
        Finding.skipped(
            "test",
            "nothing was sent",
            "records that end at 2026-11-23 04:30 UTC don't count: see BucketFrom and BucketUntil");
    assertThat(run().contains(skipped)).isEqualTo(!isSent);
  }

  @Test
  void examine_bucket() throws IOException {
    account.readsFiles();
    account.parameters.put("BucketPrefix", "flow-logs/");

    run();

    assertThat(account.put()).isEmpty();
    assertThat(account.files().keySet())
        .containsExactly("flowbell-flowlogbucket-1/flow-logs/flowbell-doctor/1795417230000.log.gz");
    String text =
        new String(
            new GZIPInputStream(
                    new ByteArrayInputStream(account.files().values().iterator().next()))
                .readAllBytes(),
            StandardCharsets.UTF_8);
    assertThat(text.lines().limit(2))
        .containsExactly(
            "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes"
                + " start end action log-status",
            "2 123456789012 eni-00000000000000000 %s 192.0.2.255 50000 1 6 1 60 1795408200"
                    .formatted(SOURCE)
                + " 1795408259 REJECT OK");
    assertThat(text.lines()).hasSize(101);
  }

  /// While both are read, the one that counts records of that time gets them.
  @Test
  void examine_bucketThatTakesOver() {
    account.resource("FileMapping", "AWS::Lambda::EventSourceMapping", "mapping-of-files");
    account.resource("FlowLogBucket", "AWS::S3::Bucket", "flowbell-flowlogbucket-1");
    account.environment.put("SOURCE_CHANGE", "2026-11-23T04:30Z bucket");

    run();

    assertThat(account.put()).isEmpty();
    assertThat(account.files()).hasSize(1);
  }

  @Test
  void examine_membersAlone() {
    account.readsStream();
    List.of("FlowLogGroup", "SubscriptionFilter").forEach(account.resources::remove);

    assertThat(run())
        .containsExactly(
            Finding.skipped(
                "test",
                "nothing was sent",
                "the stack has neither a log group nor a bucket to write into"));
  }

  @Test
  void examine_wrongSettings() {
    account.environment.put("LOG_FORMAT", "wrong");

    assertThat(run())
        .containsExactly(
            Finding.skipped(
                "test", "nothing was sent", "see settings: the function does not start"));
    assertThat(account.put()).isEmpty();
  }

  @Test
  void examine_mayNotPut() {
    account.deny("logs:PutLogEvents");

    assertThat(run())
        .containsExactly(
            Finding.skipped(
                "test", "not allowed to ask", "needs the permission logs:PutLogEvents"));
  }

  @Test
  void examine_interrupted() {
    List<Finding> findings =
        Doctor.examine(
            test(
                _ -> {
                  throw new InterruptedException();
                }),
            Deployments.in(account));

    assertThat(findings)
        .containsExactly(
            Finding.skipped("test", "interrupted", "the records sent are still processed"));
    assertThat(Thread.interrupted()).as("the interruption is passed on").isTrue();
  }

  @Test
  void actions_areThoseUsed() {
    account.environment.put("LOG_FORMAT", "auto");

    run();
    account.environment.remove("LOG_FORMAT");
    account.readsFiles();
    run();

    Set<String> asked = new HashSet<>(account.actions());
    asked.removeAll(Set.of("cloudformation:DescribeStacks", "cloudformation:ListStackResources"));
    assertThat(test(_ -> {}).actions()).containsExactlyInAnyOrderElementsOf(asked);
  }

  private static final String TAIL =
      "aws logs tail /aws/lambda/flowbell --since 10m --region eu-west-1";

  private List<Finding> run() {
    return Doctor.examine(test(pause -> now = now.plus(pause)), Deployments.in(account));
  }

  private SendTest test(SendTest.Pause pause) {
    return new SendTest(() -> now, pause, new Random(1), Duration.ofSeconds(60), progress::add);
  }

  private boolean isAfter(int seconds) {
    return !now.isBefore(FakeAccount.NOW.plusSeconds(seconds));
  }

  private static Set<Long> ports(PutLogEventsRequest put) {
    RecordParser parser = new RecordParser(List.of(RecordFormat.DEFAULT));
    Set<Long> ports = new HashSet<>();
    for (InputLogEvent event : put.logEvents()) {
      byte[] line = event.message().getBytes(StandardCharsets.UTF_8);
      FlowRecord record = new FlowRecord();
      assertThat(parser.parse(line, 0, line.length, record)).isNull();
      assertThat(record.text(FlowField.ACTION)).isEqualTo("REJECT");
      ports.add(record.destinationPort());
    }
    return ports;
  }
}
