package dev.flowbell.record;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// CloudWatch Logs filter patterns that keep accepted records away from a subscription.
///
/// Records with NODATA and SKIPDATA pass. Their action is `-`, and they say that flow logs arrive
/// and that AWS lost some.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html">Filter
///   pattern syntax</a>
public final class FilterPattern {
  /// The longest pattern of a subscription filter.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html">PutSubscriptionFilter</a>
  ///   (read 2026-11-28)
  public static final int MOST_CHARACTERS = 1_024;

  /// Fits lines of all formats, because it looks for words anywhere in a line. So it also passes
  /// accepted records that have one of these words elsewhere, such as in a tag.
  public static final String TERMS = "?REJECT ?SKIPDATA ?NODATA";

  private FilterPattern() {}

  /// Returns the pattern for lines of one format: `[version, action != ACCEPT, log_status]`. It
  /// names every field, so that no other field can be taken for the action.
  ///
  /// AWS documents names with letters, digits and underscores only. If all names together are too
  /// long, the other fields are called `w1`, `w2` and so on, as on AWS's page.
  ///
  /// @throws IllegalArgumentException where the format has no `action`
  public static String withoutAccepted(RecordFormat format) {
    if (!format.fields().contains(FlowField.ACTION)) {
      throw new IllegalArgumentException("expected a format with action, got " + format);
    }
    String pattern = withoutAccepted(format, false);
    return pattern.length() <= MOST_CHARACTERS ? pattern : withoutAccepted(format, true);
  }

  private static String withoutAccepted(RecordFormat format, boolean isNumbered) {
    return IntStream.range(0, format.size())
        .mapToObj(
            index -> {
              FlowField field = format.column(index);
              if (field == FlowField.ACTION) {
                return "action != ACCEPT";
              }
              return isNumbered ? "w" + (index + 1) : field.awsName().replace('-', '_');
            })
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
