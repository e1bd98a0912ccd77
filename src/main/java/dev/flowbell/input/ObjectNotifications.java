package dev.flowbell.input;

import dev.flowbell.input.UndecodableEventException.Layer;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Reads what S3 says about objects that were written: event notifications of S3 itself, events of
/// EventBridge, and either of them in a message of SNS. Safe for use by several threads.
///
/// Notifications about anything else, such as deleted objects, name no object to read. Neither does
/// the test message that S3 sends first.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html">Event
///   message structure</a>
/// @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html">EventBridge
///   event message structure</a>
/// @see <a href="https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html">SNS to
///   SQS</a>
public final class ObjectNotifications {
  /// The most that SQS passes on.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html">Amazon
  ///   SQS message quotas</a>: 1 MiB
  private static final int MOST_CHARACTERS = 1 << 20;

  /// @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html">Naming
  ///   objects</a>
  private static final int MOST_KEY_BYTES = 1_024;

  /// Older buckets have longer names than the 63 of today.
  private static final int MOST_BUCKET_CHARACTERS = 255;

  private static final int MOST_ID_CHARACTERS = 1_024;

  private static final String CREATED = "ObjectCreated:";
  private static final String CREATED_IN_EVENT_BRIDGE = "Object Created";
  private static final String S3 = "aws:s3";
  private static final String S3_IN_EVENT_BRIDGE = "aws.s3";

  /// The paths of the values that are used, in all forms.
  private static final Set<String> VALUES =
      Set.of(
          "Type",
          "Message",
          "Event",
          "source",
          "detail-type",
          "detail.bucket.name",
          "detail.object.key",
          "detail.object.version-id",
          "detail.object.etag",
          "detail.object.size",
          "eventSource",
          "eventName",
          "s3.bucket.name",
          "s3.object.key",
          "s3.object.versionId",
          "s3.object.eTag",
          "s3.object.size");

  /// The paths of the objects with these values in them.
  private static final Set<String> PARENTS =
      Set.of("detail", "detail.bucket", "detail.object", "s3", "s3.bucket", "s3.object");

  private final JsonFactory factory = SubscriptionDecoder.newFactory(MOST_CHARACTERS);

  /// Creates a reader.
  public ObjectNotifications() {}

  /// Returns the objects that a message of a queue names, none if it tells of something else.
  ///
  /// @throws UndecodableEventException if it is no notification of S3
  public List<CreatedObject> read(String body) {
    return read(body, false);
  }

