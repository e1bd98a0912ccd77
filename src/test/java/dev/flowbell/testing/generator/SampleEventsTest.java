package dev.flowbell.testing.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Compares the files in `events/` with their sources.
class SampleEventsTest {
  private static final Path EVENTS = Path.of("events");

  /// Compared inflated, because another zlib may compress differently.
  @TestFactory
  Stream<DynamicTest> files_areWhatIsRendered() throws IOException {
    return SampleEvents.render(EVENTS).entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey(),
                    () ->
                        assertThat(readable(Files.readAllBytes(EVENTS.resolve(file.getKey()))))
                            .isEqualTo(readable(file.getValue()))));
  }

  /// Line n of a source is log event n of its event.
  @TestFactory
  Stream<DynamicTest> events_holdTheLinesOfTheirSource() {
    return Stream.of(
            "rejects-default-format",
            "port-scan",
            "inside-scan",
            "inside-sweep",
            "outside-scan",
            "blocked-connection",
            "answers-dropped",
            "many-rejects",
            "nat-gateway",
            "json-records",
            "damaged-lines")
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () ->
                        assertThat(messages(EVENTS.resolve(name + ".json")))
                            .isEqualTo(lines(EVENTS.resolve("src").resolve(name + ".log")))));
  }

  @Test
  void files_areAllAccountedFor() throws IOException {
    Set<String> there;
    try (Stream<Path> files = Files.walk(EVENTS)) {
      there =
          files
              .filter(Files::isRegularFile)
              .map(file -> EVENTS.relativize(file).toString().replace('\\', '/'))
              .filter(name -> !name.equals("README.md") && !name.startsWith("src/"))
              .collect(Collectors.toCollection(TreeSet::new));
    }
    Set<String> known = new TreeSet<>(SampleEvents.expected(EVENTS).keySet());
    known.add("control-message.json");

    assertThat(there).isEqualTo(known);
  }

  @Test
  void readme_namesEveryFile() throws IOException {
    String readme = Files.readString(EVENTS.resolve("README.md"));

    for (String name : SampleEvents.expected(EVENTS).keySet()) {
      assertThat(readme).contains("| `" + name + "` |");
    }
  }

  private static List<String> messages(Path event) throws IOException {
    return Json.objectsAt(Json.parseObject(message(Files.readString(event))), "logEvents").stream()
        .map(logEvent -> (String) logEvent.get("message"))
        .toList();
  }

  private static List<String> lines(Path file) throws IOException {
    List<String> lines = List.of(Files.readString(file).split("\n", -1));
    assertThat(lines.getLast()).isEmpty();
    return lines.subList(0, lines.size() - 1);
  }

  private static String readable(byte[] file) throws IOException {
    if (file[0] == 0x1f) {
      return gunzipped(file);
    }
    String text = new String(file, StandardCharsets.UTF_8);
    return text.startsWith("{\"awslogs\"") ? message(text) : text;
  }

  private static String message(String event) throws IOException {
    Map<String, @Nullable Object> awslogs = Json.objectAt(Json.parseObject(event), "awslogs");
    assertThat(awslogs).containsOnlyKeys("data");
    return gunzipped(Base64.getDecoder().decode((String) awslogs.get("data")));
  }

  private static String gunzipped(byte[] bytes) throws IOException {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
