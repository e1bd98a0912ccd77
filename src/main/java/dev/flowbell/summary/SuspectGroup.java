package dev.flowbell.summary;

import dev.flowbell.classify.Suspect;
import dev.flowbell.classify.Suspect.Place;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Suspect records that differ in their counts, and in where they were logged, alone.
///
/// @param suspect what they have in common, at the first record's place; its packets and bytes are
///   0
/// @param records how many they are, at least 1
/// @param packets, bytes the sums; an absent count adds 0
/// @param elsewhere how many of the records were logged at each other place, the first one first;
///   [#MOST_PLACES] at most
public record SuspectGroup(
    Suspect suspect, long records, long packets, long bytes, Map<Place, Long> elsewhere) {
  /// The most places of a group besides the first: as many as the ledger has room for. Only a
  /// record that many hosts get, a broadcast, has more.
  public static final int MOST_PLACES = 64;

  /// Creates a group with a copy of the map.
  public SuspectGroup {
    elsewhere =
        elsewhere.isEmpty()
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(elsewhere));
  }

  /// Creates a group of records that were logged at one place.
  public SuspectGroup(Suspect suspect, long records, long packets, long bytes) {
    this(suspect, records, packets, bytes, Map.of());
  }

  /// Returns the network interfaces that logged them.
  public Set<String> interfaceIds() {
    String first = suspect.place().interfaceId();
    if (elsewhere.isEmpty()) {
      return first == null ? Set.of() : Set.of(first);
    }
    Set<String> ids = new LinkedHashSet<>();
    if (first != null) {
      ids.add(first);
    }
    for (Place place : elsewhere.keySet()) {
      if (place.interfaceId() != null) {
        ids.add(place.interfaceId());
      }
    }
    return ids;
  }
}
