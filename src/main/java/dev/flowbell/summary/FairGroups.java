package dev.flowbell.summary;

import dev.flowbell.classify.TupleTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Groups by tuple, in the order of their first occurrence, up to a bound. Where there are more,
/// each source has a share: a noisy one pushes out no other, and what tells least leaves first.
///
/// A source has one share of each rank, so that its own noise does not hide its attempts. Once the
/// bound is reached, room is made rank by rank, the most telling first: its shares are cut to the
/// largest size with which all fit. Of a share, the groups that came first stay. If that leaves too
/// little of each to tell anything, as in a flood from forged addresses, whole shares leave
/// instead, those with the fewest records first. The ranks below keep an eighth of the room at
/// least, and a quarter if there are two.
///
/// @param <M> what a group is besides its tuple and its sums
final class FairGroups<M> {
  /// How much a group tells, the most first.
  enum Rank {
    /// It is an attempt of a source inside, or a dropped answer.
    INSIDE,
    /// It is an attempt of a source outside: the internet's weather, most of it.
    OUTSIDE,
    /// It rings nothing: late packets, answers, broadcasts.
    NOISE
  }

  private static final Rank[] RANKS = Rank.values();

  /// A cut makes room for this part of the bound, so that there are not too many cuts.
  private static final int PART_OF_CUT = 8;

  /// The part of the bound that a share has at least, unless it leaves: 125 groups of 50,000. By
  /// default, 100 ports of a host, or 25 hosts, are a scan.
  private static final int PART_OF_SHARE = 400;

  // The longs of a group's tuple and of a share's that are the source's address.
  private static final int HIGH = 0;
  private static final int LOW = 1;

  // The sums of a share.
  private static final int GROUPS = 0;
  private static final int RECORDS = 1;
  private static final int ALLOWED = 2;

  private record Entry<M>(Rank rank, M member) {}

  private final int most;
  private final TupleTable table;
  private final TupleTable shares;
  private List<Entry<M>> entries = new ArrayList<>();
  // The largest size of a share by rank, once the bound was reached.
  private final long[] largest = new long[RANKS.length];
  private boolean isRationed;
  private long leftOut;

  /// @param width how many longs a tuple has; the first two are the source's address
  /// @param sums how many sums a group has; the first one is the number of its records
  /// @param most the most groups
  FairGroups(int width, int sums, int most) {
    this.most = most;
    table = new TupleTable(width, sums, most);
    shares = new TupleTable(3, 3, 2 * most); // those that left remain until the next cut
  }

  void clear() {
    table.clear();
    shares.clear();
    entries.clear();
    isRationed = false;
    leftOut = 0;
  }

  /// Returns the table, in which the tuple to look up is to be set.
  TupleTable table() {
    return table;
  }

  int size() {
    return entries.size();
  }

  M get(int number) {
    return entries.get(number).member;
  }

  /// Returns how many records are in no group, because there was no room.
  long leftOut() {
    return leftOut;
  }

  /// Returns the number of the group with the tuple that was set. If it is [#size], the group is
  /// new, and [#add] must follow.
  ///
  /// @return -1 if there is no room for it; its record is counted as left out
  int find(long sourceHigh, long sourceLow, Rank rank) {
    int number = table.find();
    if (number >= 0) {
      return number;
    }
    if (entries.size() == most && (!isRationed || hasRoom(sourceHigh, sourceLow, rank))) {
      makeRoom();
    }
    if (isRationed && !hasRoom(sourceHigh, sourceLow, rank)) {
      leftOut++;
      return -1;
    }
    return entries.size();
  }

  @SuppressWarnings("EnumOrdinal") // an index
  private boolean hasRoom(long sourceHigh, long sourceLow, Rank rank) {
    setShare(sourceHigh, sourceLow, rank);
    int share = shares.find();
    return share < 0 || shares.sum(share, GROUPS) < largest[rank.ordinal()];
  }

