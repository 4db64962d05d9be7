package io.longcat4j.evaluate;

import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.RankFailedException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks a model the questions of a test set, greedily, several at once. Their number changes no
 * answer. Immutable; the listener is called on several threads, one at a time.
 *
 * @param longcat the model, owned by the caller
 * @param parallel how many requests run at once, at least 1
 * @param maxNewTokens the most steps of an answer, at least 1; noise knows no end
 * @param listener hears of each answer as it comes, in no order
 */
public record Evaluator(
    LongCat longcat, int parallel, int maxNewTokens, Consumer<Answer> listener) {
  private static final int PARALLEL = 8;
  private static final int MAX_NEW_TOKENS = 256;

  /**
   * Checks the numbers.
   *
   * @throws InvalidRequestException if one of them is below 1
   */
  public Evaluator {
    if (parallel < 1) {
      throw new InvalidRequestException("parallel is " + parallel + "; pass at least 1");
    }
  }

  /**
   * With 8 requests at once and at most 256 steps an answer.
   *
   * @param longcat the model
   * @return the evaluator
   */
  public static Evaluator of(LongCat longcat) {
    return new Evaluator(longcat, PARALLEL, MAX_NEW_TOKENS, answer -> {});
  }

  /**
   * Has the questions answered in writing. One that cannot be answered does not keep the others
   * from being asked.
   *
   * @param items the questions
   * @return the answers, in the order of the questions
   * @throws RankFailedException if one of the model's ranks fails
   * @throws LongCatException if the calling thread is interrupted
   */
  public Evaluation run(List<TestItem> items) {
    Generation generation = Generation.builder().maxNewTokens(maxNewTokens).build();
    return new Evaluation(new Batch(parallel).map(items, item -> told(answer(item, generation))));
  }

  Answer answer(TestItem item, Generation generation) {
    try {
      return Answer.of(item, longcat.generate(item.prompt(), generation));
    } catch (RankFailedException e) {
      throw e; // No other question can be answered either.
    } catch (LongCatException e) {
      return Answer.failed(item, e);
    }
  }

  synchronized Answer told(Answer answer) {
    listener.accept(answer);
    return answer;
  }
}
