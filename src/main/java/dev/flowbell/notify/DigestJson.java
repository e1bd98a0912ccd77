package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import dev.flowbell.metric.Metric;
import dev.flowbell.summary.FlowSummary;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// A notification as JSON for programs. The schema is in `docs/alert.schema.json`.
final class DigestJson {
  /// The name of the schema. It changes when a key goes away or changes its meaning; new keys may
  /// be added at any time.
  static final String SCHEMA = "flowbell-alert-1";

  /// Keeps a notification far below the largest message of SNS: an alert is about 1 kB.
  static final int MOST_ALERTS = 25;

  private DigestJson() {}

  static String toJson(AlertDigest digest, DigestContent content) {
    return JsonText.write(2_048, json -> write(digest, content, json));
  }

  private static void write(AlertDigest digest, DigestContent content, JsonGenerator json) {
    FlowSummary summary = digest.summary();
    List<Alert> alerts = digest.alerts();
    json.writeStartObject();
    json.writeStringProperty("schema", SCHEMA);
    json.writeStringProperty("severity", digest.severity().key());
    json.writeStringProperty("subject", content.subject());
    AlertJson.writeText("region", digest.region(), json);
    json.writeStringProperty("account", summary.origin().owner());
    json.writeStringProperty("logGroup", summary.origin().logGroup());
    json.writeStringProperty("logStream", summary.origin().name());
    AlertJson.writeTime("arrival", summary.arrival().truncatedTo(ChronoUnit.SECONDS), json);
    AlertJson.writeTime("first", summary.first(), json);
    AlertJson.writeTime("last", summary.last(), json);
    AlertJson.writeTime("quietUntil", digest.quietUntil().truncatedTo(ChronoUnit.SECONDS), json);
    json.writeNumberProperty("suppressed", digest.suppressed());
    AlertJson.writeTime("suppressedSince", digest.suppressedSince(), json);
    AlertJson.writeText("insights", content.insightsLink(), json);
    json.writeObjectPropertyStart("totals");
    for (Metric metric : Metric.values()) {
      if (metric.origin() != Metric.Origin.FUNCTION) {
        json.writeNumberProperty(metric.awsName(), summary.total(metric));
      }
    }
    json.writeEndObject();
    json.writeArrayPropertyStart("alerts");
    for (Alert alert : alerts.subList(0, Math.min(MOST_ALERTS, alerts.size()))) {
      AlertJson.write(alert, json);
    }
    json.writeEndArray();
    json.writeNumberProperty("alertsLeftOut", Math.max(0, alerts.size() - MOST_ALERTS));
    json.writeEndObject();
  }
}
