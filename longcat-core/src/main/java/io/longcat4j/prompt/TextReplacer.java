package io.longcat4j.prompt;

/** Changes a text that arrives in portions; the result does not depend on the portions. */
interface TextReplacer {
  /** Takes more text; gives what is certain now. */
  String feed(String text);

  /** Gives what was held back. */
  String finish();
}
