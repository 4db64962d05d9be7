package io.longcat4j.stream;

/**
 * What the model tells of a reply at its end.
 *
 * @param meanExperts real experts computed, mean over tokens and layers
 * @param leastExperts in the token and layer with the fewest
 * @param mostExperts in the token and layer with the most
 * @param cacheBytes of the latent cache that prompt and reply take
 */
public record ModelFigures(
    double meanExperts, int leastExperts, int mostExperts, long cacheBytes) {}
