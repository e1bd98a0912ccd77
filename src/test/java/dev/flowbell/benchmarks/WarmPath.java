package dev.flowbell.benchmarks;

import dev.flowbell.input.LogBatch;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.pipeline.PayloadReader;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.settings.Setting;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import java.time.Instant;
import java.util.Map;

/// The function's work from the event's `data` to the summary, for benchmarks. It uses the parts of
/// [Pipeline] in the same order.
public final class WarmPath {
  private static final Instant ARRIVAL = Instant.parse("2026-11-22T10:20:00Z");

  private final Settings settings = Settings.parse(Map.of(), Setting::name);
  private final SubscriptionDecoder decoder = new SubscriptionDecoder(settings.maxInflatedBytes());
  private final PayloadReader reader =
      new PayloadReader(new LogOrigin("", "", ""), settings, settings.formats());

  /// Reads a payload and sums it up.
  public FlowSummary run(String data) {
    LogBatch batch = decoder.decode(data);
    reader.reset(
        new LogOrigin(batch.owner(), batch.logGroup(), batch.logStream()), settings.formats());
    for (int i = 0; i < batch.size(); i++) {
      reader.addLine(batch.bytes(), batch.start(i), batch.end(i));
    }
    return reader.summarize(ARRIVAL);
  }
}
