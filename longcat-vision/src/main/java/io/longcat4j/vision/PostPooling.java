package io.longcat4j.vision;

import java.util.List;

/**
 * Shrinks the embeddings of a request's pictures when they are too many for the language model.
 * Immutable and thread-safe.
 */
final class PostPooling {
  /** Rows of pictures the language model's context has room for, as in the published demo. */
  static final int MAX_VISION_LENGTH = 28_672;

  private final VisionConfig config;
  private final SmartResize rule;

  PostPooling(VisionConfig config) {
    this.config = config;
    this.rule = new SmartResize(config.patchSize());
  }

  /**
   * By how much all pictures of a request are compressed, so that they share one budget.
   *
   * @param grids of all frame pairs of all images and videos of the request
   * @return 1 for not at all
   */
  double compressRatio(List<Grid> grids) {
    long tokens = grids.stream().mapToLong(Grid::tokens).sum();
    double ratio = Math.max(1.0, (double) tokens / config.maxTokensVideo());
    return tokens / ratio > MAX_VISION_LENGTH
        ? Math.ceil((double) tokens / MAX_VISION_LENGTH * 10) / 10
        : ratio;
  }

  /**
   * The grid a pair is compressed to.
   *
   * @param grid the pair's patches
   * @param compressRatio at most 1 for not at all
   * @return patches again: its {@link Grid#tokens()} are the rows that remain
   */
  Grid resized(Grid grid, double compressRatio) {
    if (compressRatio <= 1.0) {
      return grid;
    }
    int side = config.patchSize();
    long area = (long) side * side;
    long maxTokens = Math.min((long) (grid.tokens() / compressRatio), config.maxTokens());
    SmartResize.Size size =
        rule.apply(
            grid.rows() * side,
            grid.columns() / 2 * side,
            2 * side,
            config.minTokensVideo() * area,
            maxTokens * area);
    return new Grid(size.height() / side, size.width() / side * 2);
  }

  /**
   * Resizes the embeddings of a pair bilinearly, corners not aligned.
   *
   * @param embeddings one row for two patches side by side
   * @param from the pair's patches
   * @param to the patches of the result
   * @return {@code to.tokens()} rows
   */
  Matrix pool(Matrix embeddings, Grid from, Grid to) {
    if (from.equals(to)) {
      return embeddings;
    }
    int width = embeddings.columns();
    Blend[] rows = Blend.axis(from.rows(), to.rows());
    Blend[] columns = Blend.axis(from.columns() / 2, to.columns() / 2);
    float[] values = new float[Math.multiplyExact(to.tokens(), width)];
    int at = 0;
    for (Blend row : rows) {
      int upper = row.low() * (from.columns() / 2);
      int lower = row.high() * (from.columns() / 2);
      for (Blend column : columns) {
        int upperLeft = (upper + column.low()) * width;
        int upperRight = (upper + column.high()) * width;
        int lowerLeft = (lower + column.low()) * width;
        int lowerRight = (lower + column.high()) * width;
        float[] source = embeddings.values();
        for (int i = 0; i < width; i++) {
          float top = column.between(source[upperLeft + i], source[upperRight + i]);
          float bottom = column.between(source[lowerLeft + i], source[lowerRight + i]);
          values[at++] = row.between(top, bottom);
        }
      }
    }
    return new Matrix(to.tokens(), width, values);
  }

  /** Two neighbours and the share of the second. */
  private record Blend(int low, int high, float share) {

    static Blend[] axis(int from, int to) {
      Blend[] blends = new Blend[to];
      float scale = (float) from / to;
      for (int i = 0; i < to; i++) {
        float position = Math.max((i + 0.5f) * scale - 0.5f, 0);
        int low = Math.min((int) position, from - 1);
        blends[i] = new Blend(low, Math.min(low + 1, from - 1), position - low);
      }
      return blends;
    }

    float between(float first, float second) {
      return (1 - share) * first + share * second;
    }
  }
}
