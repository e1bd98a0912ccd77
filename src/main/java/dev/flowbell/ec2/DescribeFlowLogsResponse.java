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

/// One page of EC2's response.
///
/// Unknown elements are ignored, because EC2 adds new ones over the years.
///
/// @param nextToken requests the next page; `null` on the last page
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html">DescribeFlowLogs</a>
public record DescribeFlowLogsResponse(List<FlowLog> flowLogs, @Nullable String nextToken) {

  /// An error that EC2 returned.
  ///
  /// @param code such as `UnauthorizedOperation`
  record Refusal(String code, String message) {}

  /// Reads a response.
  ///
  /// @throws XMLStreamException if the body is not XML, has another root element or a document
  ///   type, has no list of flow logs, or has an item that is not a valid flow log
  static DescribeFlowLogsResponse parse(String body) throws XMLStreamException {
    XMLStreamReader xml = reader(body);
    xml.nextTag();
    xml.require(XMLStreamConstants.START_ELEMENT, null, "DescribeFlowLogsResponse");
    List<FlowLog> flowLogs = null;
    String nextToken = null;
    while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
      switch (xml.getLocalName()) {
        case "flowLogSet" -> {
          flowLogs = new ArrayList<>();
          while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
            flowLogs.add(parseItem(xml));
          }
        }
        case "nextToken" -> nextToken = xml.getElementText();
        default -> skip(xml);
      }
    }
    if (flowLogs == null) {
      throw new XMLStreamException("expected a flowLogSet", xml.getLocation());
    }
    return new DescribeFlowLogsResponse(
        List.copyOf(flowLogs), nextToken == null || nextToken.isEmpty() ? null : nextToken);
  }

  /// Reads the first error in `<Response><Errors><Error>`.
  ///
  /// @return `null` if there is none, for example in a proxy's response
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
      return null; // for example a load balancer's HTML
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
        default -> skip(xml); // tagSet, destinationOptions, and later additions
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

  /// Makes a reader that refuses document types. EC2 sends none, and without them the body can't
  /// define entities that read files, connect to hosts, or expand without end.
  private static XMLStreamReader reader(String body) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory.createXMLStreamReader(new StringReader(body));
  }
}
