package io.longcat4j.audio;

import io.longcat4j.CodecFrame;
import io.longcat4j.Device;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LoadingProgress;
import io.longcat4j.Samples;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.modality.SpeechChunk;
import io.longcat4j.modality.Voice;
import io.longcat4j.modality.VoiceSession;
import io.longcat4j.onnx.NativeOperators;
import io.longcat4j.onnx.OnnxSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The decoder of LongCat-Audio-Codec: frames of codes to sound. Thread-safe; {@link #close} waits
 * for calls in progress.
 *
 * <p>Whole utterances and those that come bit by bit take the same way, stretch by stretch: every
 * layer carries what it needs of the past, so that nothing is computed twice and the cut does not
 * matter. The causal type looks ahead in its first convolution alone, 3 frames; the centred type in
 * all of them, which makes {@link #lookAheadFrames} 10 for the published ratios.
 */
public final class CodecDecoder implements Voice {
  private static final String NAME = "The codec decoder";

  private final CodecConfig config;
  private final CodecTiming timing;
  private final StreamedSession memory;
  private final StreamedSession waveform;
  private final String description;

  private CodecDecoder(
      CodecConfig config, StreamedSession memory, StreamedSession waveform, String description) {
    this.config = config;
    this.timing = new CodecTiming(config);
    this.memory = memory;
    this.waveform = waveform;
    this.description = description;
  }

  /**
   * Loads {@code audio_codec/} of a checkpoint directory.
   *
   * @param context where and how
   * @return the decoder, owned by the caller
   * @throws io.longcat4j.CheckpointException if files are missing, damaged or do not fit together
   */
  public static CodecDecoder open(ModalityContext context) {
    return open(context, operators(context.device()));
  }

  static CodecDecoder open(ModalityContext context, Optional<NativeOperators> operators) {
    Path file = context.directory().resolve("audio_codec").resolve("config.yaml");
    CodecConfig config = CodecConfig.read(file);
    Path weights = CodecWeights.locate(file);
    LoadingSteps steps =
        new LoadingSteps(
            context.listener(), LoadingProgress.Phase.CODEC, context.directory(), List.of(weights));
    return open(config, steps.open(weights), context.device(), context.threads(), operators);
  }

  /**
   * Loads weights from anywhere.
   *
   * @param config the sizes
   * @param weights the tensors of the decoder, under their published names
   * @param device where to compute
   * @param threads threads for one run
   * @return the decoder, owned by the caller
   * @throws io.longcat4j.CheckpointException if tensors are missing or do not fit the sizes
   */
  public static CodecDecoder open(
      CodecConfig config, TensorSource weights, Device device, int threads) {
    return open(config, weights, device, threads, operators(device));
  }

  static CodecDecoder open(
      CodecConfig config,
      TensorSource weights,
      Device device,
      int threads,
      Optional<NativeOperators> operators) {
    StreamedGraph first = CodecMemoryGraph.build(config, weights);
    StreamedGraph second = CodecWaveformGraph.build(config, weights, operators);
    StreamedSession memory = StreamedSession.open(first, threads, device, NAME);
    try {
      long parameters = first.graph().parameters() + second.graph().parameters();
      return new CodecDecoder(
          config,
          memory,
          StreamedSession.open(second, threads, device, NAME),
          describe(config, parameters, device, threads, operators));
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  @Override
  public VoiceSession open() {
    return new CodecStream(config, lookAheadFrames(), memory, waveform);
  }

  @Override
  public int lookAheadFrames() {
    return timing.lookAheadFrames();
  }

  @Override
  public Samples speak(List<CodecFrame> frames) {
    return new Samples(waveform(frames), sampleRateHz());
  }

  /**
   * Turns a whole utterance into sound.
   *
   * @param frames codebook indices, at least one frame
   * @return samples between -1 and 1
   * @throws InvalidRequestException if an index lies outside its codebook
   */
  public float[] waveform(List<CodecFrame> frames) {
    if (frames.isEmpty()) {
      throw new InvalidRequestException("There are no codec frames to speak; pass at least one");
    }
    float[] sound = new float[Math.multiplyExact(frames.size(), config.samplesPerFrame())];
    try (VoiceSession session = open()) {
      put(session.push(frames), sound);
      put(session.finish(), sound);
    }
    return sound;
  }

  private void put(Optional<SpeechChunk> chunk, float[] sound) {
    chunk.ifPresent(
        given -> {
          float[] samples = given.samples().values();
          int at = Math.toIntExact(given.firstFrame() * config.samplesPerFrame());
          System.arraycopy(samples, 0, sound, at, samples.length);
        });
  }

  @Override
  public int sampleRateHz() {
    return config.type().sampleRateHz();
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public void close() {
    memory.close();
    waveform.close();
  }

  static Optional<NativeOperators> operators(Device device) {
    return device.isGpu() ? Optional.empty() : NativeOperators.best();
  }

  private static String describe(
      CodecConfig config,
      long parameters,
      Device device,
      int threads,
      Optional<NativeOperators> operators) {
    return "codec decoder: "
        + config.type().sampleRateHz()
        + " Hz, "
        + parameters
        + " parameters, ONNX Runtime on "
        + OnnxSession.place(device, threads)
        + ", "
        + operators.map(own -> "own operators in " + own.describe()).orElse("standard operators");
  }
}
