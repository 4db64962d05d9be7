package io.longcat4j;

import java.util.List;

/**
 * How precisely an attention block chose the positions that its heads looked at, where {@link
 * Attention#measureEvery()} had it measured. A sample is one head at one step. Over several ranks
 * the heads of the first one are measured.
 *
 * @param block two for each layer, from 0
 * @param samples how many were measured, at least 1
 * @param precision of the kept positions those with the highest scores, as a share: the mean
 * @param leastPrecision the same of the worst sample
 * @param distribution samples by precision, in ten equal parts from 0 to 1, the last one with 1
 * @param mass of the softmax over all positions the kept ones' share: the mean
 * @param entropy of the softmax over all positions, in nats: the mean
 */
public record AttentionFigures(
    int block,
    long samples,
    double precision,
    double leastPrecision,
    List<Long> distribution,
    double mass,
    double entropy) {
  /** Keeps a list of its own. */
  public AttentionFigures {
    distribution = List.copyOf(distribution);
  }
}
