package dev.flowbell.report;

import java.time.Instant;

/// A notification that Flowbell would have sent.
///
/// @param at the flow time up to which it was known
/// @param severity `HIGH`, `MEDIUM` or `LOW`
/// @param subject the notification's subject
public record Told(Instant at, String severity, String subject) {}
