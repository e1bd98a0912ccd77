package dev.flowbell.aws;

import java.io.IOException;

/// A service's response is larger than expected. The message names the limit in bytes.
public final class ResponseTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  ResponseTooLargeException(int mostBytes) {
    super("expected an answer of at most " + mostBytes + " bytes");
  }
}
