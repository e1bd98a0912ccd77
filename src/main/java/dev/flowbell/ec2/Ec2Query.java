package dev.flowbell.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One question to EC2, which may take several requests: one for each page of the answer.
///
/// @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html">Query
///   requests</a>
final class Ec2Query {
  private static final String API_VERSION = "2016-11-15";

  private final Ec2Operation operation;
  private final String asked;
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private int filters;

  /// @param asked what is asked about, for messages: `subnet subnet-1`
  Ec2Query(Ec2Operation operation, String asked) {
    this.operation = operation;
    this.asked = asked;
    parameters.put("Action", operation.action());
    parameters.put("Version", API_VERSION);
  }

  Ec2Operation operation() {
    return operation;
  }

  String asked() {
    return asked;
  }

  /// Adds a parameter.
  Ec2Query with(String name, String value) {
    parameters.put(name, value);
    return this;
  }

  /// Adds a filter. What it returns has one of the values, and passes the other filters. EC2 reads
  /// `*` and `?` in a value as wildcards.
  Ec2Query filter(String name, Collection<String> values) {
    String filter = "Filter." + ++filters;
    parameters.put(filter + ".Name", name);
    int number = 0;
    for (String value : values) {
      parameters.put(filter + ".Value." + ++number, value);
    }
    return this;
  }

  /// Returns the body of a request.
  ///
  /// @param nextToken `null` for the first page
  String toForm(@Nullable String nextToken) {
    Map<String, String> form = new LinkedHashMap<>(parameters);
    if (nextToken != null) {
      form.put("NextToken", nextToken);
    }
    return form.entrySet().stream()
        .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }
}
