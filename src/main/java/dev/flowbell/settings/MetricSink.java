package dev.flowbell.settings;

/// Which way the function's counts go to CloudWatch.
public enum MetricSink {
  /// `PutMetricData`: CloudWatch has them when the call returns.
  CLOUDWATCH,
  /// Lines of the function's log, in CloudWatch's embedded metric format: CloudWatch Logs makes
  /// metrics of them.
  EMF
}
