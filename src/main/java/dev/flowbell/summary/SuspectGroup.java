package dev.flowbell.summary;

import dev.flowbell.classify.Suspect;

/// Suspect records of one payload that differ in their counts alone.
///
/// @param suspect what they have in common; its packets and bytes are 0
/// @param records how many they are, at least 1
/// @param packets, bytes the sums; an absent count adds 0
public record SuspectGroup(Suspect suspect, long records, long packets, long bytes) {}