  /// Adds the group that [#find] did not find.
  void add(M member, Rank rank) {
    int number = table.add();
    entries.add(new Entry<>(rank, member));
    if (isRationed) {
      count(number);
    }
  }

  private void count(int number) {
    int share = shareOf(number);
    shares.setSum(share, GROUPS, shares.sum(share, GROUPS) + 1);
    shares.setSum(share, RECORDS, shares.sum(share, RECORDS) + table.sum(number, 0));
  }

  private int shareOf(int number) {
    setShare(table.get(number, HIGH), table.get(number, LOW), entries.get(number).rank);
    return shares.add();
  }

  @SuppressWarnings("EnumOrdinal") // the tuple is never stored
  private void setShare(long sourceHigh, long sourceLow, Rank rank) {
    shares.set(HIGH, sourceHigh);
    shares.set(LOW, sourceLow);
    shares.set(2, rank.ordinal());
  }

  @SuppressWarnings("EnumOrdinal") // an index
  private void makeRoom() {
    isRationed = true;
    countShares();
    long[] groups = new long[RANKS.length];
    List<List<Integer>> sharesOf = new ArrayList<>();
    for (int i = 0; i < RANKS.length; i++) {
      sharesOf.add(new ArrayList<>());
    }
    for (int share = 0; share < shares.size(); share++) {
      int rank = (int) shares.get(share, 2);
      groups[rank] += shares.sum(share, GROUPS);
      sharesOf.get(rank).add(share);
    }
    long room = most - (long) most / PART_OF_CUT;
    for (Rank rank : RANKS) {
      long below = 0;
      for (int i = rank.ordinal() + 1; i < RANKS.length; i++) {
        below += groups[i];
      }
      long kept = room * (RANKS.length - 1 - rank.ordinal()) / 8;
      room -= allow(rank, sharesOf.get(rank.ordinal()), room - Math.min(below, kept));
    }
    removeExcess();
  }

  private void countShares() {
    shares.clear();
    for (int i = 0; i < entries.size(); i++) {
      count(i);
    }
  }

  /// Sets how many groups each share of a rank can keep.
  ///
  /// @param room for so many in all
  /// @return how many that are in all
  @SuppressWarnings("EnumOrdinal") // an index
  private long allow(Rank rank, List<Integer> ofRank, long room) {
    long even = evenSize(ofRank, room);
    long size = Math.max(even, Math.max(1, most / PART_OF_SHARE));
    largest[rank.ordinal()] = size;
    List<Integer> byRecords = new ArrayList<>(ofRank);
    byRecords.sort(Comparator.comparingLong(share -> -shares.sum(share, RECORDS)));
    long allowed = 0;
    for (int share : byRecords) {
      long groups = Math.min(size, shares.sum(share, GROUPS));
      boolean fits = allowed + groups <= room;
      shares.setSum(share, ALLOWED, fits ? groups : 0);
      allowed += fits ? groups : 0;
    }
    return allowed;
  }

  /// Returns the largest size of a share with which these shares have no more groups than that.
  private long evenSize(List<Integer> ofRank, long groups) {
    long[] sizes = ofRank.stream().mapToLong(share -> shares.sum(share, GROUPS)).toArray();
    Arrays.sort(sizes);
    long left = groups;
    for (int i = 0; i < sizes.length; i++) {
      long even = left / (sizes.length - i);
      if (sizes[i] > even) {
        return even;
      }
      left -= sizes[i];
    }
    return groups;
  }

  private void removeExcess() {
    List<Entry<M>> kept = new ArrayList<>();
    table.retain(
        number -> {
          int share = shareOf(number);
          long allowed = shares.sum(share, ALLOWED);
          if (allowed == 0) {
            long records = table.sum(number, 0);
            leftOut += records;
            shares.setSum(share, GROUPS, shares.sum(share, GROUPS) - 1);
            shares.setSum(share, RECORDS, shares.sum(share, RECORDS) - records);
            return false;
          }
          shares.setSum(share, ALLOWED, allowed - 1);
          kept.add(entries.get(number));
          return true;
        });
    entries = kept;
  }
}
