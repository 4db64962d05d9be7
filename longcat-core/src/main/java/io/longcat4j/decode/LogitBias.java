package io.longcat4j.decode;

import io.longcat4j.InvalidRequestException;
import java.util.Map;

/** Numbers that are added to the logits of some ids. Immutable. */
final class LogitBias {
  private final int[] ids;
  private final float[] biases;

  LogitBias(Map<Integer, Float> biasById) {
    ids = biasById.keySet().stream().mapToInt(id -> id).sorted().toArray();
    biases = new float[ids.length];
    for (int i = 0; i < ids.length; i++) {
      biases[i] = biasById.getOrDefault(ids[i], 0f);
    }
  }

  /** Fails where an id is in no vocabulary of this size. */
  void requireWithin(int vocabSize) {
    if (ids.length > 0 && ids[ids.length - 1] >= vocabSize) {
      throw new InvalidRequestException(
          "logitBias names id "
              + ids[ids.length - 1]
              + ", but the vocabulary has the ids 0 to "
              + (vocabSize - 1)
              + "; pass ids of this checkpoint's tokenizer.json");
    }
  }

  boolean isEmpty() {
    return ids.length == 0;
  }

  void apply(float[] logits) {
    for (int i = 0; i < ids.length; i++) {
      logits[ids[i]] += biases[i];
    }
  }

  void apply(double[] logits) {
    for (int i = 0; i < ids.length; i++) {
      logits[ids[i]] += biases[i];
    }
  }
}
