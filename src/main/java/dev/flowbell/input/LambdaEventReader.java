package dev.flowbell.input;

import com.amazonaws.services.lambda.runtime.events.CloudWatchLogsEvent;
import com.amazonaws.services.lambda.runtime.events.CloudWatchLogsEvent.AWSLogs;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/// Reads Lambda events into the types of `aws-lambda-java-events`, without data binding.
///
/// Lambda's own serialization reads the same, but takes a fifth of a cold start: see
/// `docs/RATIONALE.md`. `LambdaEventReaderTest` compares both. Safe for use by several threads.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample">Subscription
///   filters with AWS Lambda</a>
public final class LambdaEventReader {
  /// The most that Lambda passes to a function.
  ///
  /// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html">Lambda
  ///   quotas</a>: 6 MB for a synchronous invocation, 1 MB for an asynchronous one
  private static final int MOST_EVENT_CHARACTERS = 6 << 20;

  private final JsonFactory factory = SubscriptionDecoder.newFactory(MOST_EVENT_CHARACTERS);

  /// Creates a reader.
  public LambdaEventReader() {}

  /// Reads an event of a CloudWatch Logs subscription, `{"awslogs":{"data":"…"}}`. Other keys are
  /// skipped.
  ///
  /// @return the event; its `awsLogs` is `null` where there is no such object, and its `data` is
  ///   `null` where there is no such string
  /// @throws IOException where the stream can't be read
  /// @throws UndecodableEventException where the event is not JSON
  public CloudWatchLogsEvent readCloudWatchLogsEvent(InputStream event) throws IOException {
    CloudWatchLogsEvent read = new CloudWatchLogsEvent();
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), event)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          boolean isLogs = parser.currentName().equals("awslogs");
          parser.nextToken();
          if (isLogs) {
            read.setAwsLogs(readAwsLogs(parser));
          } else {
            parser.skipChildren();
          }
        }
      }
    } catch (JacksonIOException e) {
      throw e.getCause(); // not the event's fault
    } catch (JacksonException e) {
      throw SubscriptionDecoder.toUndecodable(e, "event");
    }
    return read;
  }

  /// Reads the value of `awslogs` at the parser's position.
  ///
  /// @return `null` where it is no object
  static @Nullable AWSLogs readAwsLogs(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    AWSLogs logs = new AWSLogs();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean isData = parser.currentName().equals("data");
      JsonToken value = parser.nextToken();
      if (isData && value == JsonToken.VALUE_STRING) {
        logs.setData(parser.getString());
      } else {
        parser.skipChildren();
      }
    }
    return logs;
  }
}
