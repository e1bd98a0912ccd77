package dev.flowbell.s3;

import org.jspecify.annotations.Nullable;

/// An object in a bucket, as it was when it was written.
///
/// @param key not encoded
/// @param versionId `null` for the latest version, and in buckets without versions
/// @param eTag without quotes
/// @param bytes its size, 0 where it is not known
public record S3Object(
    String bucket, String key, @Nullable String versionId, String eTag, long bytes) {
  /// Returns its address, `s3://BUCKET/KEY`.
  public String uri() {
    return "s3://" + bucket + "/" + key;
  }
}
