package dev.flowbell.cli;

import dev.flowbell.input.CreatedObject;
import dev.flowbell.input.LambdaEvent;
import dev.flowbell.input.LambdaEvent.QueueMessage;
import dev.flowbell.input.LambdaEventReader;
import dev.flowbell.input.ObjectNotifications;
import dev.flowbell.input.QueueEvents;
import dev.flowbell.input.UndecodableEventException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A payload that the function failed to handle: the record that Lambda sends to an on-failure
/// destination, an event alone, or a notification of S3 that a queue gave up.
///
/// The event is written anew from the data in it, or from the names of the files. What else a
/// message has is not passed on: the operator's credentials invoke the function, and others can
/// write messages.
///
/// @param event `{"awslogs":{"data":"..."}}`, with the data of the failed invocation; or the event
///   of a queue, with a message that names the files
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
  private static final String DATA_KEY = "data";

  /// Tells the function that nobody repeats the message: it then throws what is wrong.
  private static final String NO_QUEUE = "";

  /// CloudWatch Logs sends gzip in Base64. Nothing of it needs an escape in JSON.
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*+=*+");

  /// Reads one message of a queue.
  ///
  /// @throws IllegalArgumentException where the message is neither a record with an event, nor an
  ///   event, nor a notification of S3
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
        new Reader(text, parser).read(found);
      }
    } catch (JacksonException e) { // its message quotes the payload, and may name no location
      long offset = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getCharOffset());
      throw new IllegalArgumentException("not JSON at character " + offset, e);
    }
    return found;
  }

  /// Returns whether a function's error says that it can't unwrap the payload: no try will succeed.
  ///
  /// @param error what Lambda answers, `{"errorMessage":"...","errorType":"...",...}`
  static boolean isUnreadable(String error) {
    String wanted = UndecodableEventException.class.getName();
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), error)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean isType = parser.currentName().equals("errorType");
        if (parser.nextToken() == JsonToken.VALUE_STRING && isType) {
          return parser.getString().equals(wanted);
        }
        parser.skipChildren();
      }
      return false;
    } catch (JacksonException _) {
      return false; // not the function's
    }
  }

  /// Returns whether the function's answer returns a message: it could not read a file, or not
  /// deliver it, and logged why.
  ///
  /// @param answer of an event of a queue, `{"batchItemFailures":[...]}`
  static boolean isReturned(String answer) {
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), answer)) {
      return parser.nextToken() == JsonToken.START_OBJECT
          && parser.nextToken() == JsonToken.PROPERTY_NAME
          && parser.currentName().equals("batchItemFailures")
          && parser.nextToken() == JsonToken.START_ARRAY
          && parser.nextToken() != JsonToken.END_ARRAY;
    } catch (JacksonException _) {
      return false; // not the function's
    }
  }

  /// Returns the event of a message that names the files of other messages.
  ///
  /// @param event of a queue, or the body of one of its messages
  /// @throws IllegalArgumentException where it names no file
  private static String toFileEvent(String event) {
    List<String> bodies = bodiesOf(event);
    List<CreatedObject> files = new ArrayList<>();
    try {
      for (String body : bodies.isEmpty() ? List.of(event) : bodies) {
        files.addAll(new ObjectNotifications().read(body));
      }
    } catch (UndecodableEventException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          "expected a notification of S3 that names files, got one that names none");
    }
    return QueueEvents.toJson(
        new QueueMessage("redrive", NO_QUEUE, ObjectNotifications.toBody(files)));
  }

  /// Returns the bodies of the messages in an event of a queue, none if it is something else.
  private static List<String> bodiesOf(String event) {
    try {
      return new LambdaEventReader()
                  .read(new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)))
              instanceof LambdaEvent.Queue queue
          ? queue.messages().stream().map(QueueMessage::body).toList()
          : List.of();
    } catch (UndecodableEventException _) {
      return List.of(); // for example a body
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a stream in memory
    }
  }

  /// Reads one object.
  private static final class Reader {
    private final String text;
    private final JsonParser parser;
    private final List<FailedPayload> received = new ArrayList<>();
    private boolean isReceived;
    private @Nullable String data;

    /// An event of a queue, or a body.
    private @Nullable String other;

    private @Nullable String functionArn;
    private @Nullable String error;
    private long tries;

    Reader(String text, JsonParser parser) {
      this.text = text;
      this.parser = parser;
    }

    void read(List<FailedPayload> target) {
      int start = offset();
      boolean isOther = false;
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (key) {
          case EVENT_KEY -> data = readText(value, DATA_KEY);
          case "requestPayload" -> data = readEvent(value);
          case "requestContext" -> readContext(value);
          case "responsePayload" -> error = readText(value, "errorMessage");
          case "Messages" -> readMessages(value);
          case "Records", "Message", "detail" -> {
            isOther = true;
            parser.skipChildren();
          }
          default -> parser.skipChildren();
        }
      }
      if (isOther && other == null) {
        other = text.substring(start, offset() + 1);
      }
      if (isReceived) {
        target.addAll(received);
        return;
      }
      if (data == null && other != null) {
        target.add(new FailedPayload(toFileEvent(other), functionArn, error, tries));
        return;
      }
      if (data == null) {
        throw new IllegalArgumentException(
            "expected requestPayload with awslogs.data, awslogs.data itself, or a notification of"
                + " S3, got another object");
      }
      if (!BASE64.matcher(data).matches()) {
        throw new IllegalArgumentException("awslogs.data: expected Base64, got other text");
      }
      String event = "{\"%s\":{\"%s\":\"%s\"}}".formatted(EVENT_KEY, DATA_KEY, data);
      target.add(new FailedPayload(event, functionArn, error, tries));
    }

    /// Returns where the current token begins.
    private int offset() {
      return (int) parser.currentTokenLocation().getCharOffset();
    }

    /// Returns the data of the event at the parser's position, `null` if it has none.
    private @Nullable String readEvent(JsonToken value) {
      if (value != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return null;
      }
      int start = offset();
      String found = null;
      boolean isOther = false;
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        JsonToken token = parser.nextToken();
        if (key.equals(EVENT_KEY)) {
          found = readText(token, DATA_KEY);
        } else {
          isOther |= key.equals("Records");
          parser.skipChildren();
        }
      }
      other = isOther ? text.substring(start, offset() + 1) : null;
      return found;
    }

    /// Returns the text at a key of the object at the parser's position, `null` if it has none.
    private @Nullable String readText(JsonToken value, String key) {
      if (value != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return null;
      }
      String found = null;
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean isWanted = parser.currentName().equals(key);
        if (parser.nextToken() == JsonToken.VALUE_STRING && isWanted) {
          found = parser.getString();
        } else {
          parser.skipChildren();
        }
      }
      return found;
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
