package dev.flowbell.notify;

import dev.flowbell.record.IpAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A link that opens CloudWatch Logs Insights with a query filled in.
///
/// The console reads the query from the part after `#`, in a notation that AWS does not document.
/// Objects are `~(key~value)`. Strings are `~'text`; each byte of a string that isn't a letter, a
/// digit, `-`, `_` or `.` is `*` and two hex digits. The whole is percent-encoded twice, with `$`
/// for `%`, which also lets mail clients find the link's end.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html">Logs
///   Insights query syntax</a>
final class InsightsLink {
  private static final DateTimeFormatter MILLISECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]+)+-[0-9]{1,2}");

  private InsightsLink() {}

  /// Returns whether a text may be the host's name in a link: another text could name another host.
  static boolean isRegion(String text) {
    return REGION.matcher(text).matches();
  }

  /// Returns a query for the rejected records of a source. It works with any format, because it
  /// looks for the address as a whole word.
  ///
  /// @param source `null` for a query for records that are neither accepted nor rejected
  static String queryFor(@Nullable IpAddress source) {
    String filter =
        source == null
            ? "filter @message like /SKIPDATA|NODATA/ or @message not like /(ACCEPT|REJECT)/"
            : "filter @message like /REJECT/ and @message like /(^|[^0-9a-f.:])"
                + source.toString().replace(".", "\\.")
                + "($|[^0-9a-f.:])/";
    return "fields @timestamp, @message | " + filter + " | sort @timestamp desc | limit 200";
  }

  /// Returns a query for all records of an address, accepted and rejected.
  static String queryForAll(IpAddress address) {
    return queryFor(address).replace("@message like /REJECT/ and ", "");
  }

  /// Returns the link to a query.
  ///
  /// @param start, end the time range of the query
  static String of(String region, String logGroup, String query, Instant start, Instant end) {
    return "https://%s.console.%s/cloudwatch/home?region=%s#logsV2:logs-insights$3FqueryDetail$3D"
            .formatted(region, domainOf(region), region)
        + "~(end~'%s~start~'%s~timeType~'ABSOLUTE~tz~'UTC~editorString~'%s~source~(~'%s))"
            .formatted(
                escaped(MILLISECONDS.format(end)),
                escaped(MILLISECONDS.format(start)),
                escaped(query),
                // Mail clients that end a link at a `*` would find another one in www.example.com.
                escaped(logGroup).replace(".", "*2e"))
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
