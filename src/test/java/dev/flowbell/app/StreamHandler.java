package dev.flowbell.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flowbell.input.SubscriptionDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/// [NaiveHandler] on the event's bytes: Lambda's runtime client needs no data binding for it. The
/// start-up benchmark shows what that would save.
public final class StreamHandler implements RequestStreamHandler {
  private final SubscriptionDecoder decoder;
  private final Pipeline pipeline;

  /// Makes the function as Lambda does.
  public StreamHandler() {
    Settings settings = Settings.fromEnvironment(System.getenv());
    decoder = new SubscriptionDecoder(settings.maxInflatedBytes());
    pipeline = NaiveHandler.newPipeline(settings);
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    decoder.decodeEach(in, "event", batch -> outcomes.add(pipeline.process(batch, TimeLimit.NONE)));
    StringBuilder json = new StringBuilder("{");
    Totals.nonZero(outcomes.getFirst().summary())
        .forEach(
            (metric, count) ->
                json.append(json.length() == 1 ? "\"" : ",\"")
                    .append(metric)
                    .append("\":")
                    .append(count));
    out.write(json.append('}').toString().getBytes(UTF_8));
  }
}
