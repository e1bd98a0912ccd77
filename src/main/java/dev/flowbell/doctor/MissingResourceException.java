package dev.flowbell.doctor;

/// The stack lacks a resource that is needed. [StackCheck] reports each missing resource.
public final class MissingResourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingResourceException(String logicalId) {
    super("the stack has no " + logicalId);
  }
}
