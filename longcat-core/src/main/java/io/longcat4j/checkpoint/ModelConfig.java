package io.longcat4j.checkpoint;

import io.longcat4j.tensor.DType;
import java.util.Optional;

/**
 * The language model's sizes and switches, from {@code config.json}. Names follow its keys.
 *
 * @param vocabSize entries of the vocabulary
 * @param hiddenSize width of the residual stream
 * @param ffnHiddenSize width of the dense feed-forward networks
 * @param expertFfnHiddenSize width of an expert
 * @param numLayers shortcut-connected layers, each with two attention blocks
 * @param numAttentionHeads heads of an attention block
 * @param qLoraRank rank of the query projection, or 0 where it is one full matrix
 * @param kvLoraRank width of the latent that is cached
 * @param qkNopeHeadDim query and key width of a head without position
 * @param qkRopeHeadDim query and key width of a head with rotary position
 * @param vHeadDim value width of a head
 * @param nRoutedExperts real experts
 * @param zeroExpertNum zero-computation experts, whose ids follow the real ones
 * @param moeTopk picks of the router for each token
 * @param routedScalingFactor factor of the router's weights
 * @param normTopkProb whether the picked weights are renormalised before the factor
 * @param routerBias whether the router's classifier has a bias
 * @param attentionBias whether attention's projections have biases
 * @param ropeTheta base of the rotary frequencies
 * @param ropeScaling YaRN scaling, where the checkpoint asks for it
 * @param rmsNormEps epsilon of the layers' norms
 * @param maxPositionEmbeddings upper bound of positions
 * @param tieWordEmbeddings whether the head is the embedding
 * @param mlaScaleQLora whether queries are scaled by {@code sqrt(hidden / qLoraRank)}
 * @param mlaScaleKvLora whether the latent is scaled by {@code sqrt(hidden / kvLoraRank)}
 * @param bosTokenId id of the beginning of text
 * @param audioVocabSize entries of each audio head
 * @param audioHeadNum audio heads
 * @param fp8Block rows and columns of a block of FP8 scales, or empty without FP8 weights
 * @param integerGroups format of the integer weights, or empty without such
 * @param headGroups format of the head, where it is of integers
 */
public record ModelConfig(
    int vocabSize,
    int hiddenSize,
    int ffnHiddenSize,
    int expertFfnHiddenSize,
    int numLayers,
    int numAttentionHeads,
    int qLoraRank,
    int kvLoraRank,
    int qkNopeHeadDim,
    int qkRopeHeadDim,
    int vHeadDim,
    int nRoutedExperts,
    int zeroExpertNum,
    int moeTopk,
    double routedScalingFactor,
    boolean normTopkProb,
    boolean routerBias,
    boolean attentionBias,
    double ropeTheta,
    Optional<YarnScaling> ropeScaling,
    double rmsNormEps,
    int maxPositionEmbeddings,
    boolean tieWordEmbeddings,
    boolean mlaScaleQLora,
    boolean mlaScaleKvLora,
    int bosTokenId,
    int audioVocabSize,
    int audioHeadNum,
    Optional<BlockSize> fp8Block,
    Optional<IntegerGroups> integerGroups,
    Optional<IntegerGroups> headGroups) {

  /** The matrix that makes logits of hidden states. */
  public static final String HEAD = "lm_head.weight";

  /**
   * Rows and columns that share one FP8 scale.
   *
   * @param rows at least 1
   * @param columns at least 1
   */
  public record BlockSize(int rows, int columns) {}

  /**
   * How integer weights are stored; {@link WeightScales.Groups} tells more.
   *
   * @param bits 4 or 8
   * @param size columns that share one scale; even for 4 bits
   */
  public record IntegerGroups(int bits, int size) {
    /**
     * The number format of the tensors.
     *
     * @return U8, which holds two numbers, or I8
     */
    public DType dtype() {
      return bits == 4 ? DType.U8 : DType.I8;
    }
  }

  /**
   * How a weight of integers is stored.
   *
   * @param name of the weight
   * @return bits and columns that share a scale; empty where no integers are announced
   */
  public Optional<IntegerGroups> integerGroups(String name) {
    return name.equals(HEAD) ? headGroups : integerGroups;
  }

  /**
   * YaRN: rotary frequencies stretched for contexts beyond the trained one.
   *
   * @param factor how many times longer
   * @param originalMaxPositionEmbeddings the trained context
   * @param betaFast rotations above which a frequency stays
   * @param betaSlow rotations below which a frequency is divided by the factor
   * @param mscale numerator of the rotary magnitude
   * @param mscaleAllDim its denominator, and the attention scale's correction; 0 for none
   */
  public record YarnScaling(
      double factor,
      int originalMaxPositionEmbeddings,
      double betaFast,
      double betaSlow,
      double mscale,
      double mscaleAllDim) {}
}
