package dev.flowbell.ec2;

/// EC2 could not be reached, or refused.
public class Ec2Exception extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Creates an exception.
  public Ec2Exception(String message) {
    super(message);
  }
}
