package dev.flowbell.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.flowbell.testing.generator.PayloadGenerator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;

/// For any input, the decoder returns a valid batch, or says which layer failed.
///
/// There is one method for each layer, because mutations of base64 rarely have a valid checksum.
class SubscriptionDecoderFuzzTest {
  private static final int BOUND = 1 << 20;

  @FuzzTest
  void decode_anyBase64(byte[] text) {
    decode(new String(text, ISO_8859_1));
  }

  @FuzzTest
  void decode_anyGzip(byte[] gzip) {
    decode(Base64.getEncoder().encodeToString(gzip));
  }

  @FuzzTest
  void decode_anyJson(byte[] json) {
    decode(Base64.getEncoder().encodeToString(PayloadGenerator.gzip(json)));
  }

  @FuzzTest
  void decodeEach_anyFile(byte[] json) throws IOException {
    try {
      new SubscriptionDecoder(BOUND)
          .decodeEach(
              new ByteArrayInputStream(json), "file", SubscriptionDecoderFuzzTest::assertSound);
    } catch (UndecodableEventException e) {
      assertThat(e.getMessage()).startsWith("file: ");
      assertThat(e.offset()).isNotNegative();
    }
  }

  /// Decodes twice with one decoder, which reuses its buffers.
  private static void decode(String data) {
    SubscriptionDecoder decoder = new SubscriptionDecoder(BOUND);
    try {
      String id = decoder.decode(data).id();
      LogBatch batch = decoder.decode(data);
      assertThat(batch.id()).isEqualTo(id);
      assertSound(batch);
    } catch (UndecodableEventException e) {
      assertThat(e.getMessage()).startsWith("awslogs.data: ");
      assertThat(e.offset()).isNotNegative();
    }
  }

  private static void assertSound(LogBatch batch) {
    int end = 0;
    int messageBytes = 0;
    for (int i = 0; i < batch.size(); i++) {
      assertThat(batch.start(i)).isGreaterThanOrEqualTo(end);
      assertThat(batch.end(i)).isBetween(batch.start(i), batch.bytes().length);
      end = batch.end(i);
      messageBytes += batch.end(i) - batch.start(i);
    }
    assertThat(messageBytes).isLessThanOrEqualTo(BOUND);
  }
}
