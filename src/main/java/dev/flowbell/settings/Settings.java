package dev.flowbell.settings;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.AlertRule;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.notify.HttpsForm;
import dev.flowbell.record.InvalidFormatException;
import dev.flowbell.record.RecordFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// All that users can set, checked as a whole.
///
/// @param formats what lines may look like, as far as is known without asking
/// @param isLogFormatAuto whether EC2 is to be asked for the flow logs' formats
/// @param logGroup the log group whose flow logs to ask for at start-up, `null` for not before a
///   payload names one
/// @param maxInflatedBytes the most that a payload may inflate to
/// @param metricSink which way metrics go
/// @param namespace the metrics' namespace
/// @param dimensionSets the series besides the totals
/// @param seriesBudget how many series these may make in a payload
/// @param alertPolicy what is worth telling
/// @param topicArn where notifications go, `null` for nowhere
/// @param httpsForm what HTTPS subscribers get
/// @param ledgerTable the ledger's table, `null` for a ledger in memory
public record Settings(
    List<RecordFormat> formats,
    boolean isLogFormatAuto,
    @Nullable String logGroup,
    long maxInflatedBytes,
    MetricSink metricSink,
    String namespace,
    List<List<MetricDimension>> dimensionSets,
    int seriesBudget,
    AlertPolicy alertPolicy,
    @Nullable String topicArn,
    HttpsForm httpsForm,
    @Nullable String ledgerTable) {

  /// Reads settings.
  ///
  /// @param values by [Setting#name]; blank ones count as not set, as a template's empty parameters
  ///   come
  /// @param nameOf what errors call a setting
  /// @throws InvalidSettingsException naming every wrong one
  public static Settings parse(Map<String, String> values, Function<Setting, String> nameOf) {
    return new Reader(values, nameOf).read();
  }

  /// Reads the function's settings from its environment.
  ///
  /// @throws InvalidSettingsException naming every wrong one
  public static Settings fromEnvironment(Map<String, String> environment) {
    return parse(environment, Setting::name);
  }

  /// Returns these settings with every alert switched off, for where nobody could be told.
  public Settings withoutAlerts() {
    return new Settings(
        formats,
        isLogFormatAuto,
        logGroup,
        maxInflatedBytes,
        metricSink,
        namespace,
        dimensionSets,
        seriesBudget,
        new AlertPolicy(Map.of(), alertPolicy.cooldown()),
        topicArn,
        httpsForm,
        ledgerTable);
  }

  private static final class Reader {
    private static final long MOST_COUNT = Integer.MAX_VALUE;
    private static final Duration LONGEST_COOLDOWN = Duration.ofDays(7);

    /// @see <a
    ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Namespace">Namespaces</a>
    private static final Pattern NAMESPACE =
        Pattern.compile("(?!AWS/)(?!:)[0-9A-Za-z.\\-_/#: ]{1,255}");

    /// @see <a
    ///   href="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html">CreateLogGroup</a>
    private static final Pattern LOG_GROUP = Pattern.compile("[.\\-_/#A-Za-z0-9]{1,512}");

    private static final Pattern TOPIC_ARN =
        Pattern.compile("arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\\.fifo)?");

    /// @see <a
    ///   href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html">CreateTable</a>
    private static final Pattern TABLE = Pattern.compile("[a-zA-Z0-9_.-]{3,255}");

    private final Map<String, String> values;
    private final Function<Setting, String> nameOf;
    private final List<String> errors = new ArrayList<>();

    Reader(Map<String, String> values, Function<Setting, String> nameOf) {
      this.values = values;
      this.nameOf = nameOf;
    }

    Settings read() {
      Settings settings =
          new Settings(
              readFormats(),
              isLogFormatAuto(),
              readLogGroup(),
              readNumber(Setting.MAX_INFLATED_BYTES, 1, MOST_COUNT),
              readMetricSink(),
              readNamespace(),
              readDimensions(),
              (int) readNumber(Setting.METRIC_SERIES_BUDGET, 0, 10_000),
              new AlertPolicy(readThresholds(), readCooldown()),
              readTopicArn(),
              readHttpsForm(),
              readLedgerTable());
      if (!errors.isEmpty()) {
        throw new InvalidSettingsException(errors);
      }
      return settings;
    }

    private boolean isLogFormatAuto() {
      return text(Setting.LOG_FORMAT).equals(Setting.LOG_FORMAT_AUTO);
    }

    private List<RecordFormat> readFormats() {
      List<RecordFormat> formats = new ArrayList<>();
      Setting setting = Setting.LOG_FORMAT;
      String[] texts = (isLogFormatAuto() ? setting.defaultText() : text(setting)).split(";", -1);
      for (int i = 0; i < texts.length; i++) {
        try {
          formats.add(RecordFormat.parse(texts[i]));
        } catch (InvalidFormatException e) {
          String which = texts.length == 1 ? "" : "format " + (i + 1) + ", ";
          errors.add(nameOf.apply(setting) + ": " + which + e.getMessage());
        }
      }
      return formats;
    }

    private @Nullable String readLogGroup() {
      String text = text(Setting.LOG_GROUP);
      if (text.isEmpty()) {
        return null;
      }
      if (!LOG_GROUP.matcher(text).matches()) {
        refuse(Setting.LOG_GROUP, "a log group's name: 1 to 512 letters, digits and .-_/#", text);
      }
      return text;
    }

    private MetricSink readMetricSink() {
      String text = text(Setting.METRIC_SINK);
      return switch (text) {
        case "cloudwatch" -> MetricSink.CLOUDWATCH;
        case "emf" -> MetricSink.EMF;
        default -> {
          refuse(Setting.METRIC_SINK, "cloudwatch or emf", text);
          yield MetricSink.CLOUDWATCH;
        }
      };
    }

    private String readNamespace() {
      String text = text(Setting.METRIC_NAMESPACE);
      if (!NAMESPACE.matcher(text).matches()) {
        refuse(
            Setting.METRIC_NAMESPACE,
            "1 to 255 letters, digits and .-_/#: without AWS/ in front",
            text);
      }
      return text;
    }

    private List<List<MetricDimension>> readDimensions() {
      try {
        return MetricDimension.parseSets(text(Setting.METRIC_DIMENSIONS));
      } catch (IllegalArgumentException e) {
        errors.add(nameOf.apply(Setting.METRIC_DIMENSIONS) + ": " + e.getMessage());
        return List.of();
      }
    }

    private Map<AlertRule, Long> readThresholds() {
      Map<AlertRule, Long> thresholds = new HashMap<>();
      for (AlertRule rule : AlertRule.all()) {
        Setting setting = Setting.threshold(rule);
        String text = text(setting);
        long threshold = findNumber(text);
        if (threshold < 0 || threshold > MOST_COUNT) {
          refuse(setting, "a positive integer, or 0 for never", text);
        }
        thresholds.put(rule, threshold);
      }
      return thresholds;
    }

    private Duration readCooldown() {
      return Duration.ofSeconds(
          readNumber(Setting.ALERT_COOLDOWN_SECONDS, 0, LONGEST_COOLDOWN.toSeconds()));
    }

    private @Nullable String readTopicArn() {
      String text = text(Setting.ALERT_TOPIC_ARN);
      if (text.isEmpty()) {
        return null;
      }
      if (!TOPIC_ARN.matcher(text).matches()) {
        refuse(
            Setting.ALERT_TOPIC_ARN,
            "an SNS topic's ARN such as arn:aws:sns:eu-west-1:123456789012:flowbell",
            text);
      }
      return text;
    }

    private @Nullable String readLedgerTable() {
      String text = text(Setting.LEDGER_TABLE);
      if (text.isEmpty()) {
        return null;
      }
      if (!TABLE.matcher(text).matches()) {
        refuse(
            Setting.LEDGER_TABLE,
            "a DynamoDB table's name, 3 to 255 letters, digits and ._-",
            text);
      }
      return text;
    }

    private HttpsForm readHttpsForm() {
      String text = text(Setting.ALERT_HTTPS_FORM);
      return switch (text) {
        case "json" -> HttpsForm.JSON;
        case "chat" -> HttpsForm.CHAT;
        default -> {
          refuse(Setting.ALERT_HTTPS_FORM, "json or chat", text);
          yield HttpsForm.JSON;
        }
      };
    }

    private long readNumber(Setting setting, long least, long most) {
      String text = text(setting);
      long number = findNumber(text);
      if (number < least || number > most) {
        refuse(setting, "a whole number from " + least + " to " + most, text);
      }
      return number;
    }

    private static long findNumber(String text) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException e) {
        return -1; // below every range
      }
    }

    private String text(Setting setting) {
      String value = values.get(setting.name());
      return value == null || value.isBlank() ? setting.defaultText() : value.strip();
    }

    private void refuse(Setting setting, String expected, String got) {
      String shortened = got.length() > 60 ? got.substring(0, 60) + "..." : got;
      errors.add(
          "%s: expected %s, got \"%s\"".formatted(nameOf.apply(setting), expected, shortened));
    }
  }
}
