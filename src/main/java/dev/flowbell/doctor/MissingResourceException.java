package dev.flowbell.doctor;

/// The stack lacks a resource that a check needs. [StackCheck] reports each missing resource.
final class MissingResourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingResourceException(String logicalId) {
    super("the stack has no " + logicalId);
  }
}
