package dev.flowbell.pipeline;

import dev.flowbell.judge.Judgement;
import dev.flowbell.summary.FlowSummary;

/// What one payload says, as the steps of a delivery publish it.
///
/// @param summary its counts, with the function's own metrics
/// @param judgement the alerts to send
record Findings(FlowSummary summary, Judgement judgement) {}
