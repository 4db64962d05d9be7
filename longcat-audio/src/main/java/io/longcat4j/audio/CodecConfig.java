package io.longcat4j.audio;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ConfigFile;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * @param weights the file with the weights
 */
record CodecConfig(
    Type type,
    int latentDim,
    int semanticDim,
    int semanticTokens,
    int codebooks,
    int codebookSize,
    List<Integer> codebookDims,
    int decoderDim,
    List<Integer> ratios,
    Path weights) {

  private static final int MAX_SIZE = 1 << 20;
  private static final int MAX_CODEBOOK_SIZE = 1 << 15;

  /** How the convolutions after the look-ahead see time. */
  enum Type {
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

    int sampleRateHz() {
      return sampleRateHz;
    }

    boolean causal() {
      return this == CAUSAL_24K;
    }
  }

  static CodecConfig read(Path file) {
    ConfigFile config = ConfigFile.yaml(file).child("codec_config");
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
        ratios(config, decoderDim),
        weights(config, file));
  }

  /** Width of what the memory layers see. */
  int memoryDim() {
    return semanticDim + latentDim;
  }

  /** Samples that one frame becomes. */
  int samplesPerFrame() {
    return ratios.stream().reduce(1, Math::multiplyExact);
  }

  /** Channels after so many blocks. */
  int channels(int blocks) {
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

  private static List<Integer> codebookDims(ConfigFile config, int codebooks) {
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

  private static int within(ConfigFile config, String key, int atMost) {
    int value = config.requireInt(key);
    if (value < 1 || value > atMost) {
      throw config.refuse(key, "it must be 1 to " + atMost);
    }
    return value;
  }

  /** As written, then against the folder of the YAML file, then by its bare name in that folder. */
  private static Path weights(ConfigFile config, Path file) {
    Path written = written(config);
    Path folder = file.toAbsolutePath().getParent();
    List<Path> places = new ArrayList<>();
    places.add(written);
    if (folder != null) {
      places.add(folder.resolve(written));
      if (written.getFileName() != null) {
        places.add(folder.resolve(written.getFileName()));
      }
    }
    for (Path place : places) {
      if (Files.isRegularFile(place)) {
        return place;
      }
    }
    throw new CheckpointException(
        config.describe()
            + ": ckpt_path '"
            + written
            + "' names no file; tried "
            + places.stream().distinct().toList()
            + "; put the codec's weights into the folder of the YAML file");
  }

  private static Path written(ConfigFile config) {
    try {
      return Path.of(config.requireString("ckpt_path"));
    } catch (InvalidPathException e) {
      throw config.refuse("ckpt_path", "it must be a path");
    }
  }
}
