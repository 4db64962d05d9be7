package io.longcat4j.decode;

/**
 * Real experts that computed for a token in a layer, over all tokens and layers so far; all 0
 * before the first.
 *
 * @param mean on average
 * @param least in the layer and token with the fewest
 * @param most in the layer and token with the most
 */
public record ExpertsPerToken(double mean, int least, int most) {}
