package io.longcat4j.audio;

import io.longcat4j.Device;
import io.longcat4j.checkpoint.NumpyMatrix;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.OnnxGraph;
import io.longcat4j.onnx.OnnxSession;
import io.longcat4j.onnx.OnnxValue;
import io.longcat4j.spi.Cancellation;
import java.nio.file.Path;
import java.util.Map;

/** The semantic half of the codec encoder. Thread-safe; owned and closed by the encoder. */
final class SemanticTokenizer implements AutoCloseable {
  private static final float FULL_SCALE = 32767;

  private final CodecEncoderConfig.Semantic config;
  private final Fbank fbank;
  private final MeanVariance meanVariance;
  private final EqualColumns equal;
  private final OnnxSession session;
  private final long parameters;

  private SemanticTokenizer(
      CodecEncoderConfig.Semantic config,
      MeanVariance meanVariance,
      EqualColumns equal,
      OnnxSession session,
      long parameters) {
    this.config = config;
    this.fbank = new Fbank(config.fbank(), FULL_SCALE);
    this.meanVariance = meanVariance;
    this.equal = equal;
    this.session = session;
    this.parameters = parameters;
  }

  /**
   * What became of a sound.
   *
   * @param features one vector for each step
   * @param codes the nearest cluster of each
   */
  record Tokens(Frames features, int[] codes) {}

  static SemanticTokenizer open(
      CodecEncoderConfig.Semantic config,
      TensorSource source,
      Path statistics,
      Device device,
      int threads) {
    MeanVariance meanVariance =
        new MeanVariance(
            NumpyMatrix.read(statistics),
            config.fbank().width(),
            statistics.toString(),
            statistics.resolveSibling("config.json").toString());
    StoredTensor codebook =
        source.require(SemanticGraph.CODEBOOK, config.width(), config.codes()).requireFinite();
    EqualColumns equal = EqualColumns.of(codebook.toFloats(), config.width(), config.codes());
    OnnxGraph graph = SemanticGraph.build(config, source);
    OnnxSession session =
        OnnxSession.open(graph, threads, device, "The codec encoder's semantic half");
    return new SemanticTokenizer(config, meanVariance, equal, session, graph.parameters());
  }

  /** Steps that so many samples become. */
  int steps(int samples) {
    return config.steps(fbank.frames(samples));
  }

  /**
   * Runs over a stretch of sound.
   *
   * @param samples at the codec's rate
   * @param first the place of its first step in the whole sound
   * @return none where it is shorter than a window
   */
  Tokens tokens(float[] samples, long first, Cancellation wanted) {
    int steps = steps(samples.length);
    if (steps == 0) {
      return new Tokens(new Frames(0, config.width(), new float[0]), new int[0]);
    }
    Frames frames = meanVariance.normalise(fbank.of(samples));
    float[] positions = SinusoidalPositions.of(first, steps, config.width());
    Map<String, OnnxValue> outputs =
        session.run(
            Map.of(
                SemanticGraph.FBANK,
                OnnxValue.of(frames.values(), frames.count(), frames.width()),
                SemanticGraph.POSITIONS,
                OnnxValue.of(positions, steps, config.width())),
            wanted);
    OnnxValue.Floats features = (OnnxValue.Floats) outputs.get(SemanticGraph.FEATURES);
    OnnxValue.Longs codes = (OnnxValue.Longs) outputs.get(SemanticGraph.CODES);
    if (features == null || codes == null) {
      throw new IllegalStateException("Not all outputs in " + outputs.keySet());
    }
    int[] nearest = new int[steps];
    for (int step = 0; step < steps; step++) {
      nearest[step] = equal.first((int) codes.values().get(step));
    }
    Frames given = new Frames(steps, config.width(), features.toArray());
    return new Tokens(given, nearest);
  }

  long parameters() {
    return parameters;
  }

  @Override
  public void close() {
    session.close();
  }
}
