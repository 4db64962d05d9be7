package io.longcat4j.evaluate;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Text;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Has a model speak its answers, and write down what it hears of its own voice. What it wrote while
 * it spoke is what should be heard. Immutable; the sink is called on several threads, for several
 * items at once.
 *
 * @param evaluator asks
 * @param instruction what the model is told after its own voice, such as {@code What did I say?}
 * @param sink gets each spoken reply
 */
public record OwnSpeech(Evaluator evaluator, String instruction, BiConsumer<TestItem, Reply> sink) {
  /** The task of what is heard. */
  public static final String TASK = "own_speech";

  /** An instruction that LongCat-Tiny was trained on. */
  public static final String INSTRUCTION = "What did I say?";

  /**
   * Has the questions answered aloud.
   *
   * @param items the questions
   * @return the answers in writing, in the order of the questions; their failures say where nothing
   *     was spoken
   */
  public List<Answer> speak(List<TestItem> items) {
    return new Batch(evaluator.parallel()).map(items, item -> evaluator.told(spoken(item).answer));
  }

  /**
   * Has the questions answered aloud, and the answers heard.
   *
   * @param items the questions
   * @return what was heard, in the order of the questions, as answers of the task {@link #TASK}
   *     whose expected text is what was written beside the speech
   */
  public List<Answer> speakAndListen(List<TestItem> items) {
    return new Batch(evaluator.parallel())
        .map(items, item -> evaluator.told(heard(item, spoken(item))));
  }

  private record Spoken(Answer answer, Optional<Audio> sound) {}

  private Spoken spoken(TestItem item) {
    Generation aloud =
        Generation.speech().toBuilder().maxNewTokens(evaluator.maxNewTokens()).build();
    try {
      Reply reply = evaluator.longcat().generate(item.prompt(), aloud);
      sink.accept(item, reply);
      Answer written = Answer.of(item, reply);
      return reply
          .speech()
          .map(speech -> new Spoken(written, Optional.of(Audio.of(speech.samples()))))
          .orElseGet(() -> new Spoken(written.unspoken(), Optional.empty()));
    } catch (LongCatException e) {
      return new Spoken(Answer.failed(item, e), Optional.empty());
    }
  }

  private Answer heard(TestItem asked, Spoken spoken) {
    Prompt prompt =
        spoken
            .sound
            .map(sound -> Prompt.user(sound, Text.of(instruction)))
            .orElseGet(asked::prompt);
    TestItem item =
        new TestItem(asked.id(), TASK, asked.task(), Measure.WORDS, prompt, spoken.answer.text());
    if (spoken.answer.failure().isPresent()) {
      return new Answer(item, "", spoken.answer.failure(), List.of());
    }
    return evaluator.answer(
        item, Generation.builder().maxNewTokens(evaluator.maxNewTokens()).build());
  }
}
