package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.record.IpAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One cause that a rule found, with the evidence for it.
public sealed interface Alert {
  /// The most examples that an alert names of anything.
  int MOST_EXAMPLES = 12;

  /// Returns the rule that found it.
  Rule rule();

  /// Returns how much it matters.
  Severity severity();

  /// Returns the stable key of the cause. The ledger keeps its episodes under it.
  String key();

  /// Returns why it is sent now.
  Occasion occasion();

  /// Returns the earliest flow time of the cause that is known.
  Instant since();

  /// Returns the latest flow time of the cause that is known.
  Instant until();

  /// Why a notification is sent.
  enum Occasion {
    /// The cause is new.
    NEW,
    /// It goes on since a day or more.
    STILL,
    /// The source got something through.
    GOT_THROUGH,
    /// The scan has grown to ten times the hosts of the threshold.
    GROWN
  }

  /// A source that scans.
  ///
  /// @param source the original source
  /// @param isInside whether the source is inside
  /// @param maskedBy a NAT device that hides it, `null` where there is none
  /// @param hosts, ports how many hosts, and ports, it tried
  /// @param interfaces at how many network interfaces it was seen
  /// @param minutes in how many minutes
  /// @param onlyHost the host, where it tried only one
  /// @param onlyPort the door's port and protocol, where it tried only one; its address is that of
  ///   one of the hosts
  /// @param examples some of the doors it tried
  /// @param gotThrough the doors that let it in; what came before it was seen is not known
  /// @param isEgress whether all attempts of the payload are egress records: then their interface
  ///   is the source's own, or that of `maskedBy`
  record Scan(
      Severity severity,
      String key,
      Occasion occasion,
      IpAddress source,
      boolean isInside,
      @Nullable IpAddress maskedBy,
      Count hosts,
      Count ports,
      Count interfaces,
      Count minutes,
      @Nullable IpAddress onlyHost,
      @Nullable Door onlyPort,
      List<Door> examples,
      List<Door> gotThrough,
      boolean isUnanswered,
      boolean isEgress,
      Place place,
      Instant since,
      Instant until)
      implements Alert {
    @Override
    public Rule rule() {
      return Rule.SCAN;
    }
  }

  /// A connection inside that is blocked again and again.
  ///
  /// @param door the door; where many doors at one port are blocked, one of them
  /// @param isPort whether it is about all doors at this port
  /// @param source the source, `null` where there are several
  /// @param doors how many doors at the port are blocked
  /// @param isEgress whether the source's own side drops it, as the records say
  /// @param isUnanswered whether no record says that a rule rejects it: there is only no answer
  record BlockedConnection(
      Severity severity,
      String key,
      Occasion occasion,
      Door door,
      boolean isPort,
      @Nullable IpAddress source,
      @Nullable IpAddress maskedBy,
      List<IpAddress> exampleSources,
      Count sources,
      Count doors,
      List<Door> examples,
      Count interfaces,
      Count minutes,
      Count records,
      boolean isEgress,
      boolean isUnanswered,
      Place place,
      Instant since,
      Instant until)
      implements Alert {
    @Override
    public Rule rule() {
      return Rule.BLOCKED_CONNECTION;
    }
  }

  /// A server inside whose answers are rejected.
  ///
  /// @param door the server's door that clients tried
  /// @param clients how many clients get no answer
  /// @param answers how many answers were rejected
  /// @param isRequestAccepted whether records show that the requests were accepted: then it is a
  ///   network ACL for certain
  record AnswersDropped(
      Severity severity,
      String key,
      Occasion occasion,
      Door door,
      Count clients,
      List<IpAddress> exampleClients,
      Count answers,
      Count minutes,
      Count interfaces,
      boolean isRequestAccepted,
      boolean isEgress,
      Place place,
      Instant since,
      Instant until)
      implements Alert {
    @Override
    public Rule rule() {
      return Rule.ANSWERS_DROPPED;
    }
  }

  /// A source that is rejected very often.
  ///
  /// @param host the host, for a source outside
  /// @param records how many attempts were rejected
  record Rejects(
      Severity severity,
      String key,
      Occasion occasion,
      IpAddress source,
      boolean isInside,
      @Nullable IpAddress maskedBy,
      @Nullable IpAddress host,
      Count hosts,
      Count ports,
      Count records,
      List<Door> examples,
      Place place,
      Instant since,
      Instant until)
      implements Alert {
    @Override
    public Rule rule() {
      return Rule.REJECTS;
    }
  }

  /// A log group that Flowbell can't read, or whose records AWS skipped.
  ///
  /// @param rule [Rule#UNREADABLE_RECORDS] or [Rule#SKIPPED_WINDOWS]
  /// @param logGroup its name, or that of the file
  /// @param records how many
  /// @param causes the causes in the payload that showed it last, in words
  record LogGroup(
      Rule rule,
      Severity severity,
      String key,
      Occasion occasion,
      String logGroup,
      Count records,
      List<String> causes,
      @Nullable String interfaceId,
      Instant since,
      Instant until)
      implements Alert {}
}
