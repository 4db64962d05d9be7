package io.longcat4j.audio;

import io.longcat4j.CheckpointException;
import io.longcat4j.LoadingProgress;
import io.longcat4j.MediaException;
import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.checkpoint.CountedTensors;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.onnx.OnnxGraph;
import io.longcat4j.onnx.OnnxSession;
import io.longcat4j.onnx.OnnxValue;
import io.longcat4j.spi.Cancellation;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Samples to embeddings, stage by stage: log mel energies, normalised and spliced features, the
 * encoder, the projector. Thread-safe; {@link #close} waits for calls in progress.
 */
public final class AudioEncoder implements AutoCloseable {
  /** What a checkpoint must have. */
  static final List<String> FILES =
      List.of(
          "audio/config.json",
          "audio/preprocessor_config.json",
          "audio/global_cmvn",
          "audio/audio_encoder.pt",
          "audio/audio_projector.pt");

  /** What the encoder was trained with; its rows end before it. */
  private static final String CLASSIFIER = "output.";

  private final FeatureExtractor extractor;
  private final AudioEncoderConfig config;
  private final int width;
  private final StreamedSession session;
  private final String description;

  private AudioEncoder(
      FeatureExtractor extractor,
      AudioEncoderConfig config,
      int width,
      StreamedSession session,
      String description) {
    this.extractor = extractor;
    this.config = config;
    this.width = width;
    this.session = session;
    this.description = description;
  }

  /**
   * Loads {@code audio/} of a checkpoint directory.
   *
   * @param context where and how
   * @return the encoder, owned by the caller
   * @throws CheckpointException if files are missing, damaged or do not fit together
   */
  public static AudioEncoder open(ModalityContext context) {
    Path audio = context.directory().resolve("audio");
    FeatureExtractor extractor = FeatureExtractor.open(context.directory());
    ConfigFile file = ConfigFile.json(audio.resolve("config.json"));
    AudioEncoderConfig config = AudioEncoderConfig.of(file);
    if (config.inputSize() != extractor.config().width()) {
      throw file.refuse(
          "input_size",
          "audio/preprocessor_config.json makes vectors of "
              + extractor.config().width()
              + "; use the files shipped with the checkpoint");
    }
    Path encoderFile = audio.resolve("audio_encoder.pt");
    Path projectorFile = audio.resolve("audio_projector.pt");
    LoadingSteps steps =
        new LoadingSteps(
            context.listener(),
            LoadingProgress.Phase.AUDIO,
            context.directory(),
            List.of(encoderFile, projectorFile));
    CountedTensors encoder = new CountedTensors(steps.open(encoderFile));
    CountedTensors projector = new CountedTensors(steps.open(projectorFile));
    int width = context.hiddenSize();
    StreamedGraph graph = AudioEncoderGraph.build(config, encoder, projector, width);
    encoder.expectUnused(CLASSIFIER);
    encoder.warnOfUnused(context.warnings());
    projector.warnOfUnused(context.warnings());
    StreamedSession session =
        StreamedSession.open(graph, context.threads(), context.device(), "The audio encoder");
    String description = describe(context, config, graph.graph());
    return new AudioEncoder(extractor, config, width, session, description);
  }

  /**
   * The rate that all stages expect.
   *
   * @return samples a second
   */
  public int sampleRateHz() {
    return extractor.config().fbank().sampleRateHz();
  }

  /**
   * Rows that a sound becomes.
   *
   * @param samples how many samples it has
   * @return 0 if it is shorter than one window
   */
  public int rows(int samples) {
    return extractor.vectors(samples);
  }

  /**
   * Logarithms of mel energies.
   *
   * @param samples one channel between -1 and 1 at {@link #sampleRateHz}
   * @return one frame for each shift
   */
  public Frames fbank(float[] samples) {
    requireWindow(samples.length);
    return extractor.fbank(samples);
  }

  /**
   * Normalised and spliced features with their derivatives, where configured.
   *
   * @param samples one channel between -1 and 1 at {@link #sampleRateHz}
   * @return one vector for each row
   */
  public Frames features(float[] samples) {
    requireWindow(samples.length);
    return extractor.features(samples);
  }

  /**
   * What the encoder gives before the projector.
   *
   * @param samples one channel between -1 and 1 at {@link #sampleRateHz}
   * @return one vector for each row
   */
  public Frames encoded(float[] samples) {
    return run(samples, AudioEncoderGraph.ENCODER, Cancellation.BY_INTERRUPTION);
  }

  /**
   * Rows for the language model.
   *
   * @param samples one channel between -1 and 1 at {@link #sampleRateHz}
   * @return one vector of the model's hidden size for each row
   * @throws MediaException if the sound is shorter than one window
   */
  public Frames embeddings(float[] samples) {
    return embeddings(samples, Cancellation.BY_INTERRUPTION);
  }

  /** The same, given up where it is not wanted any more. */
  Frames embeddings(float[] samples, Cancellation wanted) {
    return run(samples, AudioEncoderGraph.EMBEDDINGS, wanted);
  }

  /** Embeddings of a sound that comes bit by bit. */
  EncoderStream open() {
    return new EncoderStream(this, extractor.open(), session);
  }

  /** Width of a row. */
  int width() {
    return width;
  }

  /** Rows of the future that all memory layers together see. */
  int lookAheadRows() {
    return config.lookAhead();
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
    session.close();
  }

  private Frames run(float[] samples, String output, Cancellation wanted) {
    Frames features = features(samples);
    OnnxValue input = OnnxValue.of(features.values(), features.count(), features.width());
    Map<String, OnnxValue> inputs = new HashMap<>(CarriedTime.place(true, true));
    inputs.put(AudioEncoderGraph.FEATURES, input);
    OnnxValue.Floats values = session.start().run(inputs, output, wanted);
    return new Frames(features.count(), (int) values.shape().dim(1), values.toArray());
  }

  void requireWindow(long samples) {
    if (samples < extractor.config().fbank().windowSamples()) {
      PreprocessorConfig.FbankConfig fbank = extractor.config().fbank();
      throw new MediaException(
          "The sound has "
              + samples
              + " samples at "
              + fbank.sampleRateHz()
              + " Hz, but the model hears windows of "
              + fbank.windowSamples()
              + "; pass at least "
              + Math.ceil(1000.0 * fbank.windowSamples() / fbank.sampleRateHz())
              + " ms of sound");
    }
  }

  private static String describe(
      ModalityContext context, AudioEncoderConfig config, OnnxGraph graph) {
    return "audio encoder: "
        + config.nlayer()
        + " memory layers, "
        + graph.parameters()
        + " parameters, ONNX Runtime on "
        + OnnxSession.place(context.device(), context.threads());
  }
}
