package dev.flowbell.pipeline;

import dev.flowbell.judge.Alert;
import dev.flowbell.summary.FlowSummary;
import java.util.List;

/// What became of one payload.
///
/// @param summary its counts, with the function's own metrics
/// @param sent the alerts that a notification was sent for, the most important first
public record Outcome(FlowSummary summary, List<Alert> sent) {}
