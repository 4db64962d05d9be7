package io.longcat4j.json;

import io.longcat4j.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** The tokens that are text, and the one that ends it. Immutable and thread-safe. */
final class Vocabulary {
  private final Tokenizer tokenizer;
  private final int eos;
  private final TokenTrie trie;

  /**
   * Looks at all tokens.
   *
   * @param tokenizer the checkpoint's
   * @param work asks whether it is still wanted
   * @param eos ends the text
   * @param control ids that are no text though their names are
   */
  Vocabulary(Tokenizer tokenizer, Work work, int eos, int... control) {
    this.tokenizer = tokenizer;
    this.eos = eos;
    Set<Integer> excluded = Arrays.stream(control).boxed().collect(Collectors.toSet());
    excluded.add(eos);
    this.trie =
        new TokenTrie(
            tokenizer.idBound(),
            id -> {
              work.step();
              return excluded.contains(id) || tokenizer.isAdded(id)
                  ? new byte[0]
                  : tokenizer.bytesOf(id);
            });
  }

  TokenTrie trie() {
    return trie;
  }

  int eos() {
    return eos;
  }

  /** One more than the largest id. */
  int idBound() {
    return Math.max(tokenizer.idBound(), eos + 1);
  }

  byte[] bytesOf(int id) {
    return tokenizer.bytesOf(id);
  }
}
