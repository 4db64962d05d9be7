package io.longcat4j.evaluate;

import io.longcat4j.AttentionFigures;
import io.longcat4j.Reply;
import java.util.List;
import java.util.Optional;

/**
 * What a checkpoint answered.
 *
 * @param item the question
 * @param text the reply without white space around it; empty where there is none
 * @param failure why there is no reply, or empty
 * @param attention how precisely its tokens chose what they looked at, by block, where that was
 *     measured
 */
public record Answer(
    TestItem item, String text, Optional<String> failure, List<AttentionFigures> attention) {

  /** Keeps a list of its own. */
  public Answer {
    attention = List.copyOf(attention);
  }

  static Answer of(TestItem item, Reply reply) {
    return of(item, reply.text(), reply.statistics().attention());
  }

  static Answer of(TestItem item, String text, List<AttentionFigures> attention) {
    return new Answer(item, text.strip(), Optional.empty(), attention);
  }

  static Answer failed(TestItem item, RuntimeException failure) {
    return new Answer(item, "", Optional.of(String.valueOf(failure.getMessage())), List.of());
  }

  Answer unspoken() {
    return new Answer(item, text, Optional.of("the reply holds no speech"), attention);
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
