package dev.flowbell.judge;

/// What the rules share while one payload is judged.
///
/// @param payloadId the same whenever the payload is repeated
record Judging(
    String payloadId,
    Thresholds thresholds,
    EvidenceStore store,
    Causes causes,
    Announcements announcements) {}
