package io.longcat4j.decode;

import io.longcat4j.BackendException;
import io.longcat4j.Generation;
import io.longcat4j.tensor.Largest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses text ids. In this order: what the constraint forbids is ruled out, the bias is added, the
 * repetition penalty and then the frequency and presence penalties are applied, the logits are
 * divided by the temperature, and of the most probable ids there stay the top-k, of these the
 * top-p, of these those that min-p allows; one of them is drawn. Where top-k is 1 the largest logit
 * wins without the repetition penalty.
 *
 * <p>The same seed and logits give the same ids on every machine. Not thread-safe; buffers grow to
 * what steps need and are kept, so that only log-probabilities take memory in every step.
 */
public final class Sampler {
  private final boolean greedy;

  /** Nothing ever changes the logits, so that the largest of them need not be found twice. */
  private final boolean isPlain;

  private final TokenConstraint constraint;
  private final LogitBias bias;
  private final RepetitionPenalty repetition;
  private final CountPenalty counts;
  private final @Nullable LogprobRecorder recorder;
  private final TruncatedDraw draw;
  private final ExactLogits exact;
  private float[] given = {};

  /**
   * Starts without history and constraint.
   *
   * @param generation the options
   */
  public Sampler(Generation generation) {
    this(generation, TokenConstraint.NONE);
  }

  /**
   * Starts without history.
   *
   * @param generation the options
   * @param constraint what the text must keep to; from now on the sampler's own
   */
  public Sampler(Generation generation, TokenConstraint constraint) {
    Candidates candidates = new Candidates();
    this.greedy = generation.topK() == 1;
    this.constraint = constraint;
    this.bias = new LogitBias(generation.logitBias());
    this.repetition = new RepetitionPenalty(greedy ? 1.0 : generation.repetitionPenalty());
    this.counts = new CountPenalty(generation.presencePenalty(), generation.frequencyPenalty());
    this.exact = new ExactLogits(constraint, bias, repetition);
    this.isPlain =
        constraint == TokenConstraint.NONE
            && bias.isEmpty()
            && repetition.isOff()
            && counts.isOff();
    this.recorder =
        generation.topLogprobs().isPresent()
            ? new LogprobRecorder(generation.topLogprobs().getAsInt(), candidates)
            : null;
    this.draw = new TruncatedDraw(generation, candidates);
  }

  /**
   * Checks options against a vocabulary, before anything is computed.
   *
   * @param generation the options
   * @param vocabSize how many logits a step has
   * @throws io.longcat4j.InvalidRequestException if the bias names an id outside the vocabulary
   */
  public static void check(Generation generation, int vocabSize) {
    new LogitBias(generation.logitBias()).requireWithin(vocabSize);
  }

  /**
   * Chooses the next id.
   *
   * @param logits of the whole vocabulary; changed
   * @return an index into them that the constraint allows, however large penalties and biases are
   * @throws BackendException if a logit is not a number
   * @throws io.longcat4j.InvalidRequestException if the constraint allows no id
   */
  public int sample(float[] logits) {
    int best = Greedy.pick(logits);
    if (recorder != null) {
      recorder.observe(logits, logits[best]);
    }
    int likeliest = isPlain ? best : changed(logits);
    int id = greedy ? likeliest : draw.from(logits, likeliest);
    constraint.accept(id);
    if (recorder != null) {
      recorder.choose(id);
    }
    return id;
  }

  /**
   * Whether the id of the largest logit is all that a choice needs.
   *
   * @return true where {@link #take} may be called instead of {@link #sample}, now and always
   */
  public boolean needsLargestAlone() {
    return greedy && isPlain && recorder == null;
  }

  /**
   * Chooses the id of the largest logit.
   *
   * @param largest as {@link Largest} says
   * @return the id
   * @throws BackendException if a logit is not a number
   */
  public int take(int largest) {
    return Greedy.checked(largest);
  }

  /** Changes the logits and tells the likeliest id. */
  private int changed(float[] logits) {
    if (given.length != logits.length) {
      given = new float[logits.length];
    }
    System.arraycopy(logits, 0, given, 0, logits.length);
    constraint.mask(logits);
    bias.apply(logits);
    repetition.apply(logits);
    counts.apply(logits);
    int likeliest = Largest.of(logits);
    if (likeliest >= 0 && Float.isFinite(logits[likeliest])) {
      return likeliest;
    }
    exact.change(given, logits);
    return Greedy.pick(logits);
  }

  /**
   * Remembers a step for the penalties.
   *
   * @param id what was chosen, or a negative number where the step had no text
   */
  public void remember(int id) {
    repetition.remember(id);
    counts.remember(id);
  }

  /**
   * How probable the model found what it chose, and what it might have chosen.
   *
   * @return one for each sampled id, in order; empty unless asked for
   */
  public List<StepLogprobs> logprobs() {
    return recorder == null ? List.of() : recorder.steps();
  }
}
