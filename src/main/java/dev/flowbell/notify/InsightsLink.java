package dev.flowbell.notify;

import dev.flowbell.record.IpAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A link that opens CloudWatch Logs Insights with a query filled in.
///
/// The console keeps the query behind `#` in a notation of its own, which AWS does not document:
/// `~(key~value)` for objects, `~'text` for strings, `*` with two hex digits for each byte of a
/// string that is no letter, digit, `-`, `_` or `.`; and all that percent-encoded twice, with `$`
/// for `%`. So encoded, a mail reader finds the link's end.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html">Logs
///   Insights query syntax</a>
final class InsightsLink {
  private static final DateTimeFormatter MILLISECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private InsightsLink() {}

  /// Returns a query for all that a flow log says of a rejected source, whatever the log's format:
  /// it looks for the address as a word of its own.
  static String queryFor(@Nullable IpAddress source) {
    String filter =
        source == null
            ? "filter @message like /SKIPDATA|NODATA/ or @message not like /(ACCEPT|REJECT)/"
            : "filter @message like /REJECT/ and @message like /(^|[^0-9a-f.:])"
                + source.toString().replace(".", "\\.")
                + "($|[^0-9a-f.:])/";
    return "fields @timestamp, @message | " + filter + " | sort @timestamp desc | limit 200";
  }

  /// Returns the link.
  ///
  /// @param start, end the time that the query looks through
  static String of(String region, String logGroup, String query, Instant start, Instant end) {
    return "https://%s.console.%s/cloudwatch/home?region=%s#logsV2:logs-insights$3FqueryDetail$3D"
            .formatted(region, domainOf(region), region)
        + "~(end~'%s~start~'%s~timeType~'ABSOLUTE~tz~'UTC~editorString~'%s~source~(~'%s))"
            .formatted(
                escaped(MILLISECONDS.format(end)),
                escaped(MILLISECONDS.format(start)),
                escaped(query),
                escaped(logGroup))
            .replace("~", "$257E")
            .replace("(", "$2528")
            .replace(")", "$2529")
            .replace("'", "$2527");
  }

  private static String domainOf(String region) {
    if (region.startsWith("cn-")) {
      return "amazonaws.cn";
    }
    return region.startsWith("us-gov-") ? "amazonaws-us-gov.com" : "aws.amazon.com";
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() * 2);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean isPlain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_'
              || c == '.';
      if (isPlain) {
        escaped.append(c);
      } else {
        escaped.append('*').append(String.format(Locale.ROOT, "%02x", (int) c));
      }
    }
    return escaped.toString();
  }
}
