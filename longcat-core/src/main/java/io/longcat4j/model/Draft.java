package io.longcat4j.model;

import java.util.Arrays;

/**
 * Looks one token further from every row of the last pass, by multi-token prediction, so that the
 * cache is complete for the rows after them. What the last pass said is gone then. The arrays are
 * its own from now on and never to be changed.
 *
 * @param nextIds the token that follows each row of the pass, {@link #NONE} where there is none or
 *     it is not known
 * @param textRows the rows that the text head sees, rising: its logits are of the token after the
 *     next one
 */
public record Draft(int[] nextIds, int[] textRows) implements Command {
  @Override
  public boolean equals(Object other) {
    return other instanceof Draft draft
        && Arrays.equals(nextIds, draft.nextIds)
        && Arrays.equals(textRows, draft.textRows);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(nextIds) + Arrays.hashCode(textRows);
  }

  @Override
  public String toString() {
    return "Draft after " + nextIds.length + " rows";
  }
}
