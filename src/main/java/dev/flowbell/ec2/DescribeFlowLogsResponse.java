package dev.flowbell.ec2;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/// One page of EC2's answer, out of its XML.
///
/// Elements that this doesn't know are passed over: EC2 adds some over the years.
///
/// @param nextToken asks for the next page, `null` on the last
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html">DescribeFlowLogs</a>
public record DescribeFlowLogsResponse(List<FlowLog> flowLogs, @Nullable String nextToken) {

  /// What EC2 says instead where it refuses.
  ///
  /// @param code such as `UnauthorizedOperation`
  record Refusal(String code, String message) {}

  /// Reads an answer.
  ///
  /// @throws XMLStreamException where it isn't one: not XML, another root, a document type, or an
  ///   item that no flow log can be made of
  static DescribeFlowLogsResponse parse(String body) throws XMLStreamException {
    XMLStreamReader xml = reader(body);
    xml.nextTag();
    xml.require(XMLStreamConstants.START_ELEMENT, null, "DescribeFlowLogsResponse");
    List<FlowLog> flowLogs = new ArrayList<>();
    String nextToken = null;
    while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
      switch (xml.getLocalName()) {
        case "flowLogSet" -> {
          while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
            flowLogs.add(parseItem(xml));
          }
        }
        case "nextToken" -> nextToken = xml.getElementText();
        default -> skip(xml);
      }
    }
    return new DescribeFlowLogsResponse(
        List.copyOf(flowLogs), nextToken == null || nextToken.isEmpty() ? null : nextToken);
  }

  /// Reads the first error out of `<Response><Errors><Error>`.
  ///
  /// @return `null` where there is none, as in what a proxy answers
  static @Nullable Refusal findRefusal(String body) {
    Map<String, String> texts = new HashMap<>();
    try {
      XMLStreamReader xml = reader(body);
      while (xml.hasNext() && texts.size() < 2) {
        if (xml.next() == XMLStreamConstants.START_ELEMENT
            && (xml.getLocalName().equals("Code") || xml.getLocalName().equals("Message"))) {
          texts.putIfAbsent(xml.getLocalName(), xml.getElementText());
        }
      }
    } catch (XMLStreamException _) {
      return null; // a load balancer's HTML, for one
    }
    return texts.containsKey("Code")
        ? new Refusal(texts.get("Code"), texts.getOrDefault("Message", ""))
        : null;
  }

  private static FlowLog parseItem(XMLStreamReader xml) throws XMLStreamException {
    Map<String, String> texts = new HashMap<>();
    while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
      String name = xml.getLocalName();
      switch (name) {
        case "flowLogId",
            "resourceId",
            "flowLogStatus",
            "deliverLogsStatus",
            "deliverLogsErrorMessage",
            "deliverLogsPermissionArn",
            "logDestinationType",
            "logGroupName",
            "logFormat",
            "maxAggregationInterval",
            "trafficType" -> {
          String text = xml.getElementText();
          if (!text.isEmpty()) {
            texts.put(name, text);
          }
        }
        default -> skip(xml); // tagSet, destinationOptions, and what EC2 adds one day
      }
    }
    String flowLogId = texts.get("flowLogId");
    if (flowLogId == null) {
      throw new XMLStreamException("expected a flowLogId in each item", xml.getLocation());
    }
    return new FlowLog(
        flowLogId,
        texts.get("resourceId"),
        texts.get("flowLogStatus"),
        texts.get("deliverLogsStatus"),
        texts.get("deliverLogsErrorMessage"),
        texts.get("deliverLogsPermissionArn"),
        texts.get("logDestinationType"),
        texts.get("logGroupName"),
        texts.get("logFormat"),
        parseSeconds(texts.get("maxAggregationInterval"), xml),
        texts.get("trafficType"));
  }

  private static @Nullable Integer parseSeconds(@Nullable String text, XMLStreamReader xml)
      throws XMLStreamException {
    try {
      return text == null ? null : Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new XMLStreamException(
          "maxAggregationInterval: expected seconds, got \"" + text + "\"", xml.getLocation(), e);
    }
  }

  private static void skip(XMLStreamReader xml) throws XMLStreamException {
    for (int depth = 1; depth > 0; ) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> depth++;
        case XMLStreamConstants.END_ELEMENT -> depth--;
        default -> {}
      }
    }
  }

  /// EC2 sends no document types; without them there are no entities that name files or hosts, nor
  /// any that blow up.
  private static XMLStreamReader reader(String body) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory.createXMLStreamReader(new StringReader(body));
  }
}
