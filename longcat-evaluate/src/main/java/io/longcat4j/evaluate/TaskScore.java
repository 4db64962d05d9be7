package io.longcat4j.evaluate;

import java.util.List;

/**
 * How well the items of a task were answered.
 *
 * @param task the task
 * @param measure what its score is about
 * @param items how many there are
 * @param right how many answers are right
 * @param words how many words were expected
 * @param wordErrors how many were wrong, missing or too many
 */
public record TaskScore(
    String task, Measure measure, int items, int right, int words, int wordErrors) {

  static TaskScore of(String task, List<Answer> answers) {
    boolean exact = answers.stream().anyMatch(one -> one.item().measure() == Measure.EXACT);
    return new TaskScore(
        task,
        exact ? Measure.EXACT : Measure.WORDS,
        answers.size(),
        (int) answers.stream().filter(Answer::isRight).count(),
        answers.stream().mapToInt(Answer::words).sum(),
        answers.stream().mapToInt(Answer::wordErrors).sum());
  }

  /**
   * The share that is right: of answers, or of words where the measure is words.
   *
   * @return 0 to 1
   */
  public double score() {
    return measure == Measure.EXACT ? (double) right / items : Math.max(0, 1 - wordErrorRate());
  }

  /**
   * Word errors for each expected word.
   *
   * @return 0 or more; may be above 1
   */
  public double wordErrorRate() {
    return words == 0 ? (wordErrors == 0 ? 0 : 1) : (double) wordErrors / words;
  }
}
