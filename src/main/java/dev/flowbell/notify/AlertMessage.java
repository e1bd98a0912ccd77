package dev.flowbell.notify;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Announcement;
import dev.flowbell.judge.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// A notification, in each form that subscribers can get.
///
/// @param subject one line of printable ASCII, at most 99 characters; it doesn't begin with a space
/// @param text for people: plain text, at most 25 lines
/// @param json for programs; `docs/alerts.md` describes it
/// @param chat for Amazon Q Developer in chat applications
/// @param severity the highest of its alerts
/// @param alerts its alerts, a JSON object each
/// @param until the flow time up to which it tells: the latest of its alert's records, the end of
///   the hour for a digest
/// @param attributes what subscribers can filter by: `severity`, `rule`, `source`, `sourceScope`,
///   `stack`, `vpcId`, `interfaceId`, each with at least one value
/// @param blockedBy which rule blocks it, in words; `null` where nobody asked, and of a digest
/// @see <a href="https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html">Custom
///   notifications for Amazon Q Developer in chat applications</a>
public record AlertMessage(
    String subject,
    String text,
    String json,
    String chat,
    Severity severity,
    List<String> alerts,
    Instant until,
    Map<String, List<String>> attributes,
    @Nullable String blockedBy) {

  private static final int MOST_LINES = 18;
  private static final int MOST_LINES_BESIDE_QUIET = 12;
  private static final int MOST_QUIET_LINES = 4;
  private static final String QUIET = "quiet ";

  /// Returns the notification of an alert, with nothing known besides.
  public static AlertMessage of(Alert alert, NotificationContext context) {
    return of(alert, context, Background.NONE);
  }

  /// Returns the notification of an alert that is announced.
  ///
  /// @param blocker what blocks it; `null` where nobody asked
  public static AlertMessage of(
      Announcement announcement, NotificationContext context, @Nullable Blocker blocker) {
    return of(announcement.alert(), context, Background.of(announcement, blocker));
  }

  private static AlertMessage of(Alert alert, NotificationContext context, Background background) {
    AlertContent content = AlertContent.of(alert, context, background);
    return new AlertMessage(
        content.subject(),
        AlertText.toText(content),
        JsonText.write(2_048, json -> write(alert, content, context, background, json)),
        AlertChat.toJson(alert, content),
        alert.severity(),
        List.of(JsonText.write(1_024, json -> AlertJson.write(alert, background, json))),
        alert.until(),
        toAttributes(alert, context),
        background.blocker() == null
            ? null
            : String.join(" ", BlockerWords.sentences(background.blocker())));
  }

  /// Returns whether this is a digest, and not the notification of one alert.
  public boolean isDigest() {
    return !attributes.containsKey("rule");
  }

  /// Returns a text that [#digest] reads.
  public String toHeld() {
    return severity.rank() + " " + subject + "\n" + String.join("\n", alerts);
  }

  /// Returns a text about an alert that the setting `QUIET` holds back, for [#digest].
  ///
  /// @param prefixList the prefix list by which it is quiet; `null` if it isn't one
  public String toQuiet(@Nullable String prefixList) {
    return QUIET + subject + (prefixList == null ? "" : " (" + prefixList + ")");
  }

  /// Returns whether [#toQuiet] returned this text.
  public static boolean isQuiet(String held) {
    return held.startsWith(QUIET);
  }

  /// Returns one notification for all alerts that the limit of an hour held back.
  ///
  /// @param hour when the hour began
  /// @param held what [#toHeld] returned
  /// @param quiet what [#toQuiet] returned since the last digest
  public static AlertMessage digest(
      Instant hour, List<String> held, List<String> quiet, NotificationContext context) {
    List<String> sorted = held.stream().sorted(Comparator.reverseOrder()).toList();
    Severity severity =
        Severity.ofRank(sorted.stream().mapToInt(each -> each.charAt(0) - '0').max().orElse(0));
    List<String> alerts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    text.append(
        """
        %s of the hour from %s UTC: more than ALERT_MAIL_LIMIT lets through one by one.
        The most severe come first. The JSON form has all that each of them says.

        """
            .formatted(Words.counted(held.size(), "more alert"), Words.dateMinute(hour)));
    int most = quiet.isEmpty() ? MOST_LINES : MOST_LINES_BESIDE_QUIET;
    int line = 0;
    for (String each : sorted) {
      int end = each.indexOf('\n');
      alerts.addAll(List.of(each.substring(end + 1).split("\n", -1)));
      if (line++ < most) {
        text.append(each, 2, end).append('\n');
      }
    }
    if (sorted.size() > most) {
      text.append("and %s more\n".formatted(Words.grouped(sorted.size() - most)));
    }
    appendQuiet(quiet, text);
    String headline =
        "%s, held back in the hour from %s UTC"
            .formatted(Words.counted(held.size(), "more alert"), Words.minute(hour));
    String subject =
        AlertContent.subjectOf(context.severityWords(severity, false), headline, context);
    String json =
        JsonText.write(
            4_096,
            writer -> {
              writer.writeStartObject();
              writer.writeStringProperty("schema", AlertJson.SCHEMA);
              writer.writeStringProperty("severity", severity.key());
              writer.writeStringProperty("subject", subject);
              AlertJson.writeChosenText("stack", context.stack(), writer);
              AlertJson.writeChosenText("region", context.region(), writer);
              AlertJson.writeChosenText("account", context.account(), writer);
              AlertJson.writeChosenText("logGroup", context.logGroup(), writer);
              writer.writeNullProperty("insights");
              writer.writeArrayPropertyStart("alerts");
              alerts.forEach(writer::writeRawValue);
              writer.writeEndArray();
              writer.writeEndObject();
            });
    Map<String, List<String>> attributes = new LinkedHashMap<>();
    attributes.put("severity", List.of(severity.key()));
    put(attributes, "stack", context.stack());
    return new AlertMessage(
        subject,
        text.toString(),
        json,
        AlertChat.digest(severity, headline, text.toString()),
        severity,
        alerts,
        hour.plusSeconds(3_600),
        attributes,
        null);
  }

  private static void appendQuiet(List<String> quiet, StringBuilder text) {
    if (quiet.isEmpty()) {
      return;
    }
    text.append("\nNot sent because of QUIET, since the last digest:\n");
    quiet.stream()
        .sorted()
        .limit(MOST_QUIET_LINES)
        .forEach(each -> text.append(each, QUIET.length(), each.length()).append('\n'));
    if (quiet.size() > MOST_QUIET_LINES) {
      text.append("and %s more\n".formatted(Words.grouped(quiet.size() - MOST_QUIET_LINES)));
    }
  }

  private static void write(
      Alert alert,
      AlertContent content,
      NotificationContext context,
      Background background,
      JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("schema", AlertJson.SCHEMA);
    json.writeStringProperty("severity", alert.severity().key());
    json.writeStringProperty("subject", content.subject());
    AlertJson.writeChosenText("stack", context.stack(), json);
    AlertJson.writeChosenText("region", context.region(), json);
    AlertJson.writeChosenText("account", context.account(), json);
    AlertJson.writeChosenText("logGroup", context.logGroup(), json);
    AlertJson.writeText("insights", content.link(), json);
    json.writeArrayPropertyStart("alerts");
    AlertJson.write(alert, background, json);
    json.writeEndArray();
    json.writeEndObject();
  }

  private static Map<String, List<String>> toAttributes(Alert alert, NotificationContext context) {
    AlertJson.Facts facts = AlertJson.factsOf(alert);
    Map<String, List<String>> attributes = new LinkedHashMap<>();
    attributes.put("severity", List.of(alert.severity().key()));
    attributes.put("rule", List.of(alert.rule().key()));
    if (facts.source != null) {
      attributes.put("source", List.of(facts.source.toString()));
      attributes.put("sourceScope", List.of(AddressScope.of(facts.source).key()));
    }
    put(attributes, "stack", context.stack());
    put(attributes, "vpcId", facts.place.vpcId());
    put(attributes, "interfaceId", facts.place.interfaceId());
    return attributes;
  }

  private static void put(
      Map<String, List<String>> attributes, String name, @Nullable String value) {
    if (value != null) {
      attributes.put(name, List.of(SafeText.of(value)));
    }
  }
}
