package dev.flowbell.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;

/// Reads records that are JSON objects. It copies their values to a buffer, as text, and reads them
/// like the fields of a line.
///
/// Keys can be spelled as on AWS's pages (`pkt-srcaddr`), as by the log transformer `parseVPC`
/// (`pktSrcAddr`), or with underscores. Values can be strings or numbers. Unknown keys and nested
/// values are skipped. If a key is repeated, its last value counts.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation.html">Transform
///   logs during ingestion</a>
@SuppressWarnings("EnumOrdinal") // arrays by ordinal are the fastest maps
final class JsonRecordReader {
  private static final FlowField[] FIELDS = FlowField.values();
  private static final int FIRST_BYTES = 512;

  /// Far more than the values of a record take.
  private static final int MOST_BYTES_KEPT = 64 * 1024;

  private final JsonFactory factory =
      new JsonFactoryBuilder().disable(JsonFactory.Feature.INTERN_PROPERTY_NAMES).build();
  private final RecordParser fieldReader;
  private final JsonScanner scanner;
  private byte[] values = new byte[FIRST_BYTES];
  private int length;
  // The ordinals of the fields, in the order of their last keys.
  private final int[] order = new int[FIELDS.length];
  private int count;
  // Indexed by ordinal. A start of -1 means that the field has no value.
  private final int[] starts = new int[FIELDS.length];
  private final int[] ends = new int[FIELDS.length];

  JsonRecordReader(RecordParser fieldReader, FieldScanner fieldScanner) {
    this.fieldReader = fieldReader;
    this.scanner = new JsonScanner(fieldScanner);
  }

  /// Reads `[start, end)` into `target`, replacing its contents, which are valid until the next
  /// call. Adds the object's fields to `fieldsSeen`.
  ///
  /// @return `null` when read, else the fault; `target` is then unspecified
  @Nullable ParseFault read(
      byte[] buffer, int start, int end, FlowRecord target, Set<FlowField> fieldsSeen) {
    return scanner.read(buffer, start, end, target, fieldsSeen)
        ? null
        : readAnyJson(buffer, start, end, target, fieldsSeen);
  }

  /// Reads an object like [#read], in every form that JSON allows.
  @Nullable ParseFault readAnyJson(
      byte[] buffer, int start, int end, FlowRecord target, Set<FlowField> fieldsSeen) {
    if (values.length > MOST_BYTES_KEPT) {
      values = new byte[FIRST_BYTES];
    }
    length = 0;
    count = 0;
    Arrays.fill(starts, -1);
    try (JsonParser parser =
        factory.createParser(ObjectReadContext.empty(), buffer, start, end - start)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        FlowField field = FlowField.findByKey(parser.currentName());
        JsonToken value = parser.nextToken();
        if (field == null || value == null) {
          parser.skipChildren();
          continue;
        }
        forget(field);
        if (value.isStructStart()) {
          parser.skipChildren();
        } else {
          keep(field, value == JsonToken.VALUE_NULL ? "-" : parser.getString());
        }
      }
      if (parser.nextToken() != null) {
        return ParseFault.BROKEN_JSON;
      }
    } catch (JacksonException e) {
      return ParseFault.BROKEN_JSON;
    }
    return count == 0 ? ParseFault.WRONG_FIELD_COUNT : readKept(target, fieldsSeen);
  }

  /// Removes the value of an earlier key. For example, `{"action":"REJECT","action":{}}` has no
  /// action.
  private void forget(FlowField field) {
    if (starts[field.ordinal()] < 0) {
      return;
    }
    starts[field.ordinal()] = -1;
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (order[i] != field.ordinal()) {
        order[kept++] = order[i];
      }
    }
    count = kept;
  }

  private void keep(FlowField field, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > values.length - length) {
      values = Arrays.copyOf(values, Math.max(values.length * 2, length + bytes.length));
    }
    System.arraycopy(bytes, 0, values, length, bytes.length);
    order[count++] = field.ordinal();
    starts[field.ordinal()] = length;
    length += bytes.length;
    ends[field.ordinal()] = length;
  }

  private @Nullable ParseFault readKept(FlowRecord target, Set<FlowField> fieldsSeen) {
    target.clear(values);
    for (int i = 0; i < count; i++) {
      FlowField field = FIELDS[order[i]];
      ParseFault fault =
          fieldReader.readField(field, starts[order[i]], ends[order[i]], values, target);
      if (fault != null) {
        return fault;
      }
    }
    if (!target.isFlowLogRecord()) {
      return ParseFault.WRONG_FIELD_COUNT;
    }
    for (int i = 0; i < count; i++) {
      fieldsSeen.add(FIELDS[order[i]]);
    }
    return null;
  }
}
