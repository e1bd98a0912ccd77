package dev.flowbell.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A payload that the function failed to handle: the record that Lambda sends to an on-failure
/// destination, or an event alone.
///
/// @param event the event of the failed invocation, as JSON
/// @param functionArn the ARN of the function that failed, with its alias or version; `null` for an
///   event alone
/// @param error the function's last error, `null` where it is not known
/// @param tries how often the function was invoked, 0 where it is not known
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html">Capturing
///   records of Lambda asynchronous invocations</a>
record FailedPayload(
    String event, @Nullable String functionArn, @Nullable String error, long tries) {
  private static final String EVENT_KEY = "awslogs";

  /// Reads one message of a queue.
  ///
  /// @throws IllegalArgumentException where the message is neither a record with a CloudWatch Logs
  ///   event, nor such an event
  static FailedPayload parse(String message) {
    List<FailedPayload> all = parseAll(message);
    if (all.size() != 1) {
      throw new IllegalArgumentException("expected one failed payload, got " + all.size());
    }
    return all.getFirst();
  }

  /// Reads a file of records and events, one after another, or the output of `aws sqs
  /// receive-message`.
  ///
  /// @throws IllegalArgumentException where the file holds anything else
  static List<FailedPayload> parseAll(String text) {
    List<FailedPayload> found = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw new IllegalArgumentException("expected JSON objects, got another value");
        }
        new Reader(parser, text).read(found);
      }
    } catch (JacksonException e) { // its message quotes the payload, and may name no location
      long offset = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getCharOffset());
      throw new IllegalArgumentException("not JSON at character " + offset, e);
    }
    return found;
  }

  /// Reads one object.
  private static final class Reader {
    private final JsonParser parser;
    private final String text;
    private final int start;
    private final List<FailedPayload> received = new ArrayList<>();
    private boolean isReceived;
    private boolean isEvent;
    private @Nullable String event;
    private @Nullable String functionArn;
    private @Nullable String error;
    private long tries;

    Reader(JsonParser parser, String text) {
      this.parser = parser;
      this.text = text;
      start = (int) parser.currentTokenLocation().getCharOffset();
    }

    void read(List<FailedPayload> target) {
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (key) {
          case EVENT_KEY -> {
            isEvent = value == JsonToken.START_OBJECT;
            parser.skipChildren();
          }
          case "requestPayload" -> event = readEvent(value);
          case "requestContext" -> readContext(value);
          case "responsePayload" -> readError(value);
          case "Messages" -> readMessages(value);
          default -> parser.skipChildren();
        }
      }
      if (isReceived) {
        target.addAll(received);
        return;
      }
      if (isEvent) {
        event = text.substring(start, end());
      }
      if (event == null) {
        throw new IllegalArgumentException(
            "expected requestPayload with awslogs, or awslogs itself, got an object without");
      }
      target.add(new FailedPayload(event, functionArn, error, tries));
    }

    private int end() {
      return (int) parser.currentLocation().getCharOffset();
    }

    /// Returns the text of the object at the parser's position, `null` where it is no event.
    private @Nullable String readEvent(JsonToken value) {
      if (value != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return null;
      }
      int eventStart = (int) parser.currentTokenLocation().getCharOffset();
      boolean hasLogs = false;
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        hasLogs |= parser.currentName().equals(EVENT_KEY);
        parser.nextToken();
        parser.skipChildren();
      }
      return hasLogs ? text.substring(eventStart, end()) : null;
    }

    private void readContext(JsonToken value) {
      if (value != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        JsonToken token = parser.nextToken();
        if (key.equals("functionArn") && token == JsonToken.VALUE_STRING) {
          functionArn = parser.getString();
        } else if (key.equals("approximateInvokeCount") && token == JsonToken.VALUE_NUMBER_INT) {
          tries = parser.getLongValue();
        } else {
          parser.skipChildren();
        }
      }
    }

    private void readError(JsonToken value) {
      if (value != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean isMessage = parser.currentName().equals("errorMessage");
        if (parser.nextToken() == JsonToken.VALUE_STRING && isMessage) {
          error = parser.getString();
        } else {
          parser.skipChildren();
        }
      }
    }

    private void readMessages(JsonToken value) {
      if (value != JsonToken.START_ARRAY) {
        parser.skipChildren();
        return;
      }
      isReceived = true;
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          boolean isBody = parser.currentName().equals("Body");
          if (parser.nextToken() == JsonToken.VALUE_STRING && isBody) {
            received.add(parse(parser.getString()));
          } else {
            parser.skipChildren();
          }
        }
      }
    }
  }
}
