package io.longcat4j.audio;

import io.longcat4j.checkpoint.ConfigFile;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Sizes of the codec decoder, from {@code audio_codec/config.yaml}.
 *
 * @param type how its convolutions look
 * @param latentDim width of the dequantised acoustic vector
 * @param semanticDim width of the semantic embedding
 * @param semanticTokens entries of the semantic codebook
 * @param codebooks acoustic codebooks
 * @param codebookSize entries of each half of an acoustic codebook; codes go up to its square
 * @param codebookDims width of the entries of each codebook
 * @param decoderDim channels after the first convolution
 * @param ratios samples that each block makes of one
 */
public record CodecConfig(
    Type type,
    int latentDim,
    int semanticDim,
    int semanticTokens,
    int codebooks,
    int codebookSize,
    List<Integer> codebookDims,
    int decoderDim,
    List<Integer> ratios) {

  /** The part of the YAML file that speaks of the codec. */
  static final String SECTION = "codec_config";

  private static final int MAX_SIZE = 1 << 20;
  private static final int MAX_CODEBOOK_SIZE = 1 << 15;

  /** How the convolutions after the look-ahead see time. */
  public enum Type {
    /** Only the past. */
    CAUSAL_24K("24k", 24000),
    /** As much of the future as of the past. */
    CENTRED_16K("16k", 16000);

    private final String key;
    private final int sampleRateHz;

    Type(String key, int sampleRateHz) {
      this.key = key;
      this.sampleRateHz = sampleRateHz;
    }

    /**
     * The rate of the sound.
     *
     * @return samples a second
     */
    public int sampleRateHz() {
      return sampleRateHz;
    }

    boolean causal() {
      return this == CAUSAL_24K;
    }
  }

  /**
   * Reads the codec's YAML file.
   *
   * @param file such as {@code audio_codec/config.yaml}
   * @return its sizes
   * @throws io.longcat4j.CheckpointException if it cannot be read or makes no sense
   */
  public static CodecConfig read(Path file) {
    ConfigFile config = ConfigFile.yaml(file).child(SECTION);
    int latentDim = within(config, "codec_dimension", MAX_SIZE);
    if (latentDim % 2 != 0) {
      throw config.refuse("codec_dimension", "two halves are concatenated, it must be even");
    }
    int codebooks = within(config, "codec_codebooks", 1024);
    int decoderDim = within(config, "decoder_dim", MAX_SIZE);
    return new CodecConfig(
        type(config),
        latentDim,
        within(config, "semantic_dim", MAX_SIZE),
        within(config, "semantic_token_nums", MAX_SIZE),
        codebooks,
        within(config, "codec_codebook_size", MAX_CODEBOOK_SIZE),
        codebookDims(config, codebooks),
        decoderDim,
        ratios(config, decoderDim));
  }

  /**
   * Width of what the recurrent layers see.
   *
   * @return semantic and acoustic vector together
   */
  public int memoryDim() {
    return semanticDim + latentDim;
  }

  /**
   * Samples that one frame becomes.
   *
   * @return the product of all ratios
   */
  public int samplesPerFrame() {
    return ratios.stream().reduce(1, Math::multiplyExact);
  }

  /**
   * Channels after so many blocks.
   *
   * @param blocks 0 to the number of ratios
   * @return halved by every block
   */
  public int channels(int blocks) {
    return decoderDim >> blocks;
  }

  private static Type type(ConfigFile config) {
    String key = config.requireString("decoder_type");
    for (Type type : Type.values()) {
      if (type.key.equals(key)) {
        return type;
      }
    }
    throw config.refuse("decoder_type", "the decoder knows 24k and 16k");
  }

  /** How wide codebooks are searched: one size, or one for each; encoder and decoder agree. */
  static List<Integer> codebookDims(ConfigFile config, int codebooks) {
    String key = "codec_codebook_search_dim";
    Optional<Object> value = config.find(key);
    if (value.isPresent() && value.get() instanceof List<?>) {
      List<Integer> dims = config.requireInts(key);
      if (dims.size() != codebooks || dims.stream().anyMatch(dim -> dim < 1 || dim > MAX_SIZE)) {
        throw config.refuse(key, "it must be one size, or one for each codebook");
      }
      return dims;
    }
    return Collections.nCopies(codebooks, within(config, key, MAX_SIZE));
  }

  private static List<Integer> ratios(ConfigFile config, int decoderDim) {
    String key = "codec_dec_ratios";
    List<Integer> ratios = config.requireInts(key);
    long product = 1;
    for (int ratio : ratios) {
      if (ratio < 1 || ratio > 1024) {
        throw config.refuse(key, "ratios must be 1 to 1024");
      }
      product *= ratio;
      if (product > MAX_SIZE) {
        throw config.refuse(key, "a frame must not be more than " + MAX_SIZE + " samples");
      }
    }
    if (ratios.isEmpty() || ratios.size() > 16 || decoderDim >> ratios.size() == 0) {
      throw config.refuse(key, "every block halves the channels of decoder_dim " + decoderDim);
    }
    return ratios;
  }

  static int within(ConfigFile config, String key, int atMost) {
    int value = config.requireInt(key);
    if (value < 1 || value > atMost) {
      throw config.refuse(key, "it must be 1 to " + atMost);
    }
    return value;
  }
}