  private List<CreatedObject> read(String body, boolean isFromSns) {
    List<CreatedObject> found = new ArrayList<>();
    Map<String, String> texts = new HashMap<>();
    boolean hasRecords = false;
    byte[] json = body.getBytes(StandardCharsets.UTF_8); // errors have offsets in bytes
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw refused("no JSON object");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        if (parser.nextToken() == JsonToken.START_ARRAY && key.equals("Records")) {
          hasRecords = true;
          readRecords(parser, found);
        } else {
          readValue(parser, key, texts);
        }
      }
      if (parser.nextToken() != null) {
        throw refused("more than one JSON value");
      }
    } catch (JacksonException e) {
      throw SubscriptionDecoder.toUndecodable(e, "S3 notification");
    }
    if (hasRecords || "s3:TestEvent".equals(texts.get("Event"))) {
      return found;
    }
    if (texts.containsKey("detail-type")) {
      return readEventBridge(texts);
    }
    String message = texts.get("Message");
    if ("Notification".equals(texts.get("Type")) && message != null && !isFromSns) {
      return read(message, true);
    }
    throw refused("other JSON");
  }

  private static void readRecords(JsonParser parser, List<CreatedObject> found) {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Map<String, String> texts = new HashMap<>();
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        readObject(parser, "", texts);
      } else {
        parser.skipChildren();
      }
      if (!S3.equals(texts.get("eventSource"))) {
        throw refused("a record whose eventSource is not " + S3);
      }
      if (required(texts, "eventName").startsWith(CREATED)) {
        found.add(
            toObject(
                texts,
                "s3.bucket.name",
                decoded(required(texts, "s3.object.key")),
                "s3.object.versionId",
                "s3.object.eTag",
                "s3.object.size"));
      }
    }
  }

  private static List<CreatedObject> readEventBridge(Map<String, String> texts) {
    if (!S3_IN_EVENT_BRIDGE.equals(texts.get("source"))) {
      throw refused("an EventBridge event whose source is not " + S3_IN_EVENT_BRIDGE);
    }
    return CREATED_IN_EVENT_BRIDGE.equals(texts.get("detail-type"))
        ? List.of(
            toObject(
                texts,
                "detail.bucket.name",
                required(texts, "detail.object.key"),
                "detail.object.version-id",
                "detail.object.etag",
                "detail.object.size"))
        : List.of();
  }

  private static void readObject(JsonParser parser, String path, Map<String, String> texts) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = path + parser.currentName();
      parser.nextToken();
      readValue(parser, key, texts);
    }
  }

  private static void readValue(JsonParser parser, String path, Map<String, String> texts) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT && PARENTS.contains(path)) {
      readObject(parser, path + ".", texts);
    } else if (token.isScalarValue() && token != JsonToken.VALUE_NULL && VALUES.contains(path)) {
      texts.put(path, parser.getString());
    } else {
      parser.skipChildren();
    }
  }

  private static CreatedObject toObject(
      Map<String, String> texts,
      String bucketPath,
      String key,
      String versionPath,
      String eTagPath,
      String sizePath) {
    String bucket = required(texts, bucketPath);
    String versionId = texts.get(versionPath);
    String eTag = required(texts, eTagPath).replace("\"", "");
    checkLength(bucketPath, bucket.length(), MOST_BUCKET_CHARACTERS);
    checkLength("key", key.getBytes(StandardCharsets.UTF_8).length, MOST_KEY_BYTES);
    checkLength(versionPath, versionId == null ? 0 : versionId.length(), MOST_ID_CHARACTERS);
    checkLength(eTagPath, eTag.length(), MOST_ID_CHARACTERS);
    return new CreatedObject(bucket, key, versionId, eTag, toBytes(texts.get(sizePath)));
  }

  private static void checkLength(String what, int length, int most) {
    if (length > most) {
      throw refused("a %s of %d instead of at most %d".formatted(what, length, most));
    }
  }

  private static long toBytes(@Nullable String size) {
    return size == null || !size.matches("[0-9]{1,15}") ? 0 : Long.parseLong(size);
  }

  private static String required(Map<String, String> texts, String path) {
    String text = texts.get(path);
    if (text == null || text.isEmpty()) {
      throw refused("one without " + path);
    }
    return text;
  }

  /// Decodes a key: S3 writes a blank as `+`, and a plus sign as `%2B`. EventBridge does not
  /// encode.
  private static String decoded(String key) {
    try {
      return URLDecoder.decode(key, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw refused("a key that is not URL-encoded");
    }
  }

  private static UndecodableEventException refused(String found) {
    return new UndecodableEventException(
        Layer.EVENT, 0, "expected a notification of S3 about objects, got " + found);
  }

  /// Returns the body of a message that names these objects, in the form of S3's notifications. It
  /// has nothing else of the message that named them.
  public static String toBody(List<CreatedObject> objects) {
    StringWriter body = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), body)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("Records");
      objects.forEach(object -> write(object, json));
      json.writeEndArray();
      json.writeEndObject();
    }
    return body.toString();
  }

  private static void write(CreatedObject object, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("eventSource", S3);
    json.writeStringProperty("eventName", CREATED + "Put");
    json.writeObjectPropertyStart("s3");
    json.writeObjectPropertyStart("bucket");
    json.writeStringProperty("name", object.bucket());
    json.writeEndObject();
    json.writeObjectPropertyStart("object");
    json.writeStringProperty("key", URLEncoder.encode(object.key(), StandardCharsets.UTF_8));
    json.writeNumberProperty("size", object.bytes());
    json.writeStringProperty("eTag", object.eTag());
    if (object.versionId() != null) {
      json.writeStringProperty("versionId", object.versionId());
    }
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
  }
}
