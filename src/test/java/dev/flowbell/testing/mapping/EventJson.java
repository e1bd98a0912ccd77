package dev.flowbell.testing.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.mapping.DataStream.StreamRecord;
import dev.flowbell.testing.mapping.MessageQueue.Message;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/// Events as Lambda sends them.
///
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html">Using Lambda to
///   process records from Amazon Kinesis Data Streams</a>
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html">Using Lambda with
///   Amazon SQS</a>
final class EventJson {
  /// What Lambda puts into one event at most, whatever the batch size is.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html">
  ///   Batching behavior</a>: "The payload size reaches 6 MB" (read 2026-11-28)
  static final int MOST_BYTES = 6 << 20;

  private static final String BEGIN = "{\"Records\":[";
  private static final String END = "]}";

  private EventJson() {}

  /// Returns the event of these records' JSON.
  static String toEvent(List<String> records) {
    return records.stream().collect(Collectors.joining(",", BEGIN, END));
  }

  /// Returns how many of the first records one event has room for. One record always fits: neither
  /// a stream nor a queue takes larger ones.
  static int countThatFit(List<String> records) {
    long bytes = (long) BEGIN.length() + END.length();
    for (int i = 0; i < records.size(); i++) {
      bytes += records.get(i).getBytes(UTF_8).length + 1; // the comma
      if (bytes > MOST_BYTES && i > 0) {
        return i;
      }
    }
    return records.size();
  }

  static String toJson(StreamRecord record, String streamArn) {
    return """
    {"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":%s,"sequenceNumber":"%s",\
    "data":"%s","approximateArrivalTimestamp":%s},"eventSource":"aws:kinesis",\
    "eventVersion":"1.0","eventID":"%s:%s","eventName":"aws:kinesis:record",\
    "invokeIdentityArn":"arn:aws:iam::123456789012:role/flowbell","awsRegion":"eu-west-1",\
    "eventSourceARN":"%s"}\
    """
        .formatted(
            PayloadGenerator.quote(record.partitionKey()),
            record.sequenceNumber(),
            record.data(),
            toSeconds(record.arrival()),
            record.shardId(),
            record.sequenceNumber(),
            streamArn);
  }

  static String toJson(Message message, String queueArn) {
    return """
    {"messageId":"%s","receiptHandle":"%s","body":%s,"attributes":\
    {"ApproximateReceiveCount":"%d","SentTimestamp":"%d","SenderId":"AIDAIENQZJOLO23YVJ4VO",\
    "ApproximateFirstReceiveTimestamp":"%d"},"messageAttributes":{},"md5OfBody":"%s",\
    "eventSource":"aws:sqs","eventSourceARN":"%s","awsRegion":"eu-west-1"}\
    """
        .formatted(
            message.messageId(),
            message.receiptHandle(),
            PayloadGenerator.quote(message.body()),
            message.receiveCount(),
            message.sent().toEpochMilli(),
            message.firstReceived().toEpochMilli(),
            message.md5OfBody(),
            queueArn);
  }

  private static String toSeconds(Instant time) {
    return "%d.%03d".formatted(time.getEpochSecond(), time.getNano() / 1_000_000);
  }
}
