package dev.flowbell.backtest;

import dev.flowbell.judge.Alert;
import dev.flowbell.notify.AlertMessage;
import java.time.Instant;
import java.util.List;

/// A notification that would have been sent.
///
/// @param at when, in flow time: the last flow that the alert knows of; of a digest, the end of its
///   hour. The delivery's lag comes on top
/// @param alerts what it is about; a digest has several, or one
public record Mail(Instant at, AlertMessage message, List<Alert> alerts) {}
