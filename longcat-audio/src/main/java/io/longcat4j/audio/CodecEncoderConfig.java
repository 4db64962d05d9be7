package io.longcat4j.audio;

import io.longcat4j.checkpoint.ConfigFile;
import java.nio.file.Path;
import java.util.List;

/**
 * Sizes of the codec encoder, from the {@code config.json} beside {@code encoder.pt}.
 *
 * @param sampleRateHz of the sound that both halves hear
 * @param channels after the first convolution; every block doubles them
 * @param ratios steps that each block joins
 * @param latentDim width of the acoustic vector
 * @param codebooks acoustic codebooks
 * @param codebookSize entries of each half of an acoustic codebook; codes go up to its square
 * @param searchDims width of the entries of each codebook
 * @param semantic sizes of the semantic half
 */
record CodecEncoderConfig(
    int sampleRateHz,
    int channels,
    List<Integer> ratios,
    int latentDim,
    int codebooks,
    int codebookSize,
    List<Integer> searchDims,
    Semantic semantic) {
  private static final int MAX_SIZE = 1 << 20;
  private static final int MAX_CODEBOOK_SIZE = 1 << 15;

  /**
   * The semantic half.
   *
   * @param fbank spectrum and mel filters
   * @param strides over time, of each convolution in front
   * @param width of the transformer
   * @param heads of its attention
   * @param innerWidth of its feed-forward networks
   * @param layers that run; later ones are not needed
   * @param codes clusters
   */
  record Semantic(
      PreprocessorConfig.FbankConfig fbank,
      List<Integer> strides,
      int width,
      int heads,
      int innerWidth,
      int layers,
      int codes) {

    /** Features to a step of the transformer. */
    int framesPerStep() {
      return strides.stream().reduce(1, Math::multiplyExact);
    }

    /** Steps that so many frames of features become. */
    int steps(int frames) {
      int steps = frames;
      for (int stride : strides) {
        steps = steps == 0 ? 0 : (steps - 1) / stride + 1;
      }
      return steps;
    }
  }

  static CodecEncoderConfig read(Path file) {
    ConfigFile config = ConfigFile.json(file);
    int latentDim = CodecConfig.within(config, "latent", MAX_SIZE);
    if (latentDim % 2 != 0) {
      throw config.refuse("latent", "it is made of two halves and must be even");
    }
    PreprocessorConfig.FbankConfig fbank = PreprocessorConfig.FbankConfig.of(config.child("fbank"));
    int rate = CodecConfig.within(config, "input_sample_rate", MAX_SIZE);
    if (rate != fbank.sampleRateHz()) {
      throw config.refuse(
          "input_sample_rate", "both halves hear one sound, it must equal fbank.freq");
    }
    int channels = CodecConfig.within(config, "encoder_dim", MAX_SIZE);
    int codebooks = CodecConfig.within(config, "codec_codebooks", 1024);
    return new CodecEncoderConfig(
        rate,
        channels,
        ratios(config, channels),
        latentDim,
        codebooks,
        CodecConfig.within(config, "codec_codebook_size", MAX_CODEBOOK_SIZE),
        CodecConfig.codebookDims(config, codebooks),
        semantic(config, fbank));
  }

  /** Samples that one frame is made of. */
  int samplesPerFrame() {
    return ratios.stream().reduce(1, Math::multiplyExact);
  }

  /** Frames that so many samples become: the last one is filled up with silence. */
  int frames(int samples) {
    return (int) (((long) samples + samplesPerFrame() - 1) / samplesPerFrame());
  }

  /** Frames on both sides that an acoustic vector depends on at most, its own left out. */
  int reach() {
    long steps = CodecWaveformGraph.TAPS / 2;
    long stride = 1;
    for (int ratio : ratios) {
      for (int dilation : CodecWaveformGraph.DILATIONS) {
        steps += stride * dilation * (CodecWaveformGraph.TAPS / 2);
      }
      steps += stride * AcousticGraph.stridePad(ratio);
      stride *= ratio;
    }
    steps += stride;
    return Math.toIntExact((steps + stride - 1) / stride);
  }

  /** Whether a semantic step lasts as long as an acoustic frame. */
  boolean isAligned() {
    return samplesPerFrame() == (long) semantic.framesPerStep() * semantic.fbank().shiftSamples();
  }

  private static Semantic semantic(ConfigFile config, PreprocessorConfig.FbankConfig fbank) {
    List<Integer> strides = config.requireInts("conv2d_stride");
    if (strides.isEmpty()
        || strides.size() > 8
        || strides.stream().anyMatch(stride -> stride < 1 || stride > 64)) {
      throw config.refuse("conv2d_stride", "expected 1 to 8 strides of 1 to 64");
    }
    if (fbank.width() <= 2 * strides.size()) {
      throw config.refuse("conv2d_stride", "each convolution takes 2 of fbank.num_mel_bins away");
    }
    int width = CodecConfig.within(config, "d", MAX_SIZE);
    int heads = CodecConfig.within(config, "heads", MAX_SIZE);
    if (width % heads != 0) {
      throw config.refuse("heads", "they must share d " + width + " evenly");
    }
    int layers = config.requireInt("select_layer");
    if (layers < 0 || layers > CodecConfig.within(config, "layers", 1024)) {
      throw config.refuse("select_layer", "it must be 0 to layers");
    }
    return new Semantic(
        fbank,
        strides,
        width,
        heads,
        CodecConfig.within(config, "ff", MAX_SIZE),
        layers,
        CodecConfig.within(config, "semantic_token_nums", MAX_SIZE));
  }

  private static List<Integer> ratios(ConfigFile config, int channels) {
    String key = "codec_enc_ratios";
    List<Integer> ratios = config.requireInts(key);
    long product = 1;
    for (int ratio : ratios) {
      if (ratio < 2 || ratio > 1024) {
        throw config.refuse(key, "ratios must be 2 to 1024");
      }
      product *= ratio;
      if (product > MAX_SIZE) {
        throw config.refuse(key, "a frame must not be more than " + MAX_SIZE + " samples");
      }
    }
    if (ratios.isEmpty() || ratios.size() > 16 || (long) channels << ratios.size() > MAX_SIZE) {
      throw config.refuse(key, "every block doubles the channels of encoder_dim " + channels);
    }
    return ratios;
  }
}
