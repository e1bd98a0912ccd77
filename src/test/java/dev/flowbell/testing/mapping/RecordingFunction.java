package dev.flowbell.testing.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.testing.Json;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A function that keeps the records of its events as texts, and answers as a test says.
final class RecordingFunction implements LambdaFunction {
  private final List<List<String>> batches = new ArrayList<>();
  private final Function<Batch, String> answer;

  /// What one event holds.
  ///
  /// @param texts the data of the records, or the bodies of the messages
  /// @param ids the sequence numbers of the records, or the ids of the messages
  record Batch(List<String> texts, List<String> ids) {
    /// Returns the response that names these records as failed.
    String failing(String... names) {
      List<String> failures = new ArrayList<>();
      for (String name : names) {
        failures.add("{\"itemIdentifier\":\"%s\"}".formatted(ids.get(texts.indexOf(name))));
      }
      return "{\"batchItemFailures\":[" + String.join(",", failures) + "]}";
    }
  }

  /// @param answer makes the response, or throws an unchecked exception
  RecordingFunction(Function<Batch, String> answer) {
    this.answer = answer;
  }

  /// Makes a function that fails for batches with one of these records.
  static RecordingFunction failingAt(String... poison) {
    return new RecordingFunction(
        batch -> {
          if (batch.texts().stream().anyMatch(List.of(poison)::contains)) {
            throw new IllegalStateException("poison");
          }
          return "{}";
        });
  }

  /// Returns what was invoked, the texts of each batch.
  List<List<String>> batches() {
    return batches;
  }

  @Override
  public String invoke(String event) {
    List<String> texts = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (Map<String, @Nullable Object> each : Json.objectsAt(Json.parseObject(event), "Records")) {
      if (each.containsKey("kinesis")) {
        Map<String, @Nullable Object> kinesis = Json.objectAt(each, "kinesis");
        texts.add(new String(Base64.getDecoder().decode((String) kinesis.get("data")), UTF_8));
        ids.add((String) kinesis.get("sequenceNumber"));
      } else {
        texts.add((String) each.get("body"));
        ids.add((String) each.get("messageId"));
      }
    }
    batches.add(texts);
    return answer.apply(new Batch(texts, ids));
  }
}
