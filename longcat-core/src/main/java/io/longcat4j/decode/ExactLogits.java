package io.longcat4j.decode;

import io.longcat4j.InvalidRequestException;

/**
 * The bias and the repetition penalty in double precision, for steps in which F32 overflows and
 * could not tell the allowed ids apart any more; the penalties that subtract a few units make no
 * difference to numbers of that size. Keeps its memory. Not thread-safe.
 */
final class ExactLogits {
  /** Sums and differences of two numbers of this size are still finite. */
  private static final double LARGEST = Double.MAX_VALUE / 4;

  private final TokenConstraint constraint;
  private final LogitBias bias;
  private final RepetitionPenalty repetition;
  private float[] mask = {};
  private double[] exact = {};

  ExactLogits(TokenConstraint constraint, LogitBias bias, RepetitionPenalty repetition) {
    this.constraint = constraint;
    this.bias = bias;
    this.repetition = repetition;
  }

  /**
   * Changes a step's logits. Infinite ones count as the largest finite ones; what is forbidden is
   * negative infinity in the end and nothing else is, the likeliest id is 0.
   *
   * @param given as the model computed them
   * @param into receives them changed and shifted, which changes no probability
   * @throws InvalidRequestException if the constraint allows no id
   */
  void change(float[] given, float[] into) {
    if (mask.length != given.length) {
      mask = new float[given.length];
      exact = new double[given.length];
    }
    java.util.Arrays.fill(mask, 0);
    constraint.mask(mask);
    for (int id = 0; id < given.length; id++) {
      exact[id] = Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, given[id]));
    }
    bias.apply(exact);
    repetition.apply(exact);
    double highest = highestAllowed();
    for (int id = 0; id < given.length; id++) {
      into[id] =
          isForbidden(id)
              ? Float.NEGATIVE_INFINITY
              : (float) Math.max(-Float.MAX_VALUE, bounded(exact[id]) - highest);
    }
  }

  private double highestAllowed() {
    double highest = Double.NEGATIVE_INFINITY;
    for (int id = 0; id < mask.length; id++) {
      if (!isForbidden(id)) {
        highest = Math.max(highest, bounded(exact[id]));
      }
    }
    if (highest == Double.NEGATIVE_INFINITY) {
      throw new InvalidRequestException(
          "The constraint of this reply rules out each of the "
              + mask.length
              + " ids, so that it cannot go on; use a constraint that some text satisfies");
    }
    return highest;
  }

  private boolean isForbidden(int id) {
    return mask[id] == Float.NEGATIVE_INFINITY;
  }

  static double bounded(double logit) {
    return Math.max(-LARGEST, Math.min(LARGEST, logit));
  }
}
