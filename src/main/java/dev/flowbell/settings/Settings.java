package dev.flowbell.settings;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.Quiet;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.notify.HttpsForm;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.InvalidFormatException;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.TrafficType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The values of all settings, checked.
///
/// @param formats the lines' formats, before EC2 is asked
/// @param isLogFormatAuto whether the function asks EC2 for the flow logs' formats
/// @param logGroup the log group to ask about at start-up; `null` to ask when a payload names its
///   log group
/// @param trafficType the traffic whose records are read
/// @param maxInflatedBytes the most bytes that a payload may inflate to
/// @param metricSink how metrics reach CloudWatch
/// @param namespace the metrics' namespace
/// @param dimensionSets the series besides the totals
/// @param seriesBudget the most series that dimensions may make in a payload
/// @param alertPolicy what is worth a notification
/// @param insideNetworks the networks of the user's own hosts, before EC2 is asked
/// @param isInsideAuto whether EC2 is asked for the blocks of VPCs, which are inside too
/// @param explainsBlocks whether EC2 is asked what blocks an alert's flow
/// @param stackName the stack's name; `null` outside of one
/// @param topicArn the topic for notifications; `null` for no notifications
/// @param httpsForm what HTTPS subscribers get
/// @param ledgerTable the ledger's table; `null` for a ledger in memory
/// @param failureQueueUrl the queue for payloads that can't be read; `null` for none
/// @param sourceChange which records are read of which source; `null` for all of all
public record Settings(
    List<RecordFormat> formats,
    boolean isLogFormatAuto,
    @Nullable String logGroup,
    TrafficType trafficType,
    long maxInflatedBytes,
    MetricSink metricSink,
    String namespace,
    List<List<MetricDimension>> dimensionSets,
    int seriesBudget,
    AlertPolicy alertPolicy,
    AddressBlocks insideNetworks,
    boolean isInsideAuto,
    boolean explainsBlocks,
    @Nullable String stackName,
    @Nullable String topicArn,
    HttpsForm httpsForm,
    @Nullable String ledgerTable,
    @Nullable String failureQueueUrl,
    @Nullable SourceChange sourceChange) {

  /// Reads settings.
  ///
  /// @param values by [Setting#name]. A blank value counts as not set, because an empty parameter
  ///   of the template makes one
  /// @param nameOf what errors call a setting
  /// @throws InvalidSettingsException naming every wrong setting
  public static Settings parse(Map<String, String> values, Function<Setting, String> nameOf) {
    return new Reader(values, nameOf).read();
  }

  /// Reads the function's settings from its environment.
  ///
  /// @throws InvalidSettingsException naming every wrong setting
  public static Settings fromEnvironment(Map<String, String> environment) {
    return parse(environment, Setting::name);
  }

  /// Returns these settings with another policy.
  public Settings withAlertPolicy(AlertPolicy policy) {
    return with(policy, insideNetworks, isInsideAuto);
  }

  /// Returns these settings with the networks that EC2 told.
  public Settings withInsideNetworks(AddressBlocks networks) {
    return with(alertPolicy, networks, false);
  }

  private Settings with(AlertPolicy policy, AddressBlocks networks, boolean isAuto) {
    return new Settings(
        formats,
        isLogFormatAuto,
        logGroup,
        trafficType,
        maxInflatedBytes,
        metricSink,
        namespace,
        dimensionSets,
        seriesBudget,
        policy,
        networks,
        isAuto,
        explainsBlocks,
        stackName,
        topicArn,
        httpsForm,
        ledgerTable,
        failureQueueUrl,
        sourceChange);
  }

  private static final class Reader {
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
              readOptional(Setting.LOG_GROUP),
              readTrafficType(),
              readNumber(Setting.MAX_INFLATED_BYTES),
              readChoice(Setting.METRIC_SINK, MetricSink.values()),
              read(Setting.METRIC_NAMESPACE),
              readParsed(Setting.METRIC_DIMENSIONS, MetricDimension::parseSets, List.of()),
              (int) readNumber(Setting.METRIC_SERIES_BUDGET),
              new AlertPolicy(
                  readParsed(Setting.ALERT_THRESHOLDS, Thresholds::parse, Thresholds.DEFAULT),
                  readParsed(Setting.QUIET, Quiet::parse, Quiet.NOTHING),
                  (int) readNumber(Setting.ALERT_MAIL_LIMIT)),
              readInsideNetworks(),
              isInsideAuto(),
              read(Setting.EXPLAIN_BLOCKS).equals("true"),
              readOptional(Setting.STACK_NAME),
              readOptional(Setting.ALERT_TOPIC_ARN),
              readChoice(Setting.ALERT_HTTPS_FORM, HttpsForm.values()),
              readOptional(Setting.LEDGER_TABLE),
              readOptional(Setting.FAILURE_QUEUE_URL),
              readSourceChange());
      if (!errors.isEmpty()) {
        throw new InvalidSettingsException(errors);
      }
      return settings;
    }

    private boolean isLogFormatAuto() {
      return text(Setting.LOG_FORMAT).equals(Setting.LOG_FORMAT_AUTO);
    }

    private boolean isInsideAuto() {
      return text(Setting.INSIDE_NETWORKS).equals(Setting.INSIDE_AUTO);
    }

    private AddressBlocks readInsideNetworks() {
      AddressBlocks otherwise = AddressBlocks.parse(Setting.INSIDE_NETWORKS.defaultText());
      return isInsideAuto()
          ? otherwise
          : readParsed(Setting.INSIDE_NETWORKS, AddressBlocks::parse, otherwise);
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

    private @Nullable SourceChange readSourceChange() {
      if (text(Setting.SOURCE_CHANGE).isEmpty()) {
        return null; // without a change, start-up loads nothing of it
      }
      SourceChange otherwise = new SourceChange(Instant.EPOCH, true); // an error is recorded
      return readParsed(Setting.SOURCE_CHANGE, SourceChange::parse, otherwise);
    }

    /// The words are AWS's, in capital letters.
    private TrafficType readTrafficType() {
      return read(Setting.TRAFFIC_TYPE).equals(TrafficType.REJECT.name())
          ? TrafficType.REJECT
          : TrafficType.ALL;
    }

    private <T> T readParsed(Setting setting, Function<String, T> parse, T otherwise) {
      try {
        return parse.apply(text(setting));
      } catch (IllegalArgumentException e) {
        errors.add(nameOf.apply(setting) + ": " + e.getMessage());
        return otherwise;
      }
    }

    private <E extends Enum<E>> E readChoice(Setting setting, E[] constants) {
      String text = read(setting);
      for (E constant : constants) {
        if (Bounds.Choice.toWord(constant).equals(text)) {
          return constant;
        }
      }
      return constants[0]; // the error is recorded
    }

    private long readNumber(Setting setting) {
      return Bounds.Numbers.toNumber(read(setting));
    }

    private @Nullable String readOptional(Setting setting) {
      return text(setting).isEmpty() ? null : read(setting);
    }

    /// Returns the setting's text, and records an error if the text is out of bounds.
    private String read(Setting setting) {
      String text = text(setting);
      if (!setting.bounds().contain(text)) {
        String shortened = text.length() > 60 ? text.substring(0, 60) + "..." : text;
        errors.add(
            "%s: expected %s, got \"%s\""
                .formatted(nameOf.apply(setting), setting.bounds().words(), shortened));
      }
      return text;
    }

    private String text(Setting setting) {
      String value = values.get(setting.name());
      return value == null || value.isBlank() ? setting.defaultText() : value.strip();
    }
  }
}
