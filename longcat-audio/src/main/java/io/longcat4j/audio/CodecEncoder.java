package io.longcat4j.audio;

import io.longcat4j.CheckpointException;
import io.longcat4j.CodecFrame;
import io.longcat4j.Device;
import io.longcat4j.checkpoint.CountedTensors;
import io.longcat4j.checkpoint.PyTorchFile;
import io.longcat4j.onnx.NativeOperators;
import io.longcat4j.onnx.OnnxGraph;
import io.longcat4j.onnx.OnnxSession;
import io.longcat4j.onnx.OnnxValue;
import io.longcat4j.spi.Cancellation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The encoder of LongCat-Audio-Codec, stage by stage: samples to acoustic vectors and their codes,
 * and to semantic features and their codes. Thread-safe; {@link #close} waits for calls in
 * progress.
 *
 * <p>Convolutions reach a few frames far, so that the acoustic half takes a sound of any length in
 * stretches that overlap by as much, with the same codes. The semantic half sees everything at
 * once.
 */
public final class CodecEncoder implements AutoCloseable {
  /** Frames of one run of the acoustic half: its first layers hold every sample many times. */
  private static final int STRETCH = 64;

  private final Path weights;
  private final CodecEncoderConfig config;
  private final OnnxSession acoustic;
  private final ResidualQuantiser quantiser;
  private final SemanticTokenizer semantic;
  private final String description;

  private CodecEncoder(
      Path weights,
      CodecEncoderConfig config,
      OnnxSession acoustic,
      ResidualQuantiser quantiser,
      SemanticTokenizer semantic,
      String description) {
    this.weights = weights;
    this.config = config;
    this.acoustic = acoustic;
    this.quantiser = quantiser;
    this.semantic = semantic;
    this.description = description;
  }

  /**
   * What the semantic half makes of a sound.
   *
   * @param features one vector for each frame
   * @param codes the nearest cluster of each; not copied, not to be changed
   */
  public record Semantic(Frames features, int[] codes) {}

  /**
   * Loads {@code config.json}, {@code encoder.pt} and {@code encoder_cmvn.npy}.
   *
   * @param folder where they lie
   * @param device where to compute
   * @param threads threads for one run
   * @return the encoder, owned by the caller
   * @throws CheckpointException if files are missing, damaged or do not fit together
   */
  public static CodecEncoder open(Path folder, Device device, int threads) {
    return open(folder, device, threads, CodecDecoder.operators(device));
  }

  static CodecEncoder open(
      Path folder, Device device, int threads, Optional<NativeOperators> operators) {
    CodecEncoderConfig config = CodecEncoderConfig.read(folder.resolve(CodecFolder.CONFIG));
    Path weights = folder.resolve(CodecFolder.ENCODER);
    CountedTensors tensors = new CountedTensors(PyTorchFile.open(weights));
    ResidualQuantiser quantiser = ResidualQuantiser.read(config, tensors);
    OnnxGraph graph = AcousticGraph.build(config, tensors, operators);
    SemanticTokenizer semantic =
        SemanticTokenizer.open(
            config.semantic(), tensors, folder.resolve(CodecFolder.STATISTICS), device, threads);
    try {
      OnnxSession acoustic =
          OnnxSession.open(graph, threads, device, "The codec encoder's acoustic half");
      long parameters = graph.parameters() + semantic.parameters();
      String description = describe(config, parameters, device, threads);
      return new CodecEncoder(weights, config, acoustic, quantiser, semantic, description);
    } catch (RuntimeException e) {
      semantic.close();
      throw e;
    }
  }

  /**
   * The rate that all stages expect.
   *
   * @return samples a second
   */
  public int sampleRateHz() {
    return config.sampleRateHz();
  }

  /**
   * The sound with silence after it, up to whole frames, as all stages see it.
   *
   * @param samples one channel between -1 and 1 at {@link #sampleRateHz}
   * @return a copy
   */
  public float[] padded(float[] samples) {
    int frames = config.frames(samples.length);
    return Arrays.copyOf(samples, Math.multiplyExact(frames, config.samplesPerFrame()));
  }

  /**
   * Acoustic vectors in front of the codebooks.
   *
   * @param samples whole frames, at least one
   * @return one vector for each
   */
  public Frames latent(float[] samples) {
    return latent(samples, Cancellation.BY_INTERRUPTION);
  }

  /**
   * The codes of acoustic vectors.
   *
   * @param latent the vectors
   * @return for each frame a code of each codebook
   */
  public int[][] acousticCodes(Frames latent) {
    return quantiser.codes(latent);
  }

  /**
   * Semantic features and codes of a whole sound.
   *
   * @param samples whole frames, at least one
   * @return one of each for each frame
   */
  public Semantic semantic(float[] samples) {
    SemanticTokenizer.Tokens tokens = semantic.tokens(samples, 0, Cancellation.BY_INTERRUPTION);
    return new Semantic(finite(tokens.features()), tokens.codes());
  }

  /**
   * What runs where.
   *
   * @return one line
   */
  public String describe() {
    return description;
  }

  @Override
  public void close() {
    acoustic.close();
    semantic.close();
  }

  CodecEncoderConfig config() {
    return config;
  }

  /** A whole sound; both halves must have as many frames a second. */
  List<CodecFrame> encode(float[] samples, Cancellation wanted) {
    requireAligned();
    float[] padded = padded(samples);
    int[] codes = semanticCodes(padded, 0, wanted);
    int[][] acousticCodes = acousticCodes(latent(padded, wanted));
    return frames(acousticCodes, codes, 0);
  }

  /** Semantic codes of a stretch of whole frames. */
  int[] semanticCodes(float[] samples, long first, Cancellation wanted) {
    SemanticTokenizer.Tokens tokens = semantic.tokens(samples, first, wanted);
    finite(tokens.features());
    return tokens.codes();
  }

  /** Frames of what both halves give, the semantic codes from one on. */
  static List<CodecFrame> frames(int[][] acoustic, int[] semantic, int from) {
    int count = Math.min(acoustic.length, semantic.length - from);
    List<CodecFrame> frames = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Integer> codes = Arrays.stream(acoustic[i]).boxed().toList();
      frames.add(new CodecFrame(semantic[from + i], codes));
    }
    return frames;
  }

  Frames latent(float[] samples, Cancellation wanted) {
    int perFrame = config.samplesPerFrame();
    int width = config.latentDim();
    int count = samples.length / perFrame;
    int reach = config.reach();
    float[] latent = new float[Math.multiplyExact(count, width)];
    for (int from = 0; from < count; from += STRETCH) {
      int to = Math.min(count, from + STRETCH);
      int seenFrom = Math.max(0, from - reach);
      int seenTo = Math.min(count, to + reach);
      float[] seen = Arrays.copyOfRange(samples, seenFrom * perFrame, seenTo * perFrame);
      float[] given = run(seen, wanted);
      System.arraycopy(given, (from - seenFrom) * width, latent, from * width, (to - from) * width);
    }
    return finite(new Frames(count, width, latent));
  }

  private float[] run(float[] samples, Cancellation wanted) {
    Map<String, OnnxValue> inputs =
        Map.of(AcousticGraph.SAMPLES, OnnxValue.of(samples, 1, 1, samples.length));
    if (acoustic.run(inputs, wanted).get(AcousticGraph.LATENT) instanceof OnnxValue.Floats rows) {
      return rows.toArray();
    }
    throw new IllegalStateException("No F32 output " + AcousticGraph.LATENT);
  }

  void requireAligned() {
    if (!config.isAligned()) {
      CodecEncoderConfig.Semantic half = config.semantic();
      throw new CheckpointException(
          weights.resolveSibling(CodecFolder.CONFIG)
              + ": codec_enc_ratios make acoustic frames of "
              + config.samplesPerFrame()
              + " samples, but conv2d_stride and fbank.frame_shift semantic ones of "
              + (long) half.framesPerStep() * half.fbank().shiftSamples()
              + ", so that they are no pairs; use the file shipped with the checkpoint");
    }
  }

  private Frames finite(Frames frames) {
    for (float value : frames.values()) {
      if (!Float.isFinite(value)) {
        throw new CheckpointException(
            weights
                + ": the codec encoder computes "
                + value
                + " from it; the file is damaged, fetch it again");
      }
    }
    return frames;
  }

  private static String describe(
      CodecEncoderConfig config, long parameters, Device device, int threads) {
    return "codec encoder: "
        + config.sampleRateHz()
        + " Hz, "
        + config.codebooks()
        + " acoustic codebooks, "
        + config.semantic().codes()
        + " semantic codes, "
        + parameters
        + " parameters, ONNX Runtime on "
        + OnnxSession.place(device, threads);
  }
}
