package dev.flowbell.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.input.LogBatch;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.settings.Setting;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.PayloadGenerator.GeneratedPayload;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.generator.Tallies;
import dev.flowbell.testing.twin.NaiveTwin;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Compares what random payloads come to with what the naive twin makes of them.
///
/// Many more than usual: `mvn test -Dtest=TwinComparisonTest -Dflowbell.payloads=20000`.
class TwinComparisonTest {
  private static final int PAYLOADS = Integer.getInteger("flowbell.payloads", 200);
  private static final Instant ARRIVAL = Instant.parse("2026-11-22T10:20:00Z");

  @Test
  void lines_asTheTwinCounts() {
    for (int seed = 0; seed < PAYLOADS; seed++) {
      GeneratedPayload payload = PayloadGenerator.generate(new Random(seed));
      PayloadReader reader = reader(payload);
      for (String message : payload.messages()) {
        // Not at the start of the buffer, as a line of a payload seldom is.
        byte[] buffer = ("{ \n" + message + "}x").getBytes(UTF_8);
        reader.addLine(buffer, 3, buffer.length - 2);
      }
      assertLikeTwin(reader.summarize(ARRIVAL), payload, seed);
    }
  }

  /// The whole way: an envelope in one of the many forms JSON allows, gzip, base64.
  @Test
  void subscriptionPayload_asTheTwinCounts() {
    SubscriptionDecoder decoder = new SubscriptionDecoder(1L << 26);
    for (int seed = -PAYLOADS / 3; seed < 0; seed++) {
      Random random = new Random(seed);
      GeneratedPayload payload = PayloadGenerator.generate(random);
      String json = SubscriptionMessage.of(payload.messages()).toJson(random);
      byte[] zipped = PayloadGenerator.gzip(json.getBytes(UTF_8));
      LogBatch batch = decoder.decode(Base64.getEncoder().encodeToString(zipped));
      PayloadReader reader = reader(payload);
      for (int i = 0; i < batch.size(); i++) {
        reader.addLine(batch.bytes(), batch.start(i), batch.end(i));
      }
      assertLikeTwin(reader.summarize(ARRIVAL), payload, seed);
    }
  }

  private static PayloadReader reader(GeneratedPayload payload) {
    String formats =
        payload.formats().stream().map(format -> String.join(" ", format)).collect(joining(";"));
    Settings settings = Settings.parse(Map.of("LOG_FORMAT", formats), Setting::name);
    return new PayloadReader(
        new LogOrigin("123456789010", "/vpc/flow-logs", "made"), settings, settings.formats());
  }

  private static void assertLikeTwin(FlowSummary summary, GeneratedPayload payload, int seed) {
    assertThat(Tallies.of(summary))
        .as("payload of seed %d", seed)
        .isEqualTo(NaiveTwin.count(payload.formats(), payload.messages()));
  }
}
