package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A notification, in each of the forms that its readers take.
///
/// @param subject one line of printable ASCII, at most 99 characters, the first no blank
/// @param text for people: plain text, about 20 lines
/// @param json for machines, see `docs/alerts.md` for the schema
/// @param chat for Amazon Q Developer in chat applications
/// @param attributes what subscribers can filter by: `severity`, `rule`, `vpcId`, `interfaceId`,
///   each with one value at least
/// @see <a href="https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html">Custom
///   notifications for Amazon Q Developer in chat applications</a>
public record AlertMessage(
    String subject, String text, String json, String chat, Map<String, List<String>> attributes) {

  /// The most alerts whose ids become attributes; beyond, a filter can't tell them apart any more,
  /// and SNS's bound on the message would come near.
  private static final int MOST_ATTRIBUTE_VALUES = 20;

  /// Puts a digest into words.
  public static AlertMessage of(AlertDigest digest) {
    DigestText text = new DigestText(digest);
    return new AlertMessage(
        text.subject(),
        text.body(),
        DigestJson.toJson(digest, text),
        DigestChat.toJson(digest, text),
        toAttributes(digest));
  }

  private static Map<String, List<String>> toAttributes(AlertDigest digest) {
    Map<String, List<String>> attributes = new LinkedHashMap<>();
    attributes.put("severity", List.of(digest.severity().words()));
    put(attributes, "rule", digest, alert -> alert.rule().words());
    put(
        attributes,
        "vpcId",
        digest,
        alert -> alert.activity() == null ? null : alert.activity().vpcId());
    put(attributes, "interfaceId", digest, Alert::interfaceId);
    return attributes;
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
            .map(Plain::id)
            .distinct()
            .limit(MOST_ATTRIBUTE_VALUES)
            .toList();
    if (!values.isEmpty()) {
      attributes.put(name, values);
    }
  }
}
