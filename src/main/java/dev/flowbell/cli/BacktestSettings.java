package dev.flowbell.cli;

import dev.flowbell.doctor.CannotAskException;
import dev.flowbell.doctor.Deployment;
import dev.flowbell.doctor.DoctorClients;
import dev.flowbell.settings.Setting;
import dev.flowbell.settings.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/// The settings of a backtest: those of the command line, then those of a stack's function, then
/// the defaults.
///
/// @param values by the names of the environment variables, without those that are not set
/// @param stack the stack's name, `null` without one
/// @param region the Region of the stack, or that of the environment; `null` for none
record BacktestSettings(
    Map<String, String> values, @Nullable String stack, @Nullable String region) {
  private static final String STACK_NAME = "STACK_NAME";
  private static final String LOG_FORMAT = "LOG_FORMAT";

  /// The settings that change what would be sent.
  static final List<Setting> OPTIONS =
      Setting.OPTIONS.stream()
          .filter(
              setting ->
                  List.of(
                          LOG_FORMAT,
                          "TRAFFIC_TYPE",
                          "MAX_INFLATED_BYTES",
                          "ALERT_THRESHOLDS",
                          "ALERT_MAIL_LIMIT",
                          "QUIET",
                          "INSIDE_NETWORKS")
                      .contains(setting.name()))
          .toList();

  /// Reads them.
  ///
  /// @throws CannotAskException if AWS can't be asked about the stack
  static BacktestSettings of(ParseResult options) throws CannotAskException {
    String stack = options.matchedOptionValue("--stack", null);
    Map<String, String> values = new LinkedHashMap<>();
    String region = System.getenv("AWS_REGION");
    if (stack != null) {
      String named = options.matchedOptionValue("--region", null);
      try (DoctorClients clients = DoctorClients.open(named)) {
        Deployment deployment = Deployment.find(stack, clients);
        region = deployment.region();
        deployment.liveEnvironment().forEach((name, value) -> put(name, value, values));
      }
      if ("auto".equals(values.get(LOG_FORMAT))) {
        values.remove(LOG_FORMAT); // a file's header line says it, or --log-format
      }
    }
    for (Setting setting : OPTIONS) {
      put(setting.name(), options.matchedOptionValue(setting.option(), null), values);
    }
    return new BacktestSettings(values, stack, region);
  }

  private static void put(String name, @Nullable String value, Map<String, String> values) {
    boolean isUsed =
        name.equals(STACK_NAME)
            || OPTIONS.stream().anyMatch(setting -> setting.name().equals(name));
    if (isUsed && value != null && !value.isBlank()) {
      values.put(name, value.strip());
    }
  }

  /// Returns the settings, checked.
  ///
  /// @throws dev.flowbell.settings.InvalidSettingsException naming every wrong setting
  Settings parse() {
    return SettingOptions.withInsideNetworks(
        Settings.parse(
            values, setting -> setting.option().isEmpty() ? setting.name() : setting.option()),
        region);
  }

  /// Returns the setting `QUIET` as it is written, empty for none.
  String quiet() {
    return values.getOrDefault("QUIET", "");
  }

  /// Returns the values that differ from the defaults, by option.
  Map<String, String> changed() {
    return OPTIONS.stream()
        .filter(setting -> values.containsKey(setting.name()))
        .filter(setting -> !setting.defaultText().equals(values.getOrDefault(setting.name(), "")))
        .collect(
            Collectors.toMap(
                setting -> setting.option().substring(2),
                setting -> values.getOrDefault(setting.name(), ""),
                (one, _) -> one,
                LinkedHashMap::new));
  }

  /// Returns the option of a setting: `--alert-thresholds`.
  static String optionOf(String name) {
    return OPTIONS.stream()
        .filter(setting -> setting.name().equals(name))
        .findFirst()
        .orElseThrow()
        .option();
  }

  /// Returns the template's parameter of a setting: `AlertThresholds`.
  static String parameterOf(String name) {
    StringBuilder parameter = new StringBuilder();
    for (String word : name.split("_", -1)) {
      parameter.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return parameter.toString();
  }
}
