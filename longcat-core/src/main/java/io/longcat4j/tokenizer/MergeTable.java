package io.longcat4j.tokenizer;

import java.util.Arrays;

/** Which two neighbouring tokens merge into which, and how early. Immutable once filled. */
final class MergeTable {
  private static final long EMPTY = -1;

  private final long[] pairs;
  private final int[] rankOfSlot;
  private final int[] mergedOfRank;
  private final int shift;

  /**
   * @param left ids, in order of rank
   * @param right ids, in order of rank
   * @param merged ids, in order of rank
   */
  MergeTable(int[] left, int[] right, int[] merged) {
    int slots = Integer.highestOneBit(Math.max(4, Math.multiplyExact(left.length, 2))) * 2;
    shift = 64 - Integer.numberOfTrailingZeros(slots);
    pairs = new long[slots];
    Arrays.fill(pairs, EMPTY);
    rankOfSlot = new int[slots];
    mergedOfRank = merged.clone();
    for (int rank = 0; rank < left.length; rank++) {
      long pair = pair(left[rank], right[rank]);
      int slot = slotOf(pair);
      pairs[slot] = pair;
      rankOfSlot[slot] = rank;
    }
  }

  /** The rank of a pair, or -1 where it does not merge. */
  int rankOf(int left, int right) {
    long pair = pair(left, right);
    int slot = slotOf(pair);
    return pairs[slot] == pair ? rankOfSlot[slot] : -1;
  }

  /** What a pair of this rank becomes. */
  int mergedOf(int rank) {
    return mergedOfRank[rank];
  }

  private int slotOf(long pair) {
    int slot = (int) ((pair * 0x9E3779B97F4A7C15L) >>> shift);
    while (pairs[slot] != EMPTY && pairs[slot] != pair) {
      slot = (slot + 1) & (pairs.length - 1);
    }
    return slot;
  }

  private static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }
}
