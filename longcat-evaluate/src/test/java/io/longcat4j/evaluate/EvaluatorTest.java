package io.longcat4j.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.AttentionFigures;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over an engine that says what it was asked. */
class EvaluatorTest {
  private final LongCat longcat = LongCat.builder().model(Path.of("echo")).build();

  @AfterEach
  void close() {
    longcat.close();
  }

  @Test
  void answers_keep_the_order_of_questions_and_are_told_as_they_come() {
    List<TestItem> items =
        IntStream.range(0, 50).mapToObj(i -> item("i" + i, "t", "Say " + i, "Say " + i)).toList();
    List<Answer> told = new ArrayList<>();
    Evaluation evaluation = new Evaluator(longcat, 7, 10, told::add).run(items);
    assertThat(evaluation.answers()).extracting(Answer::item).isEqualTo(items);
    assertThat(evaluation.answers()).allMatch(Answer::isRight);
    assertThat(told).containsExactlyInAnyOrderElementsOf(evaluation.answers());
  }

  @Test
  void scores_are_shares_of_answers_or_of_words() {
    Evaluation evaluation =
        Evaluator.of(longcat)
            .run(
                List.of(
                    item("a", "text", "Yes.", "Yes."),
                    item("b", "heard", Measure.WORDS, "the red 2", "The red two."),
                    item("c", "text", "yes.", "Yes."),
                    item("d", "heard", Measure.WORDS, "the blue cat", "the red dog")));
    assertThat(evaluation.scores())
        .containsExactly(
            new TaskScore("text", Measure.EXACT, 2, 1, 2, 0),
            new TaskScore("heard", Measure.WORDS, 2, 1, 6, 2));
    assertThat(evaluation.score("text").orElseThrow().score()).isEqualTo(0.5);
    assertThat(evaluation.score("heard").orElseThrow().score()).isEqualTo(1 - 2.0 / 6);
    assertThat(evaluation.scoresByKind()).extracting(TaskScore::task).contains("text / kind");
  }

  @Test
  void more_errors_than_words_are_a_score_of_nothing() {
    TaskScore score = new TaskScore("heard", Measure.WORDS, 1, 0, 2, 5);
    assertThat(score.score()).isZero();
    assertThat(score.wordErrorRate()).isEqualTo(2.5);
  }

  @Test
  void a_question_that_cannot_be_answered_is_wrong_and_the_others_go_on() {
    Evaluation evaluation =
        Evaluator.of(longcat)
            .run(List.of(item("a", "t", "fail", "fail"), item("b", "t", "Yes.", "Yes.")));
    assertThat(evaluation.failures()).hasSize(1);
    assertThat(evaluation.failures().get(0).failure()).contains("a.png: no picture");
    assertThat(evaluation.scores()).extracting(TaskScore::right).containsExactly(1);
  }

  @Test
  void own_speech_is_heard_against_what_was_written_beside_it() {
    List<String> spoken = Collections.synchronizedList(new ArrayList<>());
    OwnSpeech aloud =
        new OwnSpeech(Evaluator.of(longcat), "again", (item, reply) -> spoken.add(item.id()));
    List<Answer> heard =
        aloud.speakAndListen(
            List.of(
                item("a", "t", "heard again", "anything"),
                item("b", "t", "three words now", "anything"),
                item("c", "t", "mute", "anything"),
                item("d", "t", "fail", "anything")));
    assertThat(spoken).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(heard).extracting(answer -> answer.item().task()).containsOnly(OwnSpeech.TASK);
    assertThat(heard)
        .extracting(Answer::text)
        .containsExactly("heard again", "heard again", "", "");
    assertThat(heard).extracting(Answer::wordErrors).containsExactly(0, 3, 1, 0);
    assertThat(heard.get(2).failure()).contains("the reply holds no speech");
    assertThat(heard.get(3).failure()).contains("a.png: no picture");
    assertThat(heard).extracting(Answer::isRight).containsExactly(true, false, false, false);
    List<Answer> written =
        aloud.speak(List.of(item("a", "t", "Yes.", "Yes."), item("b", "t", "mute", "mute")));
    assertThat(written).extracting(Answer::isRight).containsExactly(true, false);
    assertThat(written.get(1).failure()).contains("the reply holds no speech");
  }

  @Test
  void differences_are_told_in_points() {
    Evaluation first = evaluation("Yes.", "Yes.", "Yes.", "No.");
    Evaluation second = evaluation("Yes.", "No!", "Yes.", "Well.");
    assertThat(ScoreDifference.between(first, second))
        .containsExactly(new ScoreDifference("t", 0.75, 0.5, 2));
    assertThat(ScoreDifference.between(first, second).get(0).points()).isEqualTo(-25);
  }

  private static Evaluation evaluation(String... texts) {
    List<Answer> answers = new ArrayList<>();
    for (String text : texts) {
      answers.add(Answer.of(item("a", "t", "?", "Yes."), text, List.of()));
    }
    return new Evaluation(answers);
  }

  @Test
  void figures_of_attention_weigh_as_many_samples_as_they_are_of() {
    AttentionFigures early = figures(3, 1, 0.5, 0.5, 0.25, 1);
    AttentionFigures late = figures(3, 3, 0.9, 0.8, 0.75, 3);
    AttentionFigures other = figures(0, 2, 0.6, 0.1, 0.5, 2);
    Evaluation evaluation =
        new Evaluation(
            List.of(
                Answer.of(item("a", "t", "?", "Yes."), "Yes.", List.of(early)),
                Answer.of(item("b", "t", "?", "Yes."), "Yes.", List.of(other, late))));
    assertThat(evaluation.attention()).extracting(AttentionFigures::block).containsExactly(0, 3);
    assertThat(evaluation.attention().get(0)).isEqualTo(other);
    AttentionFigures both = evaluation.attention().get(1);
    assertThat(both.samples()).isEqualTo(4);
    assertThat(both.precision()).isCloseTo(0.8, within(1e-12));
    assertThat(both.leastPrecision()).isEqualTo(0.5);
    assertThat(both.mass()).isEqualTo(0.625);
    assertThat(both.entropy()).isEqualTo(2.5);
    assertThat(both.distribution()).containsExactly(2L, 4L);
    assertThat(evaluation("Yes.").attention()).isEmpty();
  }

  private static AttentionFigures figures(
      int block, long samples, double precision, double least, double mass, double entropy) {
    List<Long> distribution = List.of(1L, samples);
    return new AttentionFigures(block, samples, precision, least, distribution, mass, entropy);
  }

  @Test
  void bars_that_are_missed_are_named() {
    Evaluation evaluation = evaluation("Yes.", "Yes.", "Yes.", "No.");
    assertThat(Bars.of(List.of("t=0.75")).missedBy(evaluation)).isEmpty();
    assertThat(Bars.of(List.of("t=0.76", "x=0.1")).missedBy(evaluation))
        .containsExactly(
            "t is at 75.0 %, below 76.0 %", "x has a bar of 10.0 %, but no item was asked");
  }

  @Test
  void an_interruption_ends_it() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Evaluator.of(longcat).run(List.of(item("a", "t", "wait", ""))))
        .isInstanceOf(GenerationCancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void at_least_one_request_must_run() {
    assertThatThrownBy(() -> new Evaluator(longcat, 0, 1, answer -> {}))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("parallel is 0");
  }

  private static TestItem item(String id, String task, String question, String answer) {
    return item(id, task, Measure.EXACT, question, answer);
  }

  private static TestItem item(
      String id, String task, Measure measure, String question, String answer) {
    return new TestItem(id, task, "kind", measure, Prompt.user(question), answer);
  }
}
