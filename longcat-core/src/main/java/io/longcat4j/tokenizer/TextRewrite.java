package io.longcat4j.tokenizer;

/** Rewrites a text, as Unicode normalisation does. Thread-safe. */
@FunctionalInterface
interface TextRewrite {
  String apply(String text, Steps steps);
}
