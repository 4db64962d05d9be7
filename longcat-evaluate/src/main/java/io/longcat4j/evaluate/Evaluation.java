package io.longcat4j.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * All answers of a checkpoint to a test set. Immutable.
 *
 * @param answers in the order of the items
 */
public record Evaluation(List<Answer> answers) {

  /**
   * Creates an evaluation.
   *
   * @param answers in the order of the items
   */
  public Evaluation {
    answers = List.copyOf(answers);
  }

  /**
   * The figures of each task.
   *
   * @return in the order of the tasks' first items
   */
  public List<TaskScore> scores() {
    return scores(TestItem::task);
  }

  /**
   * The figures of each kind of question.
   *
   * @return in the order of the kinds' first items, named {@code task / kind}
   */
  public List<TaskScore> scoresByKind() {
    return scores(item -> item.task() + " / " + item.kind());
  }

  private List<TaskScore> scores(Function<TestItem, String> group) {
    Map<String, List<Answer>> groups = new LinkedHashMap<>();
    for (Answer answer : answers) {
      groups.computeIfAbsent(group.apply(answer.item()), name -> new ArrayList<>()).add(answer);
    }
    List<TaskScore> scores = new ArrayList<>();
    groups.forEach((name, of) -> scores.add(TaskScore.of(name, of)));
    return scores;
  }

  /**
   * The figures of one task.
   *
   * @param task its name
   * @return the figures, or empty where no item is of this task
   */
  public Optional<TaskScore> score(String task) {
    return scores().stream().filter(score -> score.task().equals(task)).findFirst();
  }

  /**
   * The answers that never came.
   *
   * @return those with a failure
   */
  public List<Answer> failures() {
    return answers.stream().filter(answer -> answer.failure().isPresent()).toList();
  }

  /**
   * This and further answers.
   *
   * @param more the others
   * @return both
   */
  public Evaluation and(List<Answer> more) {
    List<Answer> all = new ArrayList<>(answers);
    all.addAll(more);
    return new Evaluation(all);
  }
}
