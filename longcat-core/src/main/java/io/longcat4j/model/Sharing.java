package io.longcat4j.model;

import io.longcat4j.Experts;
import io.longcat4j.parallel.Ranks;

/**
 * How a model is taken in.
 *
 * @param ranks who computes together, and which of them this is
 * @param experts whole on one rank each, or each one's width sliced; {@link Experts#AUTO} is
 *     decided by the sizes
 * @param drafts whether to take in the layer for multi-token prediction; only where {@link
 *     LanguageModel#canDraft} holds
 */
public record Sharing(Ranks ranks, Experts experts, boolean drafts) {
  /**
   * One rank that holds everything, without multi-token prediction.
   *
   * @return the sharing of verification and measurements
   */
  public static Sharing none() {
    return new Sharing(Ranks.single(), Experts.AUTO, false);
  }

  /**
   * The same with or without multi-token prediction.
   *
   * @param wanted whether its layer is taken in
   * @return the sharing
   */
  public Sharing withDrafts(boolean wanted) {
    return new Sharing(ranks, experts, wanted);
  }
}
