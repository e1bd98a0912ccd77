package dev.flowbell.s3;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// S3 could not be reached, refused a request, or the connection broke while an object was read.
/// The message names the object, and the reason.
///
/// @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html">Error
///   responses</a>
public final class S3Exception extends IOException {
  private static final long serialVersionUID = 1L;

  private static final Set<String> GONE = Set.of("NoSuchKey", "NoSuchVersion");
  private static final String REPLACED = "PreconditionFailed";

  private final @Nullable String code;

  private S3Exception(String message, @Nullable String code, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /// Makes the exception for an error that S3 returned.
  ///
  /// @param code S3's error code, `null` if it gave none
  static S3Exception refused(String message, @Nullable String code) {
    return new S3Exception(message, code, null);
  }

  /// Makes the exception for an object whose content is another one by now.
  static S3Exception replaced(String message) {
    return new S3Exception(message, REPLACED, null);
  }

  /// Makes the exception for a request without an answer, or without all of it.
  static S3Exception unanswered(String message, @Nullable Throwable cause) {
    return new S3Exception(message, null, cause);
  }

  /// Returns whether there is no such object any more.
  public boolean isGone() {
    return code != null && GONE.contains(code);
  }

  /// Returns whether the object was written again since, with other content.
  public boolean isReplaced() {
    return REPLACED.equals(code);
  }
}
