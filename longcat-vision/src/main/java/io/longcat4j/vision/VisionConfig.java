package io.longcat4j.vision;

import java.util.List;

/**
 * The vision encoder's sizes and bounds, from {@code vision/config.json}. Names follow its keys.
 * Token bounds count patches of the encoder, except the two {@code TokensVideo}, which count rows
 * after the projector.
 *
 * @param fixedSize side of the square every picture is resized to, or 0 for {@code resolution_mode}
 *     native
 * @param patchSize side of a patch in pixels
 * @param numHiddenLayers blocks of the encoder
 * @param numAttentionHeads heads of a block
 * @param hiddenSize width of the encoder
 * @param intermediateSize of which the feed-forward network takes two thirds
 * @param patchEmbeddingBias whether the patch embedding has a bias
 * @param qkNormalization whether queries and keys are normalised
 * @param qkvBias whether the fused projection of queries, keys and values has a bias
 * @param ropeTheta base of the rotary frequencies
 * @param spatialMergeSize side of the blocks in which rotary positions are counted
 * @param layerNormEps epsilon of the encoder's norms
 * @param minTokens lower bound of an image's patches
 * @param maxTokens upper bound of a picture's patches
 * @param minTokensVideo lower bound of a pair's rows after post-pooling
 * @param maxTokensVideo rows of a request above which post-pooling sets in
 * @param minTokensVideoVit lower bound of a video frame's patches
 * @param maxTokensVideoVit upper bound of the patches of all pairs of a video
 * @param imageMean of each channel
 * @param imageStd of each channel
 * @param adaptorDim width of the projector
 * @param resizeFactor patches by which sides are divisible, before merging
 */
record VisionConfig(
    int fixedSize,
    int patchSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int hiddenSize,
    int intermediateSize,
    boolean patchEmbeddingBias,
    boolean qkNormalization,
    boolean qkvBias,
    double ropeTheta,
    int spatialMergeSize,
    double layerNormEps,
    int minTokens,
    int maxTokens,
    int minTokensVideo,
    int maxTokensVideo,
    int minTokensVideoVit,
    int maxTokensVideoVit,
    List<Double> imageMean,
    List<Double> imageStd,
    int adaptorDim,
    int resizeFactor) {

  /**
   * Width of a head.
   *
   * @return a multiple of 4
   */
  int headDim() {
    return hiddenSize / numAttentionHeads;
  }

  /**
   * Width of the feed-forward network.
   *
   * @return two thirds of the intermediate size, rounded down
   */
  int mlpWidth() {
    return Math.toIntExact(intermediateSize * 2L / 3);
  }
}
