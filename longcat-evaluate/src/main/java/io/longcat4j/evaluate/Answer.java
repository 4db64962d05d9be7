package io.longcat4j.evaluate;

import java.util.Optional;

/**
 * What a checkpoint answered.
 *
 * @param item the question
 * @param text the reply without white space around it; empty where there is none
 * @param failure why there is no reply, or empty
 */
public record Answer(TestItem item, String text, Optional<String> failure) {

  static Answer of(TestItem item, String text) {
    return new Answer(item, text.strip(), Optional.empty());
  }

  static Answer failed(TestItem item, RuntimeException failure) {
    return new Answer(item, "", Optional.of(String.valueOf(failure.getMessage())));
  }

  Answer unspoken() {
    return new Answer(item, text, Optional.of("the reply holds no speech"));
  }

  /**
   * Whether it is right: the expected text, or its words, and nothing else.
   *
   * @return false also where there is no reply
   */
  public boolean isRight() {
    if (failure.isPresent()) {
      return false;
    }
    return item.measure() == Measure.EXACT ? text.equals(item.answer().strip()) : wordErrors() == 0;
  }

  /**
   * How many words were expected.
   *
   * @return the count
   */
  public int words() {
    return Words.of(item.answer()).size();
  }

  /**
   * How many words are wrong, missing or too many.
   *
   * @return the count; may be more than {@link #words()}
   */
  public int wordErrors() {
    return Words.errors(Words.of(item.answer()), Words.of(text));
  }
}
