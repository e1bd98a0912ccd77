package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.PayloadAlert;
import dev.flowbell.judge.SourceAlert;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A notification, in each form that subscribers can get.
///
/// @param subject one line of printable ASCII, at most 99 characters; it doesn't begin with a space
/// @param text for people: plain text, about 20 lines
/// @param json for programs; `docs/alerts.md` describes it
/// @param chat for Amazon Q Developer in chat applications
/// @param attributes what subscribers can filter by: `severity`, `rule`, `vpcId`, `interfaceId`,
///   each with at least one value
/// @see <a href="https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html">Custom
///   notifications for Amazon Q Developer in chat applications</a>
public record AlertMessage(
    String subject, String text, String json, String chat, Map<String, List<String>> attributes) {

  /// The most values of one attribute. With more, a filter hardly tells notifications apart, and
  /// the message comes near the largest that SNS accepts.
  private static final int MOST_ATTRIBUTE_VALUES = 20;

  /// Returns the notification of a digest.
  public static AlertMessage of(AlertDigest digest) {
    DigestContent content = new DigestContent(digest);
    return new AlertMessage(
        content.subject(),
        DigestText.toText(content),
        DigestJson.toJson(digest, content),
        DigestChat.toJson(digest, content),
        toAttributes(digest));
  }

  private static Map<String, List<String>> toAttributes(AlertDigest digest) {
    Map<String, List<String>> attributes = new LinkedHashMap<>();
    attributes.put("severity", List.of(digest.severity().key()));
    put(attributes, "rule", digest, alert -> alert.rule().key());
    put(attributes, "vpcId", digest, AlertMessage::findVpcId);
    put(attributes, "interfaceId", digest, Alert::interfaceId);
    return attributes;
  }

  private static @Nullable String findVpcId(Alert alert) {
    return switch (alert) {
      case SourceAlert aboutSource -> aboutSource.activity().vpcId();
      case PayloadAlert _ -> null;
    };
  }

  private static void put(
      Map<String, List<String>> attributes,
      String name,
      AlertDigest digest,
      Function<Alert, @Nullable String> value) {
    List<String> values =
        digest.alerts().stream()
            .map(value)
            .filter(Objects::nonNull)
            .map(SafeText::id)
            .distinct()
            .limit(MOST_ATTRIBUTE_VALUES)
            .toList();
    if (!values.isEmpty()) {
      attributes.put(name, values);
    }
  }
}
