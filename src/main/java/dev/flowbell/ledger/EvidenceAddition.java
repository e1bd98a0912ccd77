package dev.flowbell.ledger;

import java.time.Instant;

/// What one payload adds to an item of evidence.
///
/// @param key the item's key
/// @param item the sets and numbers to add
/// @param expires when the item can be deleted
public record EvidenceAddition(String key, EvidenceItem item, Instant expires) {}
