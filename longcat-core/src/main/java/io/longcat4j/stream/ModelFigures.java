package io.longcat4j.stream;

import io.longcat4j.AttentionFigures;
import java.time.Duration;
import java.util.List;

/**
 * What the model's side tells of a reply at its end.
 *
 * @param queue from submission to the first pass
 * @param prefill from there until the prompt was in the cache
 * @param decode from there to the last step
 * @param reusedTokens positions of the prompt that had been computed before
 * @param computedTokens all other positions of the prompt
 * @param draftedTokens guessed by multi-token prediction and computed
 * @param acceptedTokens those of them that proved right
 * @param meanExperts real experts computed, mean over tokens and layers
 * @param leastExperts in the token and layer with the fewest
 * @param mostExperts in the token and layer with the most
 * @param attention how precisely positions were chosen, where that was measured
 * @param cacheBytes of the latent cache that prompt and reply take
 */
public record ModelFigures(
    Duration queue,
    Duration prefill,
    Duration decode,
    int reusedTokens,
    int computedTokens,
    int draftedTokens,
    int acceptedTokens,
    double meanExperts,
    int leastExperts,
    int mostExperts,
    List<AttentionFigures> attention,
    long cacheBytes) {}
