package dev.flowbell.report;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a report came about.
///
/// @param version the version of Flowbell
/// @param commandLine the command and its arguments, as they were given
/// @param selection which records were read, as options; empty for all
/// @param madeAt when
/// @param digest SHA-256 of the names and contents of all inputs, in hex; `null` where it wasn't
///   asked for
/// @param isRedacted whether addresses and ids are replaced, see [Redaction]
public record Origin(
    String version,
    List<String> commandLine,
    String selection,
    Instant madeAt,
    @Nullable String digest,
    boolean isRedacted) {
  /// Creates the origin of a report that isn't redacted.
  public Origin(
      String version,
      List<String> commandLine,
      String selection,
      Instant madeAt,
      @Nullable String digest) {
    this(version, commandLine, selection, madeAt, digest, false);
  }
}
