package dev.flowbell.pipeline;

import dev.flowbell.judge.Judgement;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.summary.FlowSummary;
import java.util.List;

/// What became of one payload.
///
/// @param summary its counts, with the function's own metrics
/// @param judgement what the judge decided about it
/// @param sent the notifications that were sent
public record Outcome(FlowSummary summary, Judgement judgement, List<AlertMessage> sent) {}
