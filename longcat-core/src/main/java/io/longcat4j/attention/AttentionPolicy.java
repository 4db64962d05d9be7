package io.longcat4j.attention;

import io.longcat4j.Attention;

/** How the heads of a row choose among the positions before it. */
public sealed interface AttentionPolicy {
  /** Heads see every position. */
  record Dense() implements AttentionPolicy {
    private static final Dense INSTANCE = new Dense();
  }

  /**
   * Each head keeps the positions with the highest scores, exactly chosen.
   *
   * @param positions how many, at least 1
   */
  record TopK(int positions) implements AttentionPolicy {
    /** Checks the component. */
    public TopK {
      if (positions < 1) {
        throw new IllegalArgumentException("heads cannot keep " + positions + " positions");
      }
    }
  }

  /**
   * Every position.
   *
   * @return the policy of prompts
   */
  static AttentionPolicy dense() {
    return Dense.INSTANCE;
  }

  /**
   * The positions with the highest scores.
   *
   * @param positions how many each head keeps, at least 1
   * @return the policy
   */
  static AttentionPolicy topK(int positions) {
    return new TopK(positions);
  }

  /**
   * What an application asked for.
   *
   * @param wanted of generated tokens
   * @return the policy
   */
  static AttentionPolicy of(Attention wanted) {
    return wanted.topK() == 0 ? dense() : topK(wanted.topK());
  }

  /**
   * How many positions a head looks at.
   *
   * @param length positions that there are
   * @return at most {@code length}
   */
  default int kept(int length) {
    return this instanceof TopK best ? Math.min(best.positions(), length) : length;
  }
}
