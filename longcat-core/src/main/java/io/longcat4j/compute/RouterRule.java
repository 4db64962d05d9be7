package io.longcat4j.compute;

/**
 * How scores become picks.
 *
 * @param topK picks of each token
 * @param scalingFactor factor of the weights
 * @param normalise whether the picked weights are divided by their sum before the factor
 */
public record RouterRule(int topK, float scalingFactor, boolean normalise) {}
