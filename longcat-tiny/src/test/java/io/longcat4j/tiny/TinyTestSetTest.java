package io.longcat4j.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.LongCat;
import io.longcat4j.evaluate.Answer;
import io.longcat4j.evaluate.Bars;
import io.longcat4j.evaluate.Evaluation;
import io.longcat4j.evaluate.Evaluator;
import io.longcat4j.evaluate.OwnSpeech;
import io.longcat4j.evaluate.TestSet;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Judges the engine by what a trained model makes of it. */
@Tag("once")
class TinyTestSetTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("longcat.repository.root", ".."), "testdata/tiny");

  /** Speaking takes longer than writing. */
  private static final int SPOKEN_OF_EACH_TASK = 4;

  private static LongCat longcat;
  private static TestSet set;

  @BeforeAll
  static void load() {
    set = TestSet.read(FOLDER.resolve("testset.jsonl"));
    longcat = LongCat.tiny();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  @Test
  void every_task_reaches_its_bar() {
    Evaluator evaluator = Evaluator.of(longcat);
    OwnSpeech aloud = new OwnSpeech(evaluator, OwnSpeech.INSTRUCTION, (item, reply) -> {});
    Evaluation evaluation =
        evaluator
            .run(set.items())
            .and(aloud.speakAndListen(set.first(SPOKEN_OF_EACH_TASK).items()));
    assertThat(evaluation.failures()).isEmpty();
    assertThat(Bars.read(FOLDER.resolve("bars.txt")).missedBy(evaluation))
        .as("%s", evaluation.scores())
        .isEmpty();
  }

  @Test
  void answers_do_not_depend_on_what_else_is_asked() {
    TestSet some = set.first(3);
    List<Answer> alone = new Evaluator(longcat, 1, 256, answer -> {}).run(some.items()).answers();
    List<Answer> together =
        new Evaluator(longcat, some.items().size(), 256, answer -> {}).run(some.items()).answers();
    assertThat(together).isEqualTo(alone);
  }
}
