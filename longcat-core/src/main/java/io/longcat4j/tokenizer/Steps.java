package io.longcat4j.tokenizer;

import java.util.List;

/** What is done to a text before byte-pair encoding. All implementations are thread-safe. */
final class Steps {
  private Steps() {}

  /** Rewrites a text, such as Unicode normalisation. */
  @FunctionalInterface
  interface Rewrite {
    String apply(String text);
  }

  /** Cuts a piece of text into pieces. */
  @FunctionalInterface
  interface Cut {
    void split(String piece, List<String> out);
  }
}
