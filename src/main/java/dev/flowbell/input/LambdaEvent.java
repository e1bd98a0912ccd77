package dev.flowbell.input;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What Lambda passes to the function. [LambdaEventReader] reads it.
public sealed interface LambdaEvent {
  /// The event of a CloudWatch Logs subscription.
  ///
  /// @param data base64 of a gzipped subscription message; `null` where the event has no such text
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample">Subscription
  ///   filters with AWS Lambda</a>
  record Subscription(@Nullable String data) implements LambdaEvent {}

  /// A batch of a Kinesis data stream. Lambda puts records of one shard into a batch, in their
  /// order.
  ///
  /// @param records one at least
  /// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html">Using Lambda to
  ///   process records from Amazon Kinesis Data Streams</a>
  record Stream(List<StreamRecord> records) implements LambdaEvent {
    /// Creates an event with a copy of the list.
    public Stream {
      records = List.copyOf(records);
    }
  }

  /// A batch of an SQS queue.
  ///
  /// @param messages one at least
  /// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html">Using Lambda with
  ///   Amazon SQS</a>
  record Queue(List<QueueMessage> messages) implements LambdaEvent {
    /// Creates an event with a copy of the list.
    public Queue {
      messages = List.copyOf(messages);
    }
  }

  /// A record of a Kinesis data stream.
  ///
  /// @param streamArn the stream's ARN
  /// @param shardId such as `shardId-000000000000`
  /// @param sequenceNumber decimal digits; later records of a shard have larger numbers
  /// @param data base64 of what the producer wrote
  record StreamRecord(String streamArn, String shardId, String sequenceNumber, String data) {}

  /// A message of an SQS queue.
  ///
  /// @param messageId the id by which a response names it
  /// @param queueArn the queue's ARN
  record QueueMessage(String messageId, String queueArn, String body) {}
}
