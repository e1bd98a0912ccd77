package dev.flowbell.pipeline;

import dev.flowbell.input.LineTarget;
import java.io.IOException;

/// A file that is still to be read.
@FunctionalInterface
public interface FileSource {
  /// Reads the file to its end.
  ///
  /// @throws IOException where it can't be read; the lines before that are dropped
  void readTo(LineTarget lines) throws IOException;
}
