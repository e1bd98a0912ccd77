package dev.flowbell.aws;

import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;

/// Says in one line why a request got no answer.
///
/// Without a Region or credentials, the SDK lists the classes of the dozen places where it looked.
/// That helps nobody: what is wrong is in the profile, or there is none.
public final class ClientErrors {
  private static final String NO_REGION = "no Region: set AWS_REGION, or region in your profile";

  /// Matches in the SDK's message where its own list of profiles begins.
  private static final String LIST_OF_PROFILES = ": ProfileFile(";

  private ClientErrors() {}

  /// Returns the reason, in one line.
  public static String messageOf(SdkException e) {
    String message = oneLine(e);
    if (message.startsWith("Unable to load region from any of the providers")) {
      return NO_REGION;
    }
    if (message.startsWith("Unable to load credentials from any of the providers")) {
      return noCredentials(
          ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow(),
          ProfileFile.defaultProfileFile());
    }
    return message;
  }

  private static String noCredentials(String name, ProfileFile file) {
    Optional<Profile> profile = file.profile(name);
    if (profile.isEmpty()) {
      return "no AWS credentials: set AWS_PROFILE to a profile that has some; there is none named"
          + " \""
          + name
          + "\"";
    }
    Map<String, String> properties = profile.get().properties();
    if (properties.containsKey("login_session")) { // the SDK's module for it is not among ours
      return "no AWS credentials: Flowbell can't read those of `aws login` (profile %1$s); run"
              .formatted(name)
          + " eval \"$(aws configure export-credentials --profile %s --format env)\""
              .formatted(name);
    }
    String why = whyNoCredentials(name, file);
    return properties.containsKey("sso_session") || properties.containsKey("sso_start_url")
        ? "no AWS credentials: %s; run aws sso login --profile %s".formatted(why, name)
        : "no AWS credentials: profile %s: %s".formatted(name, why);
  }

  /// Asks the profile alone, because its reason is one of a dozen in the SDK's message.
  private static String whyNoCredentials(String name, ProfileFile file) {
    try (ProfileCredentialsProvider credentials =
        ProfileCredentialsProvider.builder().profileName(name).profileFile(file).build()) {
      credentials.resolveCredentials();
      return "it has some by now: try again";
    } catch (RuntimeException e) { // the SDK throws several kinds, without one of its own
      String message = oneLine(e);
      int list = message.indexOf(LIST_OF_PROFILES);
      return list < 0 ? message : message.substring(0, list);
    }
  }

  private static String oneLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
  }
}
