package dev.flowbell.testing.mapping;

import dev.flowbell.testing.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a function's response says of the records of its batch, where the mapping has
/// `ReportBatchItemFailures`.
///
/// @param isFailure whether none of the batch is done
/// @param failed the records or messages that are not done
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html">
///   Configuring partial batch response with Kinesis Data Streams and Lambda</a>
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">Handling
///   errors for an SQS event source in Lambda</a>
record BatchResponse(boolean isFailure, List<String> failed) {
  /// All of the batch is done.
  static final BatchResponse SUCCESS = new BatchResponse(false, List.of());

  private static final BatchResponse FAILURE = new BatchResponse(true, List.of());

  /// Reads a response. As Lambda does, it takes nothing, `null`, and no or an empty list for
  /// success; and an identifier that is absent, empty or of no record for failure.
  ///
  /// @param known the identifiers of the batch
  static BatchResponse of(String response, Set<String> known) {
    if (response.isBlank() || response.strip().equals("null")) {
      return SUCCESS;
    }
    Map<String, @Nullable Object> object = Json.parseObject(response);
    if (object.get("batchItemFailures") == null) {
      return SUCCESS;
    }
    List<String> failed = new ArrayList<>();
    for (Map<String, @Nullable Object> each : Json.objectsAt(object, "batchItemFailures")) {
      if (!(each.get("itemIdentifier") instanceof String identifier)
          || !known.contains(identifier)) {
        return FAILURE;
      }
      failed.add(identifier);
    }
    return new BatchResponse(false, failed);
  }
}
