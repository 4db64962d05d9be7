package io.longcat4j.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Byte-pair encoding of one piece of text: its characters become tokens, then neighbours merge,
 * lowest rank first. A heap keeps the time at n log n for pieces of any length. Thread-safe.
 */
final class BpeModel {

  /**
   * Switches of the model.
   *
   * @param unknownToken stands for characters that are in no token; without it they are dropped
   * @param fuseUnknown neighbouring unknown characters become one token
   * @param byteFallback unknown characters become tokens such as {@code <0x0A>}
   * @param ignoreMerges a piece that is a token as a whole is that token
   * @param continuingPrefix goes before every character but the first
   * @param endSuffix goes after the last character
   */
  record Options(
      @Nullable String unknownToken,
      boolean fuseUnknown,
      boolean byteFallback,
      boolean ignoreMerges,
      String continuingPrefix,
      String endSuffix) {}

  private static final int REMOVED = -1;

  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final Options options;
  private final Set<Integer> neverWhole;
  private final int[] idOfAlphabet = new int[ByteAlphabet.BOUND];
  private final PieceCache cache = new PieceCache();

  BpeModel(Vocabulary vocabulary, MergeTable merges, Options options, Set<Integer> neverWhole) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.options = options;
    this.neverWhole = Set.copyOf(neverWhole);
    for (int c = 0; c < idOfAlphabet.length; c++) {
      idOfAlphabet[c] = vocabulary.idOf(Character.toString(c));
    }
  }

  /** The same model, except that a whole piece is never taken for one of these tokens. */
  BpeModel neverWhole(Set<Integer> ids) {
    return new BpeModel(vocabulary, merges, options, ids);
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  void encode(String piece, IntList out) {
    int[] ids = cache.get(piece);
    if (ids == null) {
      ids = compute(piece);
      cache.put(piece, ids);
    }
    out.addAll(ids);
  }

  private int[] compute(String piece) {
    if (options.ignoreMerges) {
      int whole = vocabulary.idOf(piece);
      if (whole != Vocabulary.ABSENT && !neverWhole.contains(whole)) {
        return new int[] {whole};
      }
    }
    int[] symbols = symbolsOf(piece);
    return symbols.length < 2 ? symbols : merge(symbols);
  }

  private int[] symbolsOf(String piece) {
    IntList symbols = new IntList();
    int unknown = Vocabulary.ABSENT;
    int next;
    for (int i = 0; i < piece.length(); i = next) {
      int codePoint = piece.codePointAt(i);
      next = i + Character.charCount(codePoint);
      int id = idOf(codePoint, i == 0, next == piece.length());
      if (id != Vocabulary.ABSENT) {
        if (unknown != Vocabulary.ABSENT) {
          symbols.add(unknown);
          unknown = Vocabulary.ABSENT;
        }
        symbols.add(id);
      } else if (!fellBack(affixed(codePoint, i == 0, next == piece.length()), symbols)
          && options.unknownToken != null) {
        if (unknown != Vocabulary.ABSENT && !options.fuseUnknown) {
          symbols.add(unknown);
        }
        unknown = vocabulary.idOf(options.unknownToken);
      }
    }
    if (unknown != Vocabulary.ABSENT) {
      symbols.add(unknown);
    }
    return symbols.toArray();
  }

  private int idOf(int codePoint, boolean first, boolean last) {
    boolean bare =
        (first || options.continuingPrefix.isEmpty()) && (!last || options.endSuffix.isEmpty());
    return bare && codePoint < idOfAlphabet.length
        ? idOfAlphabet[codePoint]
        : vocabulary.idOf(affixed(codePoint, first, last));
  }

  private String affixed(int codePoint, boolean first, boolean last) {
    return (first ? "" : options.continuingPrefix)
        + Character.toString(codePoint)
        + (last ? options.endSuffix : "");
  }

  private boolean fellBack(String unknown, IntList symbols) {
    if (!options.byteFallback) {
      return false;
    }
    byte[] bytes = unknown.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      ids[i] = vocabulary.idOf(String.format(Locale.ROOT, "<0x%02X>", bytes[i] & 0xff));
      if (ids[i] == Vocabulary.ABSENT) {
        return false;
      }
    }
    symbols.addAll(ids);
    return true;
  }

  private int[] merge(int[] symbols) {
    int count = symbols.length;
    int[] previous = new int[count];
    int[] following = new int[count];
    MergeQueue queue = new MergeQueue(count);
    for (int i = 0; i < count; i++) {
      previous[i] = i - 1;
      following[i] = i + 1;
      if (i > 0) {
        offer(queue, symbols, i - 1, i);
      }
    }
    while (!queue.isEmpty()) {
      long top = queue.pop();
      int left = (int) top;
      int merged = merges.mergedOf((int) (top >>> 32));
      int right = following[left];
      if (symbols[left] == REMOVED || right == count) {
        continue;
      }
      int rankNow = merges.rankOf(symbols[left], symbols[right]);
      if (rankNow < 0 || merges.mergedOf(rankNow) != merged) {
        continue;
      }
      symbols[left] = merged;
      symbols[right] = REMOVED;
      following[left] = following[right];
      if (following[left] < count) {
        previous[following[left]] = left;
        offer(queue, symbols, left, following[left]);
      }
      if (previous[left] >= 0) {
        offer(queue, symbols, previous[left], left);
      }
    }
    return remaining(symbols);
  }

  private void offer(MergeQueue queue, int[] symbols, int left, int right) {
    int rank = merges.rankOf(symbols[left], symbols[right]);
    if (rank >= 0) {
      queue.push(rank, left);
    }
  }

  private static int[] remaining(int[] symbols) {
    int size = 0;
    for (int symbol : symbols) {
      if (symbol != REMOVED) {
        symbols[size++] = symbol;
      }
    }
    return java.util.Arrays.copyOf(symbols, size);
  }
}
