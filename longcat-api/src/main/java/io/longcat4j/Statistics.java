package io.longcat4j;

import java.time.Duration;

/**
 * What a reply cost.
 *
 * @param promptTokens positions of the prompt, media included
 * @param newTokens steps of the model after the prompt
 * @param encode time in image, video and audio encoders
 * @param prefill time from the encoded prompt to the first step's logits
 * @param decode time in all later steps
 * @param vocode time to turn codec frames into samples
 * @param expertsPerToken real (not zero-computation) experts computed, mean over all tokens and
 *     layers
 */
public record Statistics(
    int promptTokens,
    int newTokens,
    Duration encode,
    Duration prefill,
    Duration decode,
    Duration vocode,
    double expertsPerToken) {}
