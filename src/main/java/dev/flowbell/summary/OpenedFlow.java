package dev.flowbell.summary;

import dev.flowbell.classify.Door;
import dev.flowbell.record.IpAddress;

/// Accepted flows with payload that a suspect source opened.
///
/// @param minute minutes since 1970
/// @param bytes the sum of their bytes, in this payload
public record OpenedFlow(IpAddress source, Door door, long minute, long bytes) {}
