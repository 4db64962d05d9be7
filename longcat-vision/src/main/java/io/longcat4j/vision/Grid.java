package io.longcat4j.vision;

/**
 * Patches of a frame pair, or rows and columns of anything laid out like them.
 *
 * @param rows patches from top to bottom, at least 1
 * @param columns patches from left to right, even where the grid goes into the encoder
 */
public record Grid(int rows, int columns) {
  /** Checks the components. */
  public Grid {
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException("a grid of " + rows + " x " + columns + " is empty");
    }
  }

  /**
   * Patches in the grid.
   *
   * @return rows times columns
   */
  public int patches() {
    return Math.multiplyExact(rows, columns);
  }

  /**
   * Rows of embeddings the projector makes of this grid: one for two patches side by side.
   *
   * @return half the patches
   */
  public int tokens() {
    return patches() / 2;
  }

  @Override
  public String toString() {
    return rows + " x " + columns;
  }
}
