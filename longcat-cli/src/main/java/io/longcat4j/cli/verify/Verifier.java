package io.longcat4j.cli.verify;

import io.longcat4j.LongCatException;
import io.longcat4j.Numerics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Runs stages against a golden folder and accounts for every entry of it. */
public final class Verifier {
  private Verifier() {}

  /**
   * Runs all stages. One that cannot run does not keep the others from running.
   *
   * @param golden the folder
   * @param stages in the order they run
   * @return one line for each entry, grouped by stage
   */
  public static Report verify(Golden golden, List<Stage> stages) {
    return verify(golden, stages, Numerics.EXACT, (name, values) -> {});
  }

  /**
   * Runs all stages and hands on what they compute.
   *
   * @param golden the folder
   * @param stages in the order they run
   * @param numerics of the language model
   * @param computed takes the name and the numbers of every tensor that is compared
   * @return one line for each entry, grouped by stage
   */
  public static Report verify(
      Golden golden, List<Stage> stages, Numerics numerics, BiConsumer<String, float[]> computed) {
    Comparison comparison = new Comparison(golden, numerics, computed);
    List<String> failures = new ArrayList<>();
    try {
      for (Stage stage : stages) {
        if (golden.entries().stream().anyMatch(stage::covers)) {
          run(stage, comparison, failures);
        }
      }
    } finally {
      stages.forEach(Stage::close);
    }
    List<Line> lines = new ArrayList<>();
    for (Stage stage : stages) {
      golden.entries().stream()
          .filter(entry -> answering(stages, entry).equals(Optional.of(stage)))
          .forEach(entry -> lines.add(outcome(comparison, entry, Line.Status.MISSING)));
    }
    golden.entries().stream()
        .filter(entry -> answering(stages, entry).isEmpty())
        .forEach(entry -> lines.add(outcome(comparison, entry, Line.Status.NOT_CHECKED)));
    return new Report(lines, failures);
  }

  private static Optional<Stage> answering(List<Stage> stages, String entry) {
    return stages.stream().filter(stage -> stage.covers(entry)).findFirst();
  }

  private static void run(Stage stage, Comparison comparison, List<String> failures) {
    try {
      stage.run(comparison);
    } catch (LongCatException e) {
      failures.add(stage.name() + ": " + e.getMessage());
    }
  }

  private static Line outcome(Comparison comparison, String entry, Line.Status otherwise) {
    return comparison.line(entry).orElseGet(() -> Line.without(entry, otherwise, ""));
  }
}
