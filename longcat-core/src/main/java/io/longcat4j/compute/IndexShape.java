package io.longcat4j.compute;

import io.longcat4j.attention.Choice;

/**
 * Kind and sizes of a {@link KeyIndex}. A row has two groups of integers, of the latents and of the
 * keys, each filled up to a multiple of four, and behind them a scale for each group.
 *
 * @param choice {@link Choice#INT8}, {@link Choice#PAGES} or {@link Choice#COLUMNS}
 * @param latent columns of a cached latent, at least 1
 * @param rope columns of a cached key, at least 0
 * @param pagePositions positions of a page, a power of two
 * @param pages of the cache
 */
public record IndexShape(Choice choice, int latent, int rope, int pagePositions, int pages) {
  private static final int FOUR = 4;

  /** Checks the components. */
  public IndexShape {
    PlanRules.allocatePlan(pagePositions, pages);
    if (!choice.isApproximate() || latent < 1 || rope < 0) {
      throw new IllegalArgumentException(
          "an index for " + choice + " of " + latent + " + " + rope + " columns");
    }
  }

  /**
   * Whether it has bounds of pages, not rows of positions.
   *
   * @return true for {@link Choice#PAGES}
   */
  public boolean ofPages() {
    return choice == Choice.PAGES;
  }

  /**
   * How many of the latent numbers are scored, by four.
   *
   * @return all, or with {@link Choice#COLUMNS} a quarter
   */
  public int scoredLatentFours() {
    int fours = (latentNumbers() + FOUR - 1) / FOUR;
    return choice == Choice.COLUMNS ? (fours + 3) / 4 : fours;
  }

  /**
   * Rows of the index.
   *
   * @return one for each slot or for each page
   */
  public int rows() {
    return ofPages() ? pages : pagePositions * pages;
  }

  /**
   * Integers of the latents.
   *
   * @return one for each column, or two: the greatest of all columns, then the least
   */
  public int latentNumbers() {
    return ofPages() ? 2 * latent : latent;
  }

  /**
   * Integers of the keys.
   *
   * @return as {@link #latentNumbers()}
   */
  public int ropeNumbers() {
    return ofPages() ? 2 * rope : rope;
  }

  /**
   * Memory of a row.
   *
   * @return bytes, the scales included
   */
  public long rowBytes() {
    return (long) filled(latentNumbers()) + filled(ropeNumbers()) + 2 * Float.BYTES;
  }

  private static int filled(int numbers) {
    return (numbers + FOUR - 1) / FOUR * FOUR;
  }

  /**
   * Memory of the rows of a page.
   *
   * @return bytes
   */
  public long pageBytes() {
    return ofPages() ? rowBytes() : pagePositions * rowBytes();
  }
}
