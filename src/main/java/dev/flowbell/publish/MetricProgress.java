package dev.flowbell.publish;

/// How far the requests of one summary have come, and whether there is time for another.
public interface MetricProgress {
  /// Of a summary that is published in one go.
  MetricProgress NONE =
      new MetricProgress() {
        @Override
        public int taken() {
          return 0;
        }

        @Override
        public void beforeRequest() {}

        @Override
        public void taken(int requests) {}
      };

  /// Returns how many requests were taken before: they are not sent again.
  int taken();

  /// Comes before each request.
  ///
  /// @throws PublishFailedException where there is no time for it
  void beforeRequest();

  /// Comes when a request was taken and others follow.
  ///
  /// @param requests how many were taken, those before this run included
  void taken(int requests);
}
