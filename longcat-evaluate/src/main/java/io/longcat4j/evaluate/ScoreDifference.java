package io.longcat4j.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one checkpoint does better or worse than another in a task.
 *
 * @param task the task
 * @param first the score of the one, 0 to 1
 * @param second the score of the other, 0 to 1
 * @param otherAnswers how many answers have another text
 */
public record ScoreDifference(String task, double first, double second, int otherAnswers) {

  /**
   * Compares two evaluations of the same items.
   *
   * @param first of the one checkpoint
   * @param second of the other
   * @return the differences of each task of both, in the first one's order
   */
  public static List<ScoreDifference> between(Evaluation first, Evaluation second) {
    List<ScoreDifference> differences = new ArrayList<>();
    for (TaskScore score : first.scores()) {
      Optional<TaskScore> other = second.score(score.task());
      if (other.isPresent()) {
        differences.add(
            new ScoreDifference(
                score.task(),
                score.score(),
                other.get().score(),
                otherAnswers(texts(first, score.task()), texts(second, score.task()))));
      }
    }
    return differences;
  }

  private static List<String> texts(Evaluation evaluation, String task) {
    return evaluation.answers().stream()
        .filter(answer -> answer.item().task().equals(task))
        .map(Answer::text)
        .toList();
  }

  private static int otherAnswers(List<String> first, List<String> second) {
    int differing = Math.abs(first.size() - second.size());
    for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
      differing += first.get(i).equals(second.get(i)) ? 0 : 1;
    }
    return differing;
  }

  /**
   * How much better the second one is.
   *
   * @return in points of a hundred; below 0 if it is worse
   */
  public double points() {
    return 100 * (second - first);
  }
}
