package io.longcat4j;

/**
 * Which cached positions a generated token looks at. Prompts are always attended to in full.
 *
 * @param topK how many positions each head keeps, those with the highest scores; 0 for all
 */
public record Attention(int topK) {
  /** Checks the component. */
  public Attention {
    if (topK < 0) {
      throw new InvalidRequestException("topK is " + topK + "; pass 0 (all positions) or more");
    }
  }

  /**
   * Every position.
   *
   * @return the default
   */
  public static Attention dense() {
    return new Attention(0);
  }

  /**
   * Only the positions with the highest scores, exactly chosen.
   *
   * @param positions how many each head keeps, at least 1
   * @return the policy
   */
  public static Attention topK(int positions) {
    if (positions < 1) {
      throw new InvalidRequestException("topK is " + positions + "; pass at least 1");
    }
    return new Attention(positions);
  }
}
