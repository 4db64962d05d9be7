package io.longcat4j.decode;

import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Tensor;
import io.longcat4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Hands every sequence of a pass the picks of its rows. Not thread-safe. */
final class StepExperts implements LanguageModel.LayerListener {
  private final List<ExpertCount> counts = new ArrayList<>();
  private int[] lengths = new int[8];
  private int rows;
  private int[] ids = {};

  void clear() {
    counts.clear();
    rows = 0;
  }

  /** The next rows of the pass. */
  void add(ExpertCount count, int length) {
    if (counts.size() == lengths.length) {
      lengths = Arrays.copyOf(lengths, 2 * lengths.length);
    }
    lengths[counts.size()] = length;
    counts.add(count);
    rows += length;
  }

  @Override
  public void onLayer(int layer, Tensor output, Routing routing) {
    int topK = routing.topK();
    if (ids.length < rows * topK) {
      ids = new int[rows * topK];
    }
    routing.readIds(rows, ids);
    int row = 0;
    for (int i = 0; i < counts.size(); i++) {
      counts.get(i).add(ids, topK, row, lengths[i]);
      row += lengths[i];
    }
  }
}
