package dev.flowbell.notify;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.PayloadAlert;
import dev.flowbell.judge.SourceAlert;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.Counted;
import dev.flowbell.summary.SourceActivity;
import dev.flowbell.summary.TransportPort;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Writes one alert as a JSON object, for notifications and for the command line's report. What
/// isn't known is `null` and not left out. An alert about a payload ends after `threshold`.
///
/// `docs/alerts.md` describes the keys.
public final class AlertJson {
  private AlertJson() {}

  /// Writes the object.
  public static void write(Alert alert, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("rule", alert.rule().key());
    json.writeStringProperty("severity", alert.severity().key());
    switch (alert) {
      case SourceAlert aboutSource -> {
        SourceActivity activity = aboutSource.activity();
        writeAddress("source", activity.source(), json);
        writeText("sourceScope", AddressScope.of(activity.source()).key(), json);
        writeAddress("maskedBy", activity.maskedBy(), json);
        writeCounts(alert, json);
        writeActivity(activity, json);
      }
      case PayloadAlert _ -> {
        writeAddress("source", null, json);
        writeText("sourceScope", null, json);
        writeAddress("maskedBy", null, json);
        writeCounts(alert, json);
      }
    }
    json.writeEndObject();
  }

  private static void writeCounts(Alert alert, JsonGenerator json) {
    writeText("interfaceId", alert.interfaceId(), json);
    json.writeNumberProperty("flows", alert.flows());
    json.writeNumberProperty("count", alert.count());
    json.writeNumberProperty("threshold", alert.threshold());
  }

  private static void writeActivity(SourceActivity activity, JsonGenerator json) {
    writeText("vpcId", activity.vpcId(), json);
    writeText("subnetId", activity.subnetId(), json);
    writeText("instanceId", activity.instanceId(), json);
    writeText("service", activity.service(), json);
    writeText("flowDirection", activity.flowDirection(), json);
    writeText("rejectReason", activity.rejectReason(), json);
    json.writeNumberProperty("rejects", activity.rejects());
    json.writeNumberProperty("blockedHandshakes", activity.blockedHandshakes());
    json.writeNumberProperty("strays", activity.strays());
    json.writeNumberProperty("natMaskedRejects", activity.natMaskedRejects());
    json.writeNumberProperty("packets", activity.packets());
    json.writeNumberProperty("bytes", activity.bytes());
    json.writeNumberProperty("probedPorts", activity.probedPorts());
    json.writeNumberProperty("probedHosts", activity.probedHosts());
    json.writeArrayPropertyStart("ports");
    for (Counted<TransportPort> port : activity.topPorts()) {
      json.writeStartObject();
      json.writeNumberProperty("port", port.value().number());
      json.writeName("protocol");
      if (port.value().protocol() < 0) {
        json.writeNull();
      } else {
        json.writeNumber(port.value().protocol());
      }
      json.writeNumberProperty("flows", port.count());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("hosts");
    for (Counted<IpAddress> host : activity.topHosts()) {
      json.writeStartObject();
      json.writeStringProperty("address", host.value().toString());
      json.writeNumberProperty("flows", host.count());
      json.writeEndObject();
    }
    json.writeEndArray();
    writeTime("first", activity.first(), json);
    writeTime("last", activity.last(), json);
  }

  /// Writes a text as the record has it: JSON's escapes make it harmless.
  static void writeText(String key, @Nullable String text, JsonGenerator json) {
    if (text == null) {
      json.writeNullProperty(key);
    } else {
      json.writeStringProperty(key, text);
    }
  }

  /// Writes a time as ISO 8601 in UTC.
  static void writeTime(String key, @Nullable Instant time, JsonGenerator json) {
    writeText(key, time == null ? null : time.toString(), json);
  }

  private static void writeAddress(String key, @Nullable IpAddress address, JsonGenerator json) {
    writeText(key, address == null ? null : address.toString(), json);
  }
}
