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
   * model was trained. GPUs round what attention multiplies, too.
   */
  BF16,
  /**
   * Activations are rounded to E4M3, with a scale for every 128 of them, before they meet weights
   * of FP8, as checkpoints in FP8 ask for; before weights of BF16, and inside attention, as {@link
   * #BF16}. Four binary digits are left of each: the user guide tells how far that is from exact
   * and which GPUs gain by it. A CPU computes the same and gains nothing.
   */
  FP8
}
