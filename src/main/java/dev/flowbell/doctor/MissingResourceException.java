package dev.flowbell.doctor;

/// The stack lacks a resource that a question is about. What it lacks, [StackCheck] tells once.
final class MissingResourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingResourceException(String logicalId) {
    super("the stack has no " + logicalId);
  }
}
