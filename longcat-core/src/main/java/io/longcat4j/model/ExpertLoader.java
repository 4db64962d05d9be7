package io.longcat4j.model;

import io.longcat4j.Experts;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.Expert;
import io.longcat4j.compute.ExpertGroup;
import java.util.ArrayList;
import java.util.List;

/** Takes in a rank's experts of a layer: a run of whole ones, or a run of the width of each. */
final class ExpertLoader {
  private final WeightLoader loader;
  private final String prefix;
  private final ModelConfig config;
  private final boolean sliced;

  ExpertLoader(WeightLoader loader, String prefix, ModelConfig config) {
    this.loader = loader.forExperts();
    this.prefix = prefix;
    this.config = config;
    this.sliced = loader.experts() == Experts.SLICED;
  }

  /** The id of the first that this rank has. */
  int first() {
    return sliced ? 0 : loader.share().from(config.nRoutedExperts());
  }

  ExpertGroup load() {
    int count = config.nRoutedExperts();
    int first = first();
    int end = sliced ? count : first + loader.share().of(count);
    List<Expert> loaded = new ArrayList<>(end - first);
    for (int e = 0; e < count; e++) {
      if (sliced) {
        loaded.add(slice(prefix + e));
      } else if (e >= first && e < end) {
        loaded.add(whole(prefix + e));
      } else {
        checkElsewhere(prefix + e);
      }
    }
    int slices = sliced || loaded.isEmpty() ? 1 : loader.share().slices(count);
    return loader.backend().experts(loaded, slices);
  }

  private Expert whole(String expert) {
    int hidden = config.hiddenSize();
    int width = config.expertFfnHiddenSize();
    return new Expert(
        loader.matrix(expert + ".gate_proj.weight", width, hidden),
        loader.matrix(expert + ".up_proj.weight", width, hidden),
        loader.matrix(expert + ".down_proj.weight", hidden, width));
  }

  private Expert slice(String expert) {
    int hidden = config.hiddenSize();
    int width = config.expertFfnHiddenSize();
    return new Expert(
        loader.rows(expert + ".gate_proj.weight", width, hidden),
        loader.rows(expert + ".up_proj.weight", width, hidden),
        loader.columns(expert + ".down_proj.weight", hidden, width));
  }

  private void checkElsewhere(String expert) {
    int hidden = config.hiddenSize();
    int width = config.expertFfnHiddenSize();
    loader.elsewhere(expert + ".gate_proj.weight", width, hidden);
    loader.elsewhere(expert + ".up_proj.weight", width, hidden);
    loader.elsewhere(expert + ".down_proj.weight", hidden, width);
  }
}
