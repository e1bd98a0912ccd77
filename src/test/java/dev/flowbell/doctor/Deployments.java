package dev.flowbell.doctor;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.testing.doubles.FakeAccount;
import java.util.List;
import java.util.Map;

/// Deployments in accounts that are made up.
final class Deployments {
  private Deployments() {}

  static Deployment in(FakeAccount account) {
    try {
      return Deployment.find("flowbell", account.clients(), Deployments::settings);
    } catch (CannotAskException e) {
      throw new AssertionError(e);
    }
  }

  /// Reads what the tests set, and takes defaults for the rest.
  private static FunctionSettings settings(Map<String, String> environment) {
    String format = environment.getOrDefault("LOG_FORMAT", RecordFormat.DEFAULT.toString());
    if (format.equals("wrong")) {
      throw new IllegalArgumentException("LOG_FORMAT: wrong\nALERT_REJECTS: wrong, too");
    }
    return new FunctionSettings(
        format.equals("auto")
            ? List.of(RecordFormat.FLOWBELL)
            : List.of(RecordFormat.parse(format)),
        format.equals("auto"),
        "Flowbell",
        AlertPolicy.defaults(),
        environment.get("ALERT_TOPIC_ARN"));
  }
}
