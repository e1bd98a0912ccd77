package dev.flowbell.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.CloudWatchLogsEvent;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LambdaEventReaderTest {
  private final LambdaEventReader reader = new LambdaEventReader();

  /// Lambda's own serialization is the slow twin.
  @TestFactory
  Stream<DynamicTest> readCloudWatchLogsEvent_asLambdaDoes() throws IOException {
    List<Path> samples;
    try (Stream<Path> files = Files.list(Path.of("events"))) {
      samples =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .filter(file -> !file.endsWith("subscription-message.json")) // no Lambda event
              .sorted()
              .toList();
    }
    assertThat(samples).hasSizeGreaterThanOrEqualTo(6);
    return samples.stream()
        .map(
            sample ->
                DynamicTest.dynamicTest(
                    sample.getFileName().toString(),
                    () -> {
                      CloudWatchLogsEvent event = read(Files.readString(sample));
                      assertThat(event).isEqualTo(readAsLambdaDoes(Files.readString(sample)));
                      assertThat(event.getAwsLogs().getData()).startsWith("H4sI");
                    }));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"awslogs\":{}}",
        "{\"awslogs\":null}",
        "{\"awslogs\":{\"data\":null}}",
        "{\"awslogs\":{\"data\":\"\"}}",
        "{\"awslogs\":{\"other\":[{}],\"data\":\"H4sI\"},\"more\":{\"data\":\"no\"}}",
        "{\"other\":{\"awslogs\":{\"data\":\"no\"}}}",
      })
  void readCloudWatchLogsEvent_otherKeysAsLambdaDoes(String json) throws IOException {
    assertThat(read(json)).isEqualTo(readAsLambdaDoes(json));
  }

  /// Lambda's serialization refuses these. Such an event names no payload.
  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "{\"awslogs\":[]}", "{\"awslogs\":{\"data\":{}}}"})
  void readCloudWatchLogsEvent_otherTypes(String json) throws IOException {
    CloudWatchLogsEvent event = read(json);

    assertThat(event.getAwsLogs() == null ? null : event.getAwsLogs().getData()).isNull();
  }

  @Test
  void readCloudWatchLogsEvent_brokenJson() {
    assertThatThrownBy(() -> read("{\"awslogs\":{\"data\":"))
        .isInstanceOf(UndecodableEventException.class)
        .hasMessage("event: JSON ended early after 19 bytes");
  }

  private CloudWatchLogsEvent read(String json) throws IOException {
    return reader.readCloudWatchLogsEvent(new ByteArrayInputStream(json.getBytes(UTF_8)));
  }

  private static CloudWatchLogsEvent readAsLambdaDoes(String json) {
    return LambdaEventSerializers.serializerFor(
            CloudWatchLogsEvent.class, LambdaEventReaderTest.class.getClassLoader())
        .fromJson(json);
  }
}
