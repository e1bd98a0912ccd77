package dev.flowbell.judge;

/// What the rules share while one payload, or a batch, is judged.
///
/// @param payloadId the same whenever the payload is repeated
/// @param payloads how many payloads are judged at once
record Judging(
    String payloadId,
    int payloads,
    Thresholds thresholds,
    EvidenceStore store,
    Causes causes,
    Announcements announcements) {}
