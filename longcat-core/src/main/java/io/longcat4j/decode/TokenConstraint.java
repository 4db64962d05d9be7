package io.longcat4j.decode;

/** Follows the reply and rules out the ids it must not go on with. */
public interface TokenConstraint {
  /** Allows everything. */
  TokenConstraint NONE =
      new TokenConstraint() {
        @Override
        public void mask(float[] logits) {}

        @Override
        public void accept(int id) {}
      };

  /**
   * Rules ids out by setting their logits to negative infinity; at least one stays. It may be asked
   * more than once before an id is accepted and answers the same.
   *
   * @param logits one for each id, changed
   */
  void mask(float[] logits);

  /**
   * Takes the chosen id.
   *
   * @param id one that the mask left
   */
  void accept(int id);
}
