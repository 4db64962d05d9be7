package io.longcat4j.vision;

import io.longcat4j.CheckpointException;
import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingProgress;
import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.checkpoint.CountedTensors;
import io.longcat4j.checkpoint.PyTorchFile;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.onnx.OnnxGraph;
import io.longcat4j.onnx.OnnxSession;
import io.longcat4j.onnx.OnnxValue;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Frame pairs to embeddings, in one ONNX Runtime session. Thread-safe; owned by its opener. */
final class VisionEncoder implements AutoCloseable {
  /** Pairs of a video run together up to this many patches; one pair may have more. */
  private static final int MAX_PATCHES_PER_RUN = 4096;

  private static final String CONFIG = "vision/config.json";
  private static final String MODEL = "vision/vision_model.pt";
  private static final String PROJECTOR = "vision/vision_projector.pt";

  /** What a checkpoint must have. */
  static final List<String> FILES = List.of(CONFIG, MODEL, PROJECTOR);

  private final VisionConfig config;
  private final PatchMaker patchMaker;
  private final int outputWidth;
  private final long parameters;
  private final OnnxSession session;

  private VisionEncoder(
      VisionConfig config, int outputWidth, long parameters, OnnxSession session) {
    this.config = config;
    this.patchMaker = new PatchMaker(config);
    this.outputWidth = outputWidth;
    this.parameters = parameters;
    this.session = session;
  }

  /**
   * What the encoder makes of frame pairs.
   *
   * @param patches what went in, {@code [pairs * patches, patch width]}
   * @param encoder the encoder's output where the encoder was opened for stages
   * @param embeddings the projector's output, half as many rows
   */
  record Output(Matrix patches, Optional<Matrix> encoder, Matrix embeddings) {}

  /**
   * Loads the encoder of a checkpoint.
   *
   * @param context where and how
   * @param stages whether the output before the projector is wanted, too
   * @return the encoder, owned by the caller
   * @throws CheckpointException if a file is missing or damaged
   * @throws LoadingAbortedException if the listener aborts
   */
  static VisionEncoder open(ModalityContext context, boolean stages) {
    Path directory = context.directory();
    long modelBytes = size(directory, MODEL);
    long totalBytes = modelBytes + size(directory, PROJECTOR);
    size(directory, CONFIG);
    report(context, CONFIG, 0, totalBytes);
    VisionConfig config = VisionConfigReader.read(ConfigFile.json(directory.resolve(CONFIG)));
    report(context, MODEL, 0, totalBytes);
    CountedTensors model = new CountedTensors(PyTorchFile.open(directory.resolve(MODEL)));
    report(context, PROJECTOR, modelBytes, totalBytes);
    CountedTensors projector = new CountedTensors(PyTorchFile.open(directory.resolve(PROJECTOR)));
    OnnxGraph graph = EncoderGraph.build(config, model, projector, context.hiddenSize(), stages);
    model.warnOfUnused(context.warnings());
    projector.warnOfUnused(context.warnings());
    OnnxSession session =
        OnnxSession.onFirstRun(graph, context.threads(), context.device(), "vision encoder");
    try {
      report(context, PROJECTOR, totalBytes, totalBytes);
      return new VisionEncoder(config, context.hiddenSize(), graph.parameters(), session);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /**
   * The encoder's configuration.
   *
   * @return sizes and bounds
   */
  VisionConfig config() {
    return config;
  }

  /**
   * What resizes frames for this encoder.
   *
   * @return shared, thread-safe
   */
  PatchMaker patchMaker() {
    return patchMaker;
  }

  /**
   * Width of the embeddings.
   *
   * @return the language model's hidden size
   */
  int outputWidth() {
    return outputWidth;
  }

  /**
   * Weights of encoder and projector.
   *
   * @return how many numbers
   */
  long parameters() {
    return parameters;
  }

  /**
   * Encodes pairs, as many at a time as fit into one run.
   *
   * @param pairs at least one
   * @param into receives the stages of each run, in order of the pairs
   * @param wanted asked before and during each run
   * @throws io.longcat4j.LongCatException if this encoder is closed
   */
  void encode(List<FramePair> pairs, Consumer<Output> into, Cancellation wanted) {
    int from = 0;
    while (from < pairs.size()) {
      wanted.check();
      Grid grid = pairs.get(from).grid();
      int limit = Math.min(pairs.size(), from + Math.max(1, MAX_PATCHES_PER_RUN / grid.patches()));
      int to = from + 1;
      while (to < limit && pairs.get(to).grid().equals(grid)) {
        to++;
      }
      into.accept(run(grid, pairs.subList(from, to), wanted));
      from = to;
    }
  }

  private Output run(Grid grid, List<FramePair> pairs, Cancellation wanted) {
    int rows = Math.multiplyExact(pairs.size(), grid.patches());
    int patchWidth = patchMaker.patchWidth();
    float[] patches = new float[Math.multiplyExact(rows, patchWidth)];
    FloatBuffer into = FloatBuffer.wrap(patches);
    pairs.forEach(pair -> patchMaker.write(pair, into));
    RotaryAngles angles = RotaryAngles.of(config, grid);
    int halfHead = config.headDim() / 2;
    Map<String, OnnxValue> outputs =
        session.run(
            Map.of(
                EncoderGraph.PATCHES, OnnxValue.of(patches, rows, patchWidth),
                EncoderGraph.LAYOUT,
                    OnnxValue.of(new long[] {pairs.size(), grid.patches(), config.hiddenSize()}, 3),
                EncoderGraph.COSINES, OnnxValue.of(angles.cosines(), grid.patches(), halfHead),
                EncoderGraph.SINES, OnnxValue.of(angles.sines(), grid.patches(), halfHead)),
            wanted);
    return new Output(
        new Matrix(rows, patchWidth, patches),
        Optional.ofNullable(outputs.get(EncoderGraph.ENCODER))
            .map(value -> matrix(value, rows, config.hiddenSize())),
        matrix(requireOutput(outputs), rows / 2, outputWidth));
  }

  @Override
  public void close() {
    session.close();
  }

  private static OnnxValue requireOutput(Map<String, OnnxValue> outputs) {
    OnnxValue embeddings = outputs.get(EncoderGraph.EMBEDDINGS);
    if (embeddings == null) {
      throw new IllegalStateException("the vision encoder gave no embeddings");
    }
    return embeddings;
  }

  private static Matrix matrix(OnnxValue value, int rows, int columns) {
    return new Matrix(rows, columns, ((OnnxValue.Floats) value).toArray());
  }

  private static long size(Path directory, String file) {
    Path path = directory.resolve(file);
    try {
      if (Files.isRegularFile(path)) {
        return Files.size(path);
      }
    } catch (IOException e) {
      throw new CheckpointException(path + " cannot be read: " + e.getMessage(), e);
    }
    throw new CheckpointException(
        path
            + " is missing, but images and videos need it; fetch the checkpoint's vision folder, or"
            + " take longcat-vision off the class path to chat without pictures");
  }

  private static void report(ModalityContext context, String file, long done, long total) {
    LoadingProgress progress = new LoadingProgress(LoadingProgress.Phase.VISION, file, done, total);
    context.listener().onProgress(progress);
    if (progress.isAborted()) {
      throw new LoadingAbortedException(
          "Loading was aborted by the listener at " + file + "; build again to load the model");
    }
  }
}
