package dev.flowbell.input;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An object that S3 says was written to a bucket.
///
/// @param key not encoded
/// @param versionId `null` in a bucket without versions
/// @param eTag without quotes; changes with the content
/// @param bytes its size, 0 where the notification doesn't say it
public record CreatedObject(
    String bucket, String key, @Nullable String versionId, String eTag, long bytes) {
  /// Matches the part of a flow log file's key that names the account, with or without hive's
  /// names.
  ///
  /// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html">Flow
  ///   log files</a>
  private static final Pattern ACCOUNT =
      Pattern.compile("(?:^|/)AWSLogs/(?:aws-account-id=)?([0-9]{12})/");

  /// Returns an id that is the same each time that the same content is announced: 64 hex digits.
  public String id() {
    MessageDigest sha256 = newSha256();
    for (String part : new String[] {bucket, key, versionId == null ? "" : versionId, eTag}) {
      sha256.update(part.getBytes(StandardCharsets.UTF_8));
      sha256.update((byte) 0);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  /// Returns its address, `s3://BUCKET/KEY`, in one line.
  public String uri() {
    return ("s3://" + bucket + "/" + key).replaceAll("\\p{Cntrl}", "?");
  }

  /// Returns the account whose flow log wrote it, by its key, or an empty string.
  public String account() {
    Matcher account = ACCOUNT.matcher(key);
    return account.find() ? account.group(1) : "";
  }

  /// Returns whether it is what consoles show as an empty folder.
  public boolean isFolder() {
    return key.endsWith("/") && bytes == 0;
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
