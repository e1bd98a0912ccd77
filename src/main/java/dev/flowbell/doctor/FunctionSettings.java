package dev.flowbell.doctor;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.record.RecordFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the function makes of its environment.
///
/// @param formats the formats that it knows
/// @param isFormatAutomatic whether it asks EC2 for the flow logs' formats besides
/// @param namespace the metrics' namespace
/// @param alertPolicy what it tells
/// @param topicArn where it tells it, `null` for nowhere
public record FunctionSettings(
    List<RecordFormat> formats,
    boolean isFormatAutomatic,
    String namespace,
    AlertPolicy alertPolicy,
    @Nullable String topicArn) {

  /// Reads settings as the function does.
  @FunctionalInterface
  public interface Reader {
    /// Reads the settings that an environment holds.
    ///
    /// @throws IllegalArgumentException naming every wrong one, a line each
    FunctionSettings read(Map<String, String> environment);
  }
}
