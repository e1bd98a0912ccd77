package dev.flowbell.pipeline;

import dev.flowbell.judge.Alert;
import dev.flowbell.summary.FlowSummary;
import java.util.List;

/// What became of one payload.
///
/// @param summary its counts, this function's own doings among them
/// @param told the alerts that a notification was sent for, the most important first
public record Outcome(FlowSummary summary, List<Alert> told) {}
