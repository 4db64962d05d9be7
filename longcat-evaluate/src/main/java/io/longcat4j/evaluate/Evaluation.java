package io.longcat4j.evaluate;

import io.longcat4j.AttentionFigures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
   * How precisely the tokens of all answers chose what they looked at, where that was measured.
   *
   * @return one for each attention block, rising; empty where nothing was measured
   */
  public List<AttentionFigures> attention() {
    SortedMap<Integer, AttentionFigures> blocks = new TreeMap<>();
    for (Answer answer : answers) {
      answer.attention().forEach(of -> blocks.merge(of.block(), of, Evaluation::both));
    }
    return List.copyOf(blocks.values());
  }

  private static AttentionFigures both(AttentionFigures a, AttentionFigures b) {
    long samples = a.samples() + b.samples();
    double share = (double) b.samples() / samples;
    List<Long> distribution = new ArrayList<>();
    for (int i = 0; i < a.distribution().size(); i++) {
      distribution.add(a.distribution().get(i) + b.distribution().get(i));
    }
    return new AttentionFigures(
        a.block(),
        samples,
        a.precision() + share * (b.precision() - a.precision()),
        Math.min(a.leastPrecision(), b.leastPrecision()),
        distribution,
        a.mass() + share * (b.mass() - a.mass()),
        a.entropy() + share * (b.entropy() - a.entropy()));
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
