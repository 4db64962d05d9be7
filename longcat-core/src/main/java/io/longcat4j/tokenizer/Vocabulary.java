package io.longcat4j.tokenizer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens and their ids, which may leave gaps. Immutable. */
final class Vocabulary {
  static final int ABSENT = -1;

  private final Map<String, Integer> idByToken;
  private final int[] sortedIds;
  private final String[] tokenBySortedId;

  Vocabulary(Map<String, Integer> idByToken) {
    this.idByToken = new HashMap<>(idByToken);
    var entries = new java.util.ArrayList<>(this.idByToken.entrySet());
    entries.sort(Comparator.comparingInt(Map.Entry::getValue));
    sortedIds = entries.stream().mapToInt(Map.Entry::getValue).toArray();
    tokenBySortedId = entries.stream().map(Map.Entry::getKey).toArray(String[]::new);
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
