package dev.flowbell.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.aws.HttpClients;
import dev.flowbell.input.LambdaEvent;
import dev.flowbell.input.LambdaEvent.StreamRecord;
import dev.flowbell.input.LambdaEventReader;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.settings.Settings;
import dev.flowbell.testing.generator.PayloadGenerator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Replays a file of Lambda events as batches of a stream with two shards, and prints the
/// notifications as `flowbell replay --output json` does: for the score of the signal.
///
/// Batches have up to 200 payloads. Some are cut anew, repeated, or overlap the one before.
public final class StreamReplay {
  private static final int SHARDS = 2;
  private static final int MOST_PAYLOADS = 200;

  private StreamReplay() {}

  /// Runs it.
  ///
  /// @param arguments the last one is the file
  public static void main(String[] arguments) throws IOException {
    Settings settings = Settings.fromEnvironment(Map.of());
    Pipeline pipeline =
        new Wiring(settings, null, HttpClients.open()).newTrial(PayloadReader.EVERY_RECORD);
    List<AlertMessage> sent = new ArrayList<>();
    for (List<StreamRecord> batch :
        toBatches(Path.of(arguments[arguments.length - 1]), new Random(1))) {
      pipeline
          .process(
              batch,
              new SubscriptionDecoder(settings.maxInflatedBytes()),
              new Invocation("", "", TimeLimit.NONE))
          .forEach(outcome -> sent.addAll(outcome.sent()));
    }
    sent.addAll(pipeline.finish().sent());
    System.out.println(
        "{\"notifications\":["
            + String.join(",", sent.stream().map(StreamReplay::toJson).toList())
            + "]}");
  }

  private static List<List<StreamRecord>> toBatches(Path file, Random random) throws IOException {
    List<List<StreamRecord>> shards = new ArrayList<>();
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new ArrayList<>());
    }
    LambdaEventReader reader = new LambdaEventReader();
    int number = 0;
    List<List<StreamRecord>> batches = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      LambdaEvent event = reader.read(new ByteArrayInputStream(line.getBytes(UTF_8)));
      int shard = random.nextInt(SHARDS);
      shards
          .get(shard)
          .add(
              new StreamRecord(
                  "arn:aws:kinesis:eu-west-1:123456789012:stream/signal",
                  "shardId-" + shard,
                  String.valueOf(++number),
                  String.valueOf(((LambdaEvent.Subscription) event).data())));
      if (shards.get(shard).size() == MOST_PAYLOADS || random.nextInt(MOST_PAYLOADS / 2) == 0) {
        add(shards.get(shard), batches, random);
      }
    }
    shards.forEach(each -> add(each, batches, random));
    return batches;
  }

  /// Adds the waiting records as a batch, and sometimes the same or a part of it once more.
  private static void add(
      List<StreamRecord> waiting, List<List<StreamRecord>> batches, Random random) {
    if (waiting.isEmpty()) {
      return;
    }
    if (random.nextInt(4) == 0) {
      batches.add(List.copyOf(waiting.subList(0, 1 + random.nextInt(waiting.size()))));
    }
    batches.add(List.copyOf(waiting));
    if (random.nextInt(4) == 0) {
      batches.add(List.copyOf(waiting));
    }
    waiting.clear();
  }

  private static String toJson(AlertMessage message) {
    return "{\"severity\":%s,\"subject\":%s,\"text\":%s,\"alerts\":[%s]}"
        .formatted(
            PayloadGenerator.quote(message.severity().key()),
            PayloadGenerator.quote(message.subject()),
            PayloadGenerator.quote(message.text()),
            String.join(",", message.alerts()));
  }
}
