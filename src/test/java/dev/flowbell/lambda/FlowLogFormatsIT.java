package dev.flowbell.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.flowbell.ec2.Ec2Client;
import dev.flowbell.ec2.FlowLog;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.process.Invocation;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Makes flow logs at a real AWS endpoint, with formats that nobody tells the function.
@ExtendWith(AwsEndpointExtension.class)
final class FlowLogFormatsIT {
  private final AwsEndpoint aws;
  private final String name;

  FlowLogFormatsIT(AwsEndpoint aws) {
    this.aws = aws;
    this.name = aws.uniqueName("flowbell");
  }

  @Test
  void describe_theFlowLogsOfOneLogGroup() throws Exception {
    String vpc = createVpc();
    String otherVpc = createVpc();
    String first = createFlowLog(vpc, name, "ALL", "${srcaddr} ${action}");
    String second = createFlowLog(otherVpc, name, "REJECT", "${action} ${dstport}");
    createFlowLog(vpc, name + "-other", "ACCEPT", "${bytes}");

    List<FlowLog> flowLogs;
    try (Ec2Client client = Ec2Client.create()) {
      flowLogs = client.describe(name);
    }

    assertThat(flowLogs)
        .extracting(
            FlowLog::flowLogId,
            FlowLog::resourceId,
            FlowLog::flowLogStatus,
            FlowLog::logDestinationType,
            FlowLog::logGroupName,
            FlowLog::logFormat,
            FlowLog::trafficType)
        .containsExactlyInAnyOrder(
            tuple(first, vpc, "ACTIVE", "cloud-watch-logs", name, "${srcaddr} ${action}", "ALL"),
            tuple(
                second,
                otherVpc,
                "ACTIVE",
                "cloud-watch-logs",
                name,
                "${action} ${dstport}",
                "REJECT"));
  }

  @Test
  void handleRequest_readsFormatsItWasNeverTold() throws Exception {
    createFlowLog(createVpc(), name, "ALL", "${dstport} ${action} ${interface-id} ${srcaddr}");
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.putAll(Map.of("LOG_FORMAT", "auto", "LOG_GROUP", name, "METRIC_NAMESPACE", name));
    FlowLogsHandler handler = new FlowLogsHandler(environment);
    RecordingContext context = new RecordingContext();

    Map<String, Long> counts =
        Invocation.of(
            handler, event("22 REJECT eni-1 198.51.100.7", "23 ACCEPT eni-1 10.0.7.7"), context);

    assertThat(counts).isEqualTo(Map.of("Records", 2L, "AcceptedFlows", 1L, "RejectedFlows", 1L));

    // Another flow log starts to deliver into the same log group.
    createFlowLog(createVpc(), name, "REJECT", "${action} ${bytes}");
    counts = Invocation.of(handler, event("REJECT 60", "24 REJECT eni-1 198.51.100.7"), context);

    assertThat(counts).isEqualTo(Map.of("Records", 2L, "RejectedFlows", 2L, "RejectedBytes", 60L));
    assertThat(context.lines())
        .noneMatch(line -> line.contains("auto") || line.contains("unreadable"));
  }

  /// A VPC takes one flow log for each log group and kind of traffic.
  private String createVpc() throws Exception {
    return ec2("vpcId", "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16");
  }

  private String createFlowLog(String vpcId, String logGroup, String trafficType, String format)
      throws Exception {
    return ec2(
        "item",
        "Action",
        "CreateFlowLogs",
        "ResourceType",
        "VPC",
        "ResourceId.1",
        vpcId,
        "TrafficType",
        trafficType,
        "LogGroupName",
        logGroup,
        "LogFormat",
        format,
        "DeliverLogsPermissionArn",
        "arn:aws:iam::000000000000:role/flow-logs");
  }

  /// Calls EC2 by its query protocol. Emulators look at the signature only for the service.
  ///
  /// @return the text of the answer's first element of that name
  private String ec2(String element, String... parameters)
      throws IOException, InterruptedException {
    StringBuilder form = new StringBuilder("Version=2016-11-15");
    for (int i = 0; i < parameters.length; i += 2) {
      form.append('&').append(parameters[i]).append('=');
      form.append(URLEncoder.encode(parameters[i + 1], UTF_8));
    }
    HttpRequest request =
        HttpRequest.newBuilder(aws.uri())
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=test/20261122/%s/ec2/aws4_request, SignedHeaders=host, Signature=0"
                    .formatted(aws.environment().get("AWS_REGION")))
            .POST(HttpRequest.BodyPublishers.ofString(form.toString()))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      Matcher text =
          Pattern.compile("<" + element + ">([^<]+)</" + element + ">").matcher(response.body());
      assertThat(text.find()).as(response.body()).isTrue();
      return text.group(1);
    }
  }

  private String event(String... lines) {
    List<LogEvent> events = new ArrayList<>();
    for (String line : lines) {
      events.add(new LogEvent(line, 0, line));
    }
    return new SubscriptionMessage(
            "DATA_MESSAGE", "000000000000", name, "eni-1-all", List.of("Flowbell"), events)
        .toEvent();
  }
}
