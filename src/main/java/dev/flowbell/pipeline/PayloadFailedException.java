package dev.flowbell.pipeline;

import java.util.List;

/// A payload whose delivery is not complete, so that its invocation must be repeated. The message
/// says which steps are done, and which are not and why.
public final class PayloadFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PayloadFailedException(String message, List<? extends RuntimeException> causes) {
    super(message, causes.getFirst());
    causes.stream().skip(1).forEach(this::addSuppressed);
  }
}
