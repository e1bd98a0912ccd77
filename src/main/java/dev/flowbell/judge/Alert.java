package dev.flowbell.judge;

import org.jspecify.annotations.Nullable;

/// One finding of a rule in one payload.
public sealed interface Alert permits SourceAlert, PayloadAlert {
  /// Returns the rule that found it.
  AlertRule rule();

  /// Returns how much it matters.
  Severity severity();

  /// Returns what the rule counted, at least [#threshold()].
  long count();

  /// Returns the threshold that the count was compared with, at least 1.
  long threshold();

  /// Returns how many records it is about.
  long flows();

  /// Returns the network interface, `null` where it isn't known or there is none.
  @Nullable String interfaceId();

  /// Returns the key of this alert's cooldown: rule, source and network interface.
  ///
  /// The ledger stores these keys. If their text changes, running cooldowns are lost.
  ///
  /// @param logGroup keeps log groups apart where there is neither a source nor an interface
  String cooldownKey(String logGroup);
}
