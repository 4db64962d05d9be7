package io.longcat4j.decode;

import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Tensor;
import io.longcat4j.model.LanguageModel;

/** Counts the real experts that routers pick for each token and layer. Not thread-safe. */
final class ExpertCount implements LanguageModel.LayerListener {
  private final int realExperts;
  private int[] ids = {};
  private int rows;
  private long picks;
  private long decisions;
  private int least = Integer.MAX_VALUE;
  private int most;

  ExpertCount(int realExperts) {
    this.realExperts = realExperts;
  }

  /** This, for a pass of so many rows. */
  ExpertCount of(int passRows) {
    rows = passRows;
    return this;
  }

  @Override
  public void onLayer(int layer, Tensor output, Routing routing) {
    int topK = routing.topK();
    if (ids.length < rows * topK) {
      ids = new int[rows * topK];
    }
    routing.readIds(rows, ids);
    for (int row = 0; row < rows; row++) {
      count(row * topK, (row + 1) * topK);
    }
  }

  private void count(int from, int to) {
    int real = 0;
    for (int i = from; i < to; i++) {
      real += ids[i] < realExperts ? 1 : 0;
    }
    picks += real;
    decisions++;
    least = Math.min(least, real);
    most = Math.max(most, real);
  }

  ExpertsPerToken figures() {
    return decisions == 0
        ? new ExpertsPerToken(0, 0, 0)
        : new ExpertsPerToken((double) picks / decisions, least, most);
  }
}
