package io.longcat4j.decode;

import io.longcat4j.decode.StepLogprobs.IdLogprob;
import java.util.ArrayList;
import java.util.List;

/**
 * Log-probabilities of the model's own distribution: of the most probable ids, and of the id that
 * is chosen in the end. Ids with a logit of positive infinity share the whole probability; where
 * all are negative infinity, all are equally probable. Not thread-safe.
 */
final class LogprobRecorder {
  private final int count;
  private final Candidates candidates;
  private final List<StepLogprobs> steps = new ArrayList<>();
  private List<IdLogprob> top = List.of();
  private float[] logits = {};
  private float highest;
  private double logTotal;

  LogprobRecorder(int count, Candidates candidates) {
    this.count = count;
    this.candidates = candidates;
  }

  /** Looks at a step's logits as the model gave them. */
  void observe(float[] given, float largest) {
    if (logits.length != given.length) {
      logits = new float[given.length];
    }
    System.arraycopy(given, 0, logits, 0, given.length);
    highest = largest;
    double total = 0;
    for (float logit : given) {
      total += Exponential.ofNegative(distance(logit));
    }
    logTotal = StrictMath.log(total);
    top = best();
  }

  /** Ends a step. */
  void choose(int id) {
    steps.add(new StepLogprobs(logprob(id), top));
  }

  List<StepLogprobs> steps() {
    return List.copyOf(steps);
  }

  private List<IdLogprob> best() {
    if (count == 0) {
      return List.of();
    }
    candidates.fill(logits, count);
    List<IdLogprob> best = new ArrayList<>(count);
    while (best.size() < count && candidates.size() > 0) {
      best.add(logprob(candidates.poll()));
    }
    return best;
  }

  private IdLogprob logprob(int id) {
    return new IdLogprob(id, Math.min(0, distance(logits[id]) - logTotal));
  }

  /** From the largest logit; infinite ones have no difference. */
  private double distance(float logit) {
    return logit == highest ? 0 : (double) logit - highest;
  }
}
