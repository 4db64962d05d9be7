package io.longcat4j.tokenizer;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens and their ids, which may leave gaps. Immutable. */
final class Vocabulary {
  static final int ABSENT = -1;

  private final Map<String, Integer> idByToken;
  private final int[] sortedIds;
  private final String[] tokenBySortedId;

  /** Takes the map over: it is not copied and must not change any more. */
  Vocabulary(Map<String, Integer> idByToken) {
    this.idByToken = idByToken;
    String[] tokens = new String[idByToken.size()];
    long[] idAndIndex = new long[tokens.length];
    int index = 0;
    for (Map.Entry<String, Integer> entry : idByToken.entrySet()) {
      tokens[index] = entry.getKey();
      idAndIndex[index] = ((long) entry.getValue() << 32) | index;
      index++;
    }
    Arrays.sort(idAndIndex);
    sortedIds = new int[tokens.length];
    tokenBySortedId = new String[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      sortedIds[i] = (int) (idAndIndex[i] >>> 32);
      tokenBySortedId[i] = tokens[(int) idAndIndex[i]];
    }
  }

  int idOf(String token) {
    Integer id = idByToken.get(token);
    return id == null ? ABSENT : id;
  }

  @Nullable String tokenOf(int id) {
    boolean dense = id >= 0 && id < sortedIds.length && sortedIds[id] == id;
    int index = dense ? id : Arrays.binarySearch(sortedIds, id);
    return index < 0 ? null : tokenBySortedId[index];
  }

  int size() {
    return sortedIds.length;
  }

  /** One more than the largest id. */
  int idBound() {
    return sortedIds.length == 0 ? 0 : sortedIds[sortedIds.length - 1] + 1;
  }
}
