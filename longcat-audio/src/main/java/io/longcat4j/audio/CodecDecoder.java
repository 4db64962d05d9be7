package io.longcat4j.audio;

import io.longcat4j.CodecFrame;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LoadingProgress;
import io.longcat4j.Samples;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.modality.Voice;
import io.longcat4j.onnx.OnnxGraph;
import io.longcat4j.onnx.OnnxSession;
import io.longcat4j.onnx.OnnxValue;
import io.longcat4j.tensor.Shape;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The decoder of LongCat-Audio-Codec: frames of codes to sound. Thread-safe; {@link #close} waits
 * for calls in progress.
 *
 * <p>The recurrent layers run over a whole utterance; the convolutions, which need far more memory,
 * run over stretches of it with enough context that the result is the same.
 */
public final class CodecDecoder implements Voice {
  /** Frames of sound that one run of the convolutions makes: 7.7 s for the published codec. */
  private static final int STRETCH = 128;

  private final CodecConfig config;
  private final ReceptiveField field;
  private final OnnxSession memory;
  private final OnnxSession waveform;
  private final String description;

  private CodecDecoder(
      CodecConfig config, OnnxSession memory, OnnxSession waveform, String description) {
    this.config = config;
    this.field = ReceptiveField.of(config);
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
    Path folder = context.directory().resolve("audio_codec");
    CodecConfig config = CodecConfig.read(folder.resolve("config.yaml"));
    LoadingSteps steps =
        new LoadingSteps(
            context.listener(),
            LoadingProgress.Phase.CODEC,
            context.directory(),
            List.of(config.weights()));
    TensorSource source = steps.open(config.weights());
    OnnxGraph first = CodecMemoryGraph.build(config, source);
    OnnxGraph second = CodecWaveformGraph.build(config, source);
    OnnxSession memory = session(first, context);
    try {
      String description = describe(context, config, first.parameters() + second.parameters());
      return new CodecDecoder(config, memory, session(second, context), description);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
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
    CodecCodes codes = CodecCodes.of(frames, config);
    OnnxValue.Floats remembered = memory.runForFloats(codes.inputs());
    float[] sound = new float[Math.multiplyExact(frames.size(), config.samplesPerFrame())];
    for (int from = 0; from < frames.size(); from += STRETCH) {
      stretch(remembered.values(), frames.size(), from, sound);
    }
    return sound;
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

  private void stretch(FloatBuffer remembered, int frames, int from, float[] sound) {
    int to = Math.min(frames, from + STRETCH);
    int start = Math.max(0, from - field.before());
    int end = Math.min(frames, to + field.after());
    int width = config.memoryDim();
    OnnxValue input =
        new OnnxValue.Floats(
            remembered.slice(start * width, (end - start) * width), Shape.of(end - start, width));
    FloatBuffer samples = waveform.runForFloats(Map.of(CodecWaveformGraph.MEMORY, input)).values();
    int perFrame = config.samplesPerFrame();
    samples.get((from - start) * perFrame, sound, from * perFrame, (to - from) * perFrame);
  }

  private static OnnxSession session(OnnxGraph graph, ModalityContext context) {
    return OnnxSession.open(graph, context.threads(), context.encoders(), "The codec decoder");
  }

  private static String describe(ModalityContext context, CodecConfig config, long parameters) {
    return "codec decoder: "
        + config.type().sampleRateHz()
        + " Hz, "
        + parameters
        + " parameters, ONNX Runtime on "
        + (context.encoders().name().equals("cuda") ? "CUDA" : context.threads() + " threads");
  }
}
