package io.longcat4j.cli.verify;

import io.longcat4j.Numerics;

/**
 * How far what a language model computes may be off.
 *
 * @param numbers of the largest magnitude of a tensor
 * @param otherChoices share of near ties that rounding may decide otherwise
 * @param divergence of distributions behind such choices, in nats; logits that are a tenth too
 *     large are 5e-3 off
 */
record Allowance(double numbers, double otherChoices, double divergence) {
  private static final Allowance EXACT = new Allowance(1e-3, 0, 0);
  private static final Allowance BF16 = new Allowance(2e-2, 0.05, 5e-3);

  /** The FP8 golden showed 7e-2, 13 % and 1.6e-2 when it was first computed. */
  private static final Allowance FP8 = new Allowance(1e-1, 0.2, 5e-2);

  static Allowance of(Numerics numerics) {
    return switch (numerics) {
      case EXACT -> EXACT;
      case BF16 -> BF16;
      case FP8 -> FP8;
    };
  }
}
