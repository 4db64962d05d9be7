package io.longcat4j.attention;

/**
 * Consecutive rows of a pass that continue one sequence and look at it in the same way.
 *
 * @param firstRow index of the first row in the pass
 * @param rows how many, at least 1
 * @param firstPosition position of the first row in its sequence
 * @param pages those of the sequence, up to the last row's at least
 * @param policy which positions its heads keep
 */
public record Span(
    int firstRow, int rows, int firstPosition, PageTable pages, AttentionPolicy policy) {
  /**
   * Position of the last row, and so how many positions lie before it.
   *
   * @return at least {@code firstPosition}
   */
  public int lastPosition() {
    return firstPosition + rows - 1;
  }
}
