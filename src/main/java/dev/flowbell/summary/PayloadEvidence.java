package dev.flowbell.summary;

import java.util.List;

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
}
