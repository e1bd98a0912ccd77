package dev.flowbell.s3;

/// Writes objects into a bucket.
public interface ObjectWriter {
  /// Writes an object.
  ///
  /// @throws S3Exception if S3 doesn't take it
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html">PutObject</a>
  void put(String bucket, String key, byte[] content) throws S3Exception;
}
