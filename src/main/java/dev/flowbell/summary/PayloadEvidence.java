package dev.flowbell.summary;

import dev.flowbell.record.IpAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What one payload shows of rejected and unanswered traffic.
///
/// @param suspects the rejected records, and the handshakes that were sent again without an answer
/// @param opened what sources with attempts, and sources that are watched, got through
public record PayloadEvidence(List<SuspectGroup> suspects, List<OpenedFlow> opened) {
  /// A payload that shows nothing.
  public static final PayloadEvidence NOTHING = new PayloadEvidence(List.of(), List.of());

  /// Creates evidence with copies of the lists.
  public PayloadEvidence {
    suspects = List.copyOf(suspects);
    opened = List.copyOf(opened);
  }

  /// Returns this evidence with only what sources with attempts, and these sources, got through.
  PayloadEvidence withOpenedOf(Set<IpAddress> watched) {
    Set<IpAddress> wanted = new HashSet<>(watched);
    for (SuspectGroup group : suspects) {
      if (group.suspect().isAttempt()) {
        wanted.add(group.suspect().source());
      }
    }
    return new PayloadEvidence(
        suspects, opened.stream().filter(flow -> wanted.contains(flow.source())).toList());
  }
}
