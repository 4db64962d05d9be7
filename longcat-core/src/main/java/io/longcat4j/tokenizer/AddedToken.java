package io.longcat4j.tokenizer;

/**
 * A token that is found in a text before anything else is done to it.
 *
 * @param id its id
 * @param content what is looked for
 * @param singleWord only where no word character touches it
 * @param stripLeft white space before it is swallowed
 * @param stripRight white space after it is swallowed
 * @param normalized looked for after normalisation, in its own normalised form
 * @param special a control token rather than text
 */
record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean stripLeft,
    boolean stripRight,
    boolean normalized,
    boolean special) {

  AddedToken withId(int other) {
    return new AddedToken(other, content, singleWord, stripLeft, stripRight, normalized, special);
  }

  /** The same as a control token. */
  AddedToken special(boolean isNormalized) {
    return new AddedToken(id, content, singleWord, stripLeft, stripRight, isNormalized, true);
  }
}
