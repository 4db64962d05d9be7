package io.longcat4j.cli.evaluate;

import io.longcat4j.LongCat;
import io.longcat4j.Reply;
import io.longcat4j.evaluate.Answer;
import io.longcat4j.evaluate.Evaluation;
import io.longcat4j.evaluate.Evaluator;
import io.longcat4j.evaluate.OwnSpeech;
import io.longcat4j.evaluate.TestItem;
import io.longcat4j.evaluate.TestSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** What is asked, and how. */
public final class QuestionOptions {
  @Option(
      names = "--task",
      paramLabel = "NAME",
      description = "Ask only the items of this task; may be repeated. Default: all.")
  private List<String> tasks = List.of();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Ask only the first N items of each task. Default: all.")
  private Optional<Integer> limit = Optional.empty();

  @Option(
      names = "--at-once",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "How many requests run at once; changes the time it takes, and no answer. Default:"
              + " ${DEFAULT-VALUE}.")
  private int atOnce = 8;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "Upper bound of the steps of an answer. Default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = 256;

  @Option(
      names = "--own-speech",
      description =
          "Also have every question answered aloud, and the model write down what it hears of its"
              + " own voice: the task '"
              + OwnSpeech.TASK
              + "', whose word errors are counted against what it wrote while it spoke.")
  private boolean ownSpeech;

  @Option(
      names = "--own-speech-instruction",
      paramLabel = "TEXT",
      defaultValue = OwnSpeech.INSTRUCTION,
      description = "What the model is told after its own voice. Default: ${DEFAULT-VALUE}")
  private String instruction = OwnSpeech.INSTRUCTION;

  @Option(
      names = "--speech",
      paramLabel = "DIR",
      description =
          "Have every question answered aloud too, and write the answers there as ID.wav and"
              + " ID.txt, for another recogniser to transcribe.")
  private Optional<Path> speech = Optional.empty();

  /**
   * The items to ask.
   *
   * @param whole what there is
   * @return what was chosen of it
   */
  public TestSet choose(TestSet whole) {
    TestSet chosen = tasks.isEmpty() ? whole : whole.ofTasks(tasks);
    return limit.map(chosen::first).orElse(chosen);
  }

  /** Creates the folder for speech, before anything is loaded. */
  public void prepare() {
    speech.ifPresent(SpokenAnswers::in);
  }

  /**
   * How many answers there will be.
   *
   * @param items the questions
   * @return the count, for showing progress
   */
  public int answers(List<TestItem> items) {
    return items.size() * (isSpoken() ? 2 : 1);
  }

  private boolean isSpoken() {
    return ownSpeech || speech.isPresent();
  }

  /**
   * What came of asking.
   *
   * @param evaluation all answers that count
   * @param unspoken those that should only have been spoken, and were not
   */
  public record Asked(Evaluation evaluation, List<Answer> unspoken) {}

  /**
   * Asks.
   *
   * @param longcat the model
   * @param items the questions
   * @param writeSpeech whether spoken answers may be written
   * @param listener hears of each answer
   * @return all answers
   */
  public Asked ask(
      LongCat longcat, List<TestItem> items, boolean writeSpeech, Consumer<Answer> listener) {
    Evaluator evaluator = new Evaluator(longcat, atOnce, maxNewTokens, listener);
    Evaluation written = evaluator.run(items);
    OwnSpeech aloud = new OwnSpeech(evaluator, instruction, sink(writeSpeech));
    if (ownSpeech) {
      return new Asked(written.and(aloud.speakAndListen(items)), List.of());
    }
    List<Answer> spoken =
        speech.isPresent() && writeSpeech ? aloud.speak(items) : List.<Answer>of();
    return new Asked(written, new Evaluation(spoken).failures());
  }

  private BiConsumer<TestItem, Reply> sink(boolean writeSpeech) {
    return speech.isPresent() && writeSpeech
        ? SpokenAnswers.in(speech.get())::write
        : (item, reply) -> {};
  }
}
