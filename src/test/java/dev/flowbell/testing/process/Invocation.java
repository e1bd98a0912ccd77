package dev.flowbell.testing.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flowbell.testing.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Invokes a function as Lambda's runtime client does.
public final class Invocation {
  private Invocation() {}

  /// Returns the function's response, a JSON object of numbers.
  ///
  /// @param event JSON, or any other text
  public static Map<String, Long> of(RequestStreamHandler handler, String event, Context context) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      handler.handleRequest(new ByteArrayInputStream(event.getBytes(UTF_8)), answer, context);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, Long> counts = new LinkedHashMap<>();
    Json.parseObject(answer.toString(UTF_8))
        .forEach((name, count) -> counts.put(name, (Long) count));
    return counts;
  }
}
