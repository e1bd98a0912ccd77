package dev.flowbell.ec2;

import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;

/// Whether something fits a rule.
///
/// @param why what the rule has, and what it has been compared with, in words: `tcp 443, not port
///   5432`
public record Match(Answer answer, String why) {
  /// Whether it fits.
  public enum Answer {
    /// It fits.
    YES,
    /// What is known doesn't decide it.
    MAYBE,
    /// It does not fit.
    NO
  }

  static Match yes(String why) {
    return new Match(Answer.YES, why);
  }

  static Match maybe(String why) {
    return new Match(Answer.MAYBE, why);
  }

  static Match no(String why) {
    return new Match(Answer.NO, why);
  }

  /// Returns whether a block has an address.
  static Match of(AddressBlock block, IpAddress address) {
    return block.contains(address)
        ? yes(block.toString())
        : no("%s, not %s".formatted(block, address));
  }

  /// Returns whether it fits for certain.
  public boolean isYes() {
    return answer == Answer.YES;
  }

  /// Returns whether it doesn't fit for certain.
  public boolean isNo() {
    return answer == Answer.NO;
  }

  /// Returns the match of a rule that wants both.
  Match and(Match other) {
    // The first one that doesn't fit is reason enough.
    Match worse = answer.compareTo(other.answer) >= 0 ? this : other;
    return worse.isYes() ? yes(why + ", " + other.why) : worse;
  }
}
