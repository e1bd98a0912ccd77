package dev.flowbell.testing.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.testing.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The metrics that functions printed to a namespace, in CloudWatch's embedded metric format.
///
/// @param logs the folder of the functions' output, see [KillableFunction#start]
public record PrintedMetrics(Path logs, String namespace) {
  /// A whole line. Before it, there may be a text of Lambda's logger, which ends without a newline
  /// on this machine. Without a newline at its end, it was cut by a kill.
  private static final Pattern LINE = Pattern.compile("\\{\"_aws\":.*(?=\n)");

  /// Returns the sums by minute, of all dimensions.
  public Map<Instant, Double> sums(String metric) throws IOException {
    Map<Instant, Double> sums = new TreeMap<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(logs, "*" + KillableFunction.LOG_SUFFIX)) {
      for (Path file : files) {
        String log = Files.readString(file, UTF_8);
        Matcher line = LINE.matcher(log);
        while (line.find()) {
          add(Json.parseObject(line.group()), metric, sums);
        }
      }
    }
    return sums;
  }

  private void add(Map<String, @Nullable Object> line, String metric, Map<Instant, Double> sums) {
    Map<String, @Nullable Object> metadata = Json.objectAt(line, "_aws");
    Map<String, @Nullable Object> directive =
        Json.objectsAt(metadata, "CloudWatchMetrics").getFirst();
    if (namespace.equals(directive.get("Namespace")) && line.get(metric) instanceof Long value) {
      sums.merge(
          Instant.ofEpochMilli((Long) metadata.get("Timestamp")), value.doubleValue(), Double::sum);
    }
  }
}
