package dev.flowbell.cli;

import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.settings.Setting;
import dev.flowbell.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The function's settings as options of a command.
final class SettingOptions {
  private SettingOptions() {}

  /// Adds the options to a command.
  static void addTo(CommandSpec spec) {
    for (Setting setting : Setting.OPTIONS) {
      spec.addOption(
          OptionSpec.builder(setting.option())
              .paramLabel(setting.label())
              .type(String.class)
              .description(descriptionOf(setting))
              .build());
    }
  }

  /// Returns what help says of an option.
  static String descriptionOf(Setting setting) {
    String defaultWords = setting.defaultWords();
    return setting.description().replace("${", "$${") // else picocli's own variables
        + (defaultWords.isEmpty() ? "" : " (" + defaultWords + ")");
  }

  /// Reads the settings.
  ///
  /// @throws IllegalArgumentException with a message of one line, where one is wrong
  static Settings of(ParseResult options) {
    Settings settings;
    try {
      settings = Settings.parse(valuesOf(options), Setting::option);
    } catch (InvalidSettingsException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()).replace("\n", "; "), e);
    }
    if (settings.isLogFormatAuto()) {
      throw new IllegalArgumentException(
          "--log-format: expected formats such as ${srcaddr} ${dstaddr}, got \"auto\": only the"
              + " function asks EC2; a file's header line needs no option");
    }
    return settings;
  }

  private static Map<String, String> valuesOf(ParseResult options) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : Setting.OPTIONS) {
      String value = options.matchedOptionValue(setting.option(), null);
      if (value != null) {
        values.put(setting.name(), value);
      }
    }
    return values;
  }
}
