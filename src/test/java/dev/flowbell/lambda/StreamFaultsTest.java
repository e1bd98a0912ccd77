package dev.flowbell.lambda;

import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.process.Invocation;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Batches of a stream with faults between the function and AWS. The ledger is in memory;
/// `StreamIT` has one in a table.
class StreamFaultsTest {
  private static final String ENDPOINT_PROPERTY = "aws.endpointUrl";
  private static final int ROUNDS = 30;

  @ParameterizedTest
  @CsvSource({"1, REFUSED", "2, REFUSED", "19, REFUSED", "3, CUT", "4, CUT", "5, CUT"})
  void eachRecordCountsOnce(long seed, StreamScenario.Faults faults) throws Exception {
    try (LoopbackAws aws = LoopbackAws.start();
        FaultProxy proxy = FaultProxy.start(aws.url())) {
      System.setProperty(ENDPOINT_PROPERTY, proxy.uri().toString());
      FlowLogsHandler handler =
          new FlowLogsHandler(
              Map.of(
                  "ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:flowbell",
                  "ALERT_MAIL_LIMIT", "1000",
                  "FAILURE_QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/123456789012/failed"));
      StreamScenario scenario =
          new StreamScenario(
              seed,
              faults,
              "flow-logs-" + seed,
              event -> Invocation.of(handler, event, new RecordingContext()).toString());
      proxy.use(scenario::faultOf);

      scenario.run(ROUNDS);

      scenario.check(
          new NumberedPayloads.Results(
              aws.metricRequests(),
              aws.notifications().stream().map(each -> each.get("Message")).toList(),
              aws.sentMessages()));
    }
  }
}
