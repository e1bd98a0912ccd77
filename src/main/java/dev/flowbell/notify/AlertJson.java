package dev.flowbell.notify;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Count;
import dev.flowbell.record.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Alerts as JSON. The schema is in `docs/alert.schema.json`.
///
/// Every alert has every key. What does not apply to its kind is `null`. The names of the numbers
/// that may be higher are in `atLeast`.
public final class AlertJson {
  /// The name of the schema. It changes when a key goes away or changes its meaning.
  static final String SCHEMA = "flowbell-alert-2";

  /// The network interface in the records of `doctor --send-test`. No real interface has this id.
  private static final String TEST_INTERFACE = "eni-00000000000000000";

  private AlertJson() {}

  /// Returns whether an alert is about the records of `doctor --send-test`.
  public static boolean isTest(Alert alert) {
    return TEST_INTERFACE.equals(factsOf(alert).place.interfaceId());
  }

  /// Writes one alert without a record that shows it.
  public static void write(Alert alert, JsonGenerator json) {
    write(alert, Background.NONE, json);
  }

  /// Writes one alert.
  ///
  /// @param background what is known besides
  static void write(Alert alert, Background background, JsonGenerator json) {
    Facts facts = factsOf(alert);
    json.writeStartObject();
    json.writeStringProperty("rule", alert.rule().key());
    json.writeStringProperty("severity", alert.severity().key());
    if (facts.logGroup == null) {
      json.writeStringProperty("key", alert.key());
    } else {
      writeChosenText("key", alert.key(), json); // it has the group's name
    }
    json.writeStringProperty(
        "occasion", alert.occasion().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.writeBooleanProperty("isTest", isTest(alert));
    writeText("source", facts.source == null ? null : facts.source.toString(), json);
    writeText(
        "sourceScope", facts.source == null ? null : AddressScope.of(facts.source).key(), json);
    if (facts.isInside == null) {
      json.writeNullProperty("isInside");
    } else {
      json.writeBooleanProperty("isInside", facts.isInside);
    }
    writeText("maskedBy", facts.maskedBy == null ? null : facts.maskedBy.toString(), json);
    writeText("destination", facts.destination == null ? null : facts.destination.toString(), json);
    Door port = facts.port;
    writeNumber("port", port == null || port.port() == Door.NO_PORT ? null : port.port(), json);
    writeNumber("protocol", port == null || port.protocol() < 0 ? null : port.protocol(), json);
    List<String> atLeast = new ArrayList<>();
    facts.counts.forEach(
        (name, count) -> {
          writeNumber(name, count == null ? null : count.value(), json);
          if (count != null && count.isAtLeast()) {
            atLeast.add(name);
          }
        });
    json.writeArrayPropertyStart("atLeast");
    atLeast.forEach(json::writeString);
    json.writeEndArray();
    json.writeArrayPropertyStart("gotThrough");
    for (Door door : facts.gotThrough) {
      json.writeStartObject();
      json.writeStringProperty("destination", door.address().toString());
      writeNumber("port", door.port() == Door.NO_PORT ? null : door.port(), json);
      writeNumber("protocol", door.protocol() < 0 ? null : door.protocol(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
    writeTime("since", alert.since(), json);
    writeTime("until", alert.until(), json);
    writeChosenText("logGroup", facts.logGroup, json);
    writeChosenText("interfaceId", facts.place.interfaceId(), json);
    writeChosenText("instanceId", facts.place.instanceId(), json);
    writeChosenText("subnetId", facts.place.subnetId(), json);
    writeChosenText("vpcId", facts.place.vpcId(), json);
    writeSample(alert, background.sample(), json);
    json.writeName("blockedBy");
    if (background.blocker() == null) {
      json.writeNull();
    } else {
      BlockerJson.write(background.blocker(), json);
    }
    json.writeEndObject();
  }

  /// Writes a record that shows the alert, with the addresses that rules see.
  private static void writeSample(Alert alert, @Nullable Suspect sample, JsonGenerator json) {
    if (sample == null) {
      json.writeNullProperty("sample");
      return;
    }
    json.writeObjectPropertyStart("sample");
    writeChosenText("interfaceId", sample.place().interfaceId(), json);
    writeText("flowDirection", sample.isEgress() ? "egress" : null, json);
    writeNumber("protocol", sample.protocol() < 0 ? null : sample.protocol(), json);
    IpAddress seen = sample.maskedBy() == null ? sample.source() : sample.maskedBy();
    writeText("srcaddr", seen.toString(), json);
    writeText("pktSrcaddr", sample.maskedBy() == null ? null : sample.source().toString(), json);
    writeText("dstaddr", sample.target() == null ? null : sample.target().toString(), json);
    writeNumber("dstport", sample.port() < 0 ? null : sample.port(), json);
    writeChosenText("rejectReason", sample.place().rejectReason(), json);
    writeChosenText("interfaceType", sample.place().interfaceType(), json);
    writeChosenText("tag", sample.place().tag(), json);
    json.writeStringProperty(
        "kind", sample.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    // Another payload may have shown it.
    boolean isAccepted =
        sample.isRequestAccepted()
            || (alert instanceof Alert.AnswersDropped dropped && dropped.isRequestAccepted());
    json.writeBooleanProperty("isRequestAccepted", isAccepted);
    json.writeEndObject();
  }

  static Facts factsOf(Alert alert) {
    Facts facts = new Facts();
    switch (alert) {
      case Alert.Scan scan -> {
        facts.source(scan.source(), scan.isInside(), scan.maskedBy());
        facts.destination = scan.onlyHost();
        facts.port = scan.onlyPort();
        facts.place = scan.place();
        facts.gotThrough = scan.gotThrough();
        facts.counts.put("hosts", scan.hosts());
        facts.counts.put("ports", scan.ports());
        facts.counts.put("interfaces", scan.interfaces());
        facts.counts.put("minutes", scan.minutes());
      }
      case Alert.BlockedConnection blocked -> {
        if (blocked.source() != null) {
          facts.source(blocked.source(), true, blocked.maskedBy());
        }
        facts.destination = blocked.isPort() ? null : blocked.door().address();
        facts.port = blocked.door();
        facts.place = blocked.place();
        facts.counts.put("sources", blocked.sources());
        facts.counts.put("hosts", blocked.doors());
        facts.counts.put("interfaces", blocked.interfaces());
        facts.counts.put("minutes", blocked.minutes());
        facts.counts.put("records", blocked.records());
      }
      case Alert.AnswersDropped dropped -> {
        facts.destination = dropped.door().address();
        facts.port = dropped.door();
        facts.place = dropped.place();
        facts.counts.put("sources", dropped.clients());
        facts.counts.put("interfaces", dropped.interfaces());
        facts.counts.put("minutes", dropped.minutes());
        facts.counts.put("records", dropped.answers());
      }
      case Alert.Rejects rejects -> {
        facts.source(rejects.source(), rejects.isInside(), rejects.maskedBy());
        facts.destination = rejects.host();
        facts.place = rejects.place();
        facts.counts.put("hosts", rejects.hosts());
        facts.counts.put("ports", rejects.ports());
        facts.counts.put("records", rejects.records());
      }
      case Alert.LogGroup group -> {
        facts.logGroup = group.logGroup();
        facts.place = new Place(group.interfaceId(), null, null, null, null, null);
        facts.counts.put("records", group.records());
      }
    }
    return facts;
  }

  static void writeText(String key, @Nullable String text, JsonGenerator json) {
    if (text == null) {
      json.writeNullProperty(key);
    } else {
      json.writeStringProperty(key, text);
    }
  }

  /// Writes a text that others choose.
  static void writeChosenText(String key, @Nullable String text, JsonGenerator json) {
    if (text == null) {
      json.writeNullProperty(key);
    } else {
      json.writeName(key);
      json.writeRawValue(SafeText.toJson(text));
    }
  }

  private static void writeNumber(String key, @Nullable Number number, JsonGenerator json) {
    if (number == null) {
      json.writeNullProperty(key);
    } else {
      json.writeNumberProperty(key, number.longValue());
    }
  }

  private static void writeTime(String key, Instant time, JsonGenerator json) {
    json.writeStringProperty(key, time.toString());
  }

  /// What the kinds of alerts have in common.
  static final class Facts {
    @Nullable IpAddress source;
    @Nullable Boolean isInside;
    @Nullable IpAddress maskedBy;
    @Nullable IpAddress destination;
    @Nullable Door port;
    @Nullable String logGroup;
    Place place = new Place(null, null, null, null, null, null);
    List<Door> gotThrough = List.of();
    final Map<String, @Nullable Count> counts = new LinkedHashMap<>();

    Facts() {
      for (String name : List.of("sources", "hosts", "ports", "interfaces", "minutes", "records")) {
        counts.put(name, null);
      }
    }

    private void source(IpAddress address, boolean inside, @Nullable IpAddress nat) {
      source = address;
      isInside = inside;
      maskedBy = nat;
    }
  }
}
