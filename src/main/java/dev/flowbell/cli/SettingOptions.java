package dev.flowbell.cli;

import dev.flowbell.aws.ClientErrors;
import dev.flowbell.ec2.Ec2Client;
import dev.flowbell.ec2.Ec2Exception;
import dev.flowbell.pipeline.InsideNetworks;
import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.settings.Setting;
import dev.flowbell.settings.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;

/// The function's settings as options of a command.
final class SettingOptions {
  private static final String EXPLAIN = "--explain";

  private SettingOptions() {}

  /// Adds the option `--explain`.
  static void addExplainTo(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder(EXPLAIN)
            .type(boolean.class)
            .description(
                "Ask EC2 which security group or network ACL blocks what notifications are about."
                    + " It knows the rules of now alone.")
            .build());
  }

  /// Adds the options to a command.
  static void addTo(CommandSpec spec) {
    addTo(spec, Setting.OPTIONS.stream().map(Setting::option).toList());
  }

  /// Adds some of the options to a command.
  static void addTo(CommandSpec spec, List<String> options) {
    for (Setting setting : Setting.OPTIONS) {
      if (!options.contains(setting.option())) {
        continue;
      }
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

  /// Reads the settings. EC2 is asked for the inside networks, where they say so.
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
    return withInsideNetworks(settings, null);
  }

  /// Asks EC2 for the inside networks, where the settings say so.
  ///
  /// @param region `null` for the SDK's default
  /// @throws IllegalArgumentException with a message of one line, where EC2 can't be asked
  static Settings withInsideNetworks(Settings settings, @Nullable String region) {
    if (!settings.isInsideAuto()) {
      return settings;
    }
    try (Ec2Client ec2 =
        region == null ? Ec2Client.create() : Ec2Client.create(Region.of(region))) {
      return settings.withInsideNetworks(InsideNetworks.read(settings.insideNetworks(), ec2));
    } catch (Ec2Exception e) {
      throw new IllegalArgumentException("--inside-networks auto: " + e.getMessage(), e);
    } catch (SdkException e) { // no Region
      throw new IllegalArgumentException("--inside-networks auto: " + ClientErrors.messageOf(e), e);
    }
  }

  private static Map<String, String> valuesOf(ParseResult options) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : Setting.OPTIONS) {
      String value = options.matchedOptionValue(setting.option(), null);
      if (value != null) {
        values.put(setting.name(), value);
      }
    }
    if (options.hasMatchedOption(EXPLAIN)) {
      values.put("EXPLAIN_BLOCKS", "true");
    }
    return values;
  }
}
