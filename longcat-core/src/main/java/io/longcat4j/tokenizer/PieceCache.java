package io.longcat4j.tokenizer;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The ids of pieces seen lately. Two generations bound its size: when the young one is full, the
 * old one is dropped. Thread-safe.
 */
final class PieceCache {
  private static final int GENERATION = 8192;
  private static final int LONGEST_PIECE = 64;

  private record Generations(Map<String, int[]> young, Map<String, int[]> old) {}

  private volatile Generations generations = fresh(Map.of());

  int @Nullable [] get(String piece) {
    Generations now = generations;
    int[] ids = now.young.get(piece);
    if (ids == null) {
      ids = now.old.get(piece);
      if (ids != null) {
        put(piece, ids);
      }
    }
    return ids;
  }

  void put(String piece, int[] ids) {
    if (piece.length() > LONGEST_PIECE) {
      return;
    }
    Generations now = generations;
    if (now.young.size() >= GENERATION) {
      now = fresh(now.young);
      generations = now;
    }
    now.young.put(piece, ids);
  }

  private static Generations fresh(Map<String, int[]> old) {
    return new Generations(new ConcurrentHashMap<>(), old);
  }
}
