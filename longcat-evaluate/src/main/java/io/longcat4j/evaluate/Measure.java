package io.longcat4j.evaluate;

/** What makes an answer right. */
public enum Measure {
  /** The expected text and nothing else; white space around it does not count. */
  EXACT,

  /** Word errors, for transcriptions; see {@link Words}. */
  WORDS
}
