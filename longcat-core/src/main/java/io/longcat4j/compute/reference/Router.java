package io.longcat4j.compute.reference;

import io.longcat4j.compute.RouterRule;
import org.jspecify.annotations.Nullable;

/** Scores of experts and the choice among them. */
final class Router {
  private final ReferenceWeight classifier;
  private final float[] bias;
  private final float[] correction;
  private final RouterRule rule;

  Router(
      ReferenceWeight classifier,
      @Nullable ReferenceWeight bias,
      @Nullable ReferenceWeight correction,
      RouterRule rule) {
    this.classifier = classifier;
    this.bias = bias == null ? new float[classifier.rows()] : bias.row(0);
    this.correction = correction == null ? new float[classifier.rows()] : correction.row(0);
    this.rule = rule;
  }

  void route(ReferenceTensor x, ReferenceRouting into) {
    int experts = classifier.rows();
    double[][] scores = new double[x.rows()][experts];
    for (int expert = 0; expert < experts; expert++) {
      float[] weightRow = classifier.row(expert);
      for (int row = 0; row < x.rows(); row++) {
        scores[row][expert] = Products.dot(weightRow, x, row) + bias[expert];
      }
    }
    into.start(x.rows());
    for (int row = 0; row < x.rows(); row++) {
      Softmax.inPlace(scores[row]);
      pick(row, scores[row], into);
    }
  }

  private void pick(int row, double[] scores, ReferenceRouting into) {
    boolean[] picked = new boolean[scores.length];
    int[] ids = new int[rule.topK()];
    double sum = 0;
    for (int pick = 0; pick < ids.length; pick++) {
      ids[pick] = best(scores, picked);
      picked[ids[pick]] = true;
      sum += (float) scores[ids[pick]];
    }
    double factor = rule.normalise() ? rule.scalingFactor() / sum : rule.scalingFactor();
    for (int pick = 0; pick < ids.length; pick++) {
      into.set(row, pick, ids[pick], (float) ((float) scores[ids[pick]] * factor));
    }
  }

  private int best(double[] scores, boolean[] picked) {
    int best = -1;
    float bestScore = 0;
    for (int expert = 0; expert < scores.length; expert++) {
      float score = (float) scores[expert] + correction[expert];
      if (!picked[expert] && (best < 0 || score > bestScore)) {
        best = expert;
        bestScore = score;
      }
    }
    return best;
  }
}
