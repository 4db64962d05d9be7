package io.longcat4j.decode;

import io.longcat4j.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What sampling means, written down as plainly as possible. */
final class ReferenceSampling {
  private ReferenceSampling() {}

  /** The probabilities of all ids that may be drawn after a history. */
  static Map<Integer, Double> distribution(
      float[] logits, List<Integer> history, Generation generation) {
    double[] changed = new double[logits.length];
    for (int id = 0; id < logits.length; id++) {
      changed[id] = changed(logits, id, history, generation);
    }
    List<Integer> order =
        new ArrayList<>(
            IntStream.range(0, logits.length)
                .boxed()
                .sorted((a, b) -> Double.compare(changed[b], changed[a]))
                .toList());
    if (generation.topK() > 0 && generation.topK() < order.size()) {
      order = order.subList(0, generation.topK());
    }
    Map<Integer, Double> afterTopK = softmax(order, changed, generation.temperature());
    List<Integer> nucleus = new ArrayList<>();
    double mass = 0;
    for (int id : order) {
      if (nucleus.isEmpty() || mass < generation.topP()) {
        nucleus.add(id);
        mass += afterTopK.get(id);
      }
    }
    Map<Integer, Double> afterTopP = softmax(nucleus, changed, generation.temperature());
    double best = afterTopP.values().stream().mapToDouble(p -> p).max().orElseThrow();
    List<Integer> probable =
        nucleus.stream().filter(id -> afterTopP.get(id) >= generation.minP() * best).toList();
    return softmax(probable, changed, generation.temperature());
  }

  static double changed(float[] logits, int id, List<Integer> history, Generation generation) {
    double logit = logits[id] + generation.logitBias().getOrDefault(id, 0f);
    List<Integer> recent =
        history.subList(Math.max(0, history.size() - RepetitionPenalty.WINDOW), history.size());
    double factor = Math.pow(generation.repetitionPenalty(), count(recent, id));
    logit = logit < 0 ? logit * factor : logit / factor;
    int count = count(history, id);
    return logit
        - count * generation.frequencyPenalty()
        - (count > 0 ? generation.presencePenalty() : 0);
  }

  private static int count(List<Integer> ids, int id) {
    return (int) ids.stream().filter(each -> each == id).count();
  }

  static Map<Integer, Double> softmax(List<Integer> ids, double[] logits, double temperature) {
    double highest = ids.stream().mapToDouble(id -> logits[id]).max().orElseThrow();
    Map<Integer, Double> probabilities = new TreeMap<>();
    double total = 0;
    for (int id : ids) {
      double mass = Math.exp((logits[id] - highest) / temperature);
      probabilities.put(id, mass);
      total += mass;
    }
    double sum = total;
    probabilities.replaceAll((id, mass) -> mass / sum);
    return probabilities;
  }
}
