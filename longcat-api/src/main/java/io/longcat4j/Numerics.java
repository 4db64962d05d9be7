package io.longcat4j;

/**
 * How exactly the language model's products are computed; sums are always in F32. Whichever is
 * chosen, a result never depends on what else is computed beside it.
 */
public enum Numerics {
  /** Activations stay F32. */
  EXACT,
  /**
   * Activations are rounded to BF16 before they meet weights of BF16 or FP8, as where the published
   * model was trained.
   */
  BF16
}
