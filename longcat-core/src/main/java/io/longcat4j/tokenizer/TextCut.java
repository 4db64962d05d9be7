package io.longcat4j.tokenizer;

import java.util.List;

/** Cuts a piece of text into pieces, none of them empty. Thread-safe. */
@FunctionalInterface
interface TextCut {
  void split(String piece, Steps steps, List<String> out);
}
