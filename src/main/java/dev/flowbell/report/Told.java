package dev.flowbell.report;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A notification that Flowbell would have sent.
///
/// @param at the flow time up to which it was known
/// @param severity `HIGH`, `MEDIUM` or `LOW`
/// @param subject the notification's subject
/// @param blockedBy which rule blocks it, by the rules of now; `null` where nobody asked
public record Told(Instant at, String severity, String subject, @Nullable String blockedBy) {}
