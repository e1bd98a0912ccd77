package dev.flowbell.settings;

/// How metrics reach CloudWatch.
public enum MetricSink {
  /// By `PutMetricData` requests: CloudWatch has the metrics when a request returns.
  CLOUDWATCH,
  /// By lines of the function's log, in CloudWatch's embedded metric format. CloudWatch Logs
  /// extracts the metrics later.
  EMF
}
