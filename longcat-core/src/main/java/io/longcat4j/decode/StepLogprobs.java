package io.longcat4j.decode;

import java.util.List;

/**
 * How probable the model found ids at one step, before anything was done to its logits.
 *
 * @param chosen the id that was chosen
 * @param top the most probable ids, falling
 */
public record StepLogprobs(IdLogprob chosen, List<IdLogprob> top) {
  /** Copies the list. */
  public StepLogprobs {
    top = List.copyOf(top);
  }

  /**
   * The log-probability of an id.
   *
   * @param id in the vocabulary
   * @param logprob natural logarithm, at most 0
   */
  public record IdLogprob(int id, double logprob) {}
}
