package dev.flowbell.publish;

import java.util.Set;

/// Which of a summary's requests were taken, and whether there is time for another. They are
/// numbered from 0, in every run alike.
public interface MetricProgress {
  /// The most requests that are under way at once: begun, and not noted as taken.
  int MOST_UNDER_WAY = 4;

  /// Of a summary that is published in one go.
  MetricProgress NONE =
      new MetricProgress() {
        @Override
        public Set<Integer> taken() {
          return Set.of();
        }

        @Override
        public boolean isAfterCut() {
          return false;
        }

        @Override
        public void beforeRequest(boolean isAlone) {}

        @Override
        public void note(Set<Integer> taken) {}
      };

  /// Returns the requests that were taken before: they are not sent again.
  Set<Integer> taken();

  /// Returns whether a run before was cut off: what it had under way may have been taken as well.
  boolean isAfterCut();

  /// Comes before each request, from whichever thread sends it.
  ///
  /// @param isAlone whether it is the only one, so that nothing else has to be noted meanwhile
  /// @throws PublishFailedException where there is no time for it
  void beforeRequest(boolean isAlone);

  /// Comes when requests were taken and others are not, from the thread that publishes.
  void note(Set<Integer> taken);
}
