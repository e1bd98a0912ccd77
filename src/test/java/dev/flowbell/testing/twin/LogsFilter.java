package dev.flowbell.testing.twin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A CloudWatch Logs filter pattern, as AWS's page describes it: terms, or a pattern for
/// space-delimited events. Numbers, regular expressions and JSON are left out.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html">Filter
///   pattern syntax</a> (read 2026-11-28)
public final class LogsFilter {
  private static final String REST = "...";

  /// "Characters between brackets and double quotation marks are considered single fields."
  private static final Pattern EVENT_FIELD = Pattern.compile("\\[[^]]*]|\"[^\"]*\"|[^ ]+");

  /// The page shows names of letters, digits and underscores, and needs no quotes for values of
  /// letters, digits and `*`.
  private static final Pattern CONDITION =
      Pattern.compile("([A-Za-z0-9_]+)(?: ?(!=|=) ?([A-Za-z0-9*]+))?");

  private final String pattern;

  /// Creates a filter.
  ///
  /// @throws IllegalArgumentException for a pattern that the page does not describe
  public LogsFilter(String pattern) {
    if (pattern.length() > 1024) {
      throw new IllegalArgumentException("longer than 1024 characters: " + pattern);
    }
    this.pattern = pattern;
    matches("");
  }

  /// Returns whether a log event passes.
  public boolean matches(String event) {
    return pattern.startsWith("[") ? matchesFields(event) : matchesTerms(event);
  }

  /// `A B` needs both, `?A ?B` one of them, `-A` none. A term is found anywhere, within words too.
  private boolean matchesTerms(String event) {
    List<String> terms = Arrays.stream(pattern.split(" ")).filter(term -> !term.isEmpty()).toList();
    List<String> any = terms.stream().filter(term -> term.startsWith("?")).toList();
    if (!any.isEmpty()) {
      if (any.size() < terms.size()) {
        throw new IllegalArgumentException("? beside other terms: " + pattern);
      }
      return any.stream().anyMatch(term -> event.contains(term.substring(1)));
    }
    return terms.stream()
        .allMatch(
            term ->
                term.startsWith("-") ? !event.contains(term.substring(1)) : event.contains(term));
  }

  private boolean matchesFields(String event) {
    List<String> values = new ArrayList<>();
    for (Matcher field = EVENT_FIELD.matcher(event); field.find(); ) {
      values.add(field.group());
    }
    List<String> fields =
        Arrays.stream(pattern.substring(1, pattern.length() - 1).split(",", -1))
            .map(String::strip)
            .toList();
    int rest = fields.indexOf(REST);
    if (rest != fields.lastIndexOf(REST)) {
      throw new IllegalArgumentException("expected one ... at most: " + pattern);
    }
    boolean isMatch = true;
    int more = values.size() - fields.size();
    for (int i = 0; i < fields.size(); i++) {
      if (i == rest) {
        continue;
      }
      int index = rest < 0 || i < rest ? i : i + more;
      boolean isThere = index >= 0 && index < values.size();
      isMatch &= matchesField(fields.get(i), isThere ? values.get(index) : null);
    }
    // The page's [w1=ERROR, w2] matches events of more words: the last name stands for the rest.
    boolean isLastFree = !fields.getLast().contains("=");
    return isMatch && (rest >= 0 || more == 0 || (isLastFree && more > 0));
  }

  /// @param value `null` where the event has too few fields
  private boolean matchesField(String field, @Nullable String value) {
    boolean isMatch = false;
    for (String alternative : field.split("\\|\\|", -1)) {
      boolean isAll = true;
      for (String part : alternative.split("&&", -1)) {
        Matcher condition = CONDITION.matcher(part.strip());
        if (!condition.matches()) {
          throw new IllegalArgumentException("field \"%s\" of %s".formatted(field, pattern));
        }
        isAll &= value != null && isTrue(condition, value);
      }
      isMatch |= isAll;
    }
    return isMatch;
  }

  private static boolean isTrue(Matcher condition, String value) {
    if (condition.group(2) == null) {
      return true;
    }
    String wanted = Pattern.quote(condition.group(3)).replace("*", "\\E.*\\Q");
    return value.matches(wanted) == condition.group(2).equals("=");
  }
}
