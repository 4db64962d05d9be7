package io.longcat4j.json;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The byte strings of a vocabulary as a tree, so that what many tokens begin with is looked at
 * once. Immutable and thread-safe.
 */
final class TokenTrie {
  private record Token(int id, byte[] bytes) {}

  private byte[] nodeBytes = new byte[1024];
  private int[] depths = new int[1024];

  /** For each node, the first node after its subtree. */
  private int[] after = new int[1024];

  /**
   * For each node, the first of its tokens in {@link #ids}; they end where the next node's begin.
   */
  private int[] firstIds = new int[1024];

  private final int[] ids;
  private final int deepest;
  private int nodes;

  /**
   * Plants the tree.
   *
   * @param idBound one more than the largest id
   * @param bytesOf what an id stands for; empty for ids that are no text
   */
  TokenTrie(int idBound, IntFunction<byte[]> bytesOf) {
    List<Token> tokens =
        IntStream.range(0, idBound)
            .mapToObj(id -> new Token(id, bytesOf.apply(id)))
            .filter(token -> token.bytes().length > 0)
            .sorted(Comparator.comparing(Token::bytes, Arrays::compareUnsigned))
            .toList();
    ids = new int[tokens.size()];
    deepest = tokens.stream().mapToInt(token -> token.bytes().length).max().orElse(0);
    int[] path = new int[deepest + 1];
    byte[] before = {};
    for (int i = 0; i < ids.length; i++) {
      byte[] bytes = tokens.get(i).bytes();
      ids[i] = tokens.get(i).id();
      int mismatch = Arrays.mismatch(before, bytes);
      int common = mismatch < 0 ? bytes.length : Math.min(mismatch, before.length);
      close(path, common, before.length);
      for (int depth = common + 1; depth <= bytes.length; depth++) {
        path[depth] = open(bytes[depth - 1], depth, i);
      }
      before = bytes;
    }
    close(path, 0, before.length);
    trim();
  }

  private int open(byte b, int depth, int firstId) {
    if (nodes == nodeBytes.length) {
      resize(2 * nodes);
    }
    nodeBytes[nodes] = b;
    depths[nodes] = depth;
    firstIds[nodes] = firstId;
    return nodes++;
  }

  private void close(int[] path, int from, int to) {
    for (int depth = from + 1; depth <= to; depth++) {
      after[path[depth]] = nodes;
    }
  }

  private void trim() {
    resize(nodes + 1);
    firstIds[nodes] = ids.length;
  }

  private void resize(int size) {
    nodeBytes = Arrays.copyOf(nodeBytes, size);
    depths = Arrays.copyOf(depths, size);
    after = Arrays.copyOf(after, size);
    firstIds = Arrays.copyOf(firstIds, size);
  }

  /**
   * Finds the tokens with which a document can go on.
   *
   * @param automaton says what may follow
   * @param from where the document stands
   * @param allowed receives a bit for each id; must be clear
   */
  void collect(Configurations automaton, int from, long[] allowed) {
    int[] path = new int[deepest + 1];
    path[0] = from;
    int node = 0;
    while (node < nodes) {
      int depth = depths[node];
      int reached = automaton.next(path[depth - 1], nodeBytes[node] & 0xff);
      if (reached == Configurations.DEAD) {
        node = after[node];
        continue;
      }
      path[depth] = reached;
      for (int i = firstIds[node]; i < firstIds[node + 1]; i++) {
        allowed[ids[i] >> 6] |= 1L << ids[i];
      }
      node++;
    }
  }
}
