package dev.flowbell.pipeline;

import dev.flowbell.input.LambdaEvent.StreamRecord;
import dev.flowbell.input.LogBatch;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.input.UndecodableEventException;
import dev.flowbell.input.UndecodableEventException.Layer;
import dev.flowbell.publish.FailedEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the payloads of a stream's records, one after another, as one batch.
final class StreamReader {
  /// Base64 of the four bytes with which the Kinesis Producer Library begins several records in
  /// one. CloudWatch Logs doesn't use it.
  ///
  /// @see <a
  ///   href="https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md">KPL
  ///   aggregated record format</a>
  private static final Pattern AGGREGATED = Pattern.compile("84maw[g-v]");

  /// How much of an id is remembered.
  private static final int ID_CHARACTERS = 16;

  private final SubscriptionDecoder decoder;

  StreamReader(SubscriptionDecoder decoder) {
    this.decoder = decoder;
  }

  /// Receives the payloads with log events.
  interface Target {
    /// Receives a payload. It is valid during this call.
    void read(LogBatch payload);
  }

  /// What is in records besides log events.
  ///
  /// @param payloads the ids of the payloads that were read
  /// @param controlMessages how many there are
  /// @param repeats payloads that were read before
  /// @param failed payloads that can't be read
  record Payloads(
      Set<String> payloads, long controlMessages, long repeats, List<FailedEvent> failed) {}

  /// Reads records.
  ///
  /// @param known the ids of payloads that were read before
  Payloads read(
      List<StreamRecord> records, Set<String> known, Invocation invocation, Target target) {
    Set<String> payloads = new LinkedHashSet<>();
    List<FailedEvent> failed = new ArrayList<>();
    long controlMessages = 0;
    long repeats = 0;
    for (StreamRecord record : records) {
      LogBatch payload = decode(record, invocation, failed);
      if (payload == null) {
        continue;
      }
      String id = payload.id() == null ? null : payload.id().substring(0, ID_CHARACTERS);
      if (payload.type() == LogBatch.Type.CONTROL_MESSAGE) {
        controlMessages++;
      } else if (id != null && (known.contains(id) || !payloads.add(id))) {
        repeats++;
      } else {
        target.read(payload);
      }
    }
    return new Payloads(payloads, controlMessages, repeats, failed);
  }

  /// Returns the payload of a record, `null` where it can't be read.
  private @Nullable LogBatch decode(
      StreamRecord record, Invocation invocation, List<FailedEvent> failed) {
    String where = record.shardId() + " " + record.sequenceNumber();
    try {
      if (AGGREGATED.matcher(record.data()).lookingAt()) {
        throw new UndecodableEventException(
            Layer.EVENT,
            0,
            where
                + ": expected one gzipped subscription message, got an aggregated record of the"
                + " Kinesis Producer Library");
      }
      return decoder.decode(record.data(), where);
    } catch (UndecodableEventException e) {
      failed.add(
          new FailedEvent(
              "{\"awslogs\":{\"data\":\"%s\"}}".formatted(record.data()),
              record.streamArn() + " " + where,
              e,
              invocation.requestId(),
              invocation.functionArn()));
      return null;
    }
  }
}
