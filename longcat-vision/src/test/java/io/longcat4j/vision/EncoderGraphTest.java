package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.Device;
import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.checkpoint.Storage;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.OnnxGraph;
import io.longcat4j.onnx.OnnxSession;
import io.longcat4j.onnx.OnnxValue;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderGraphTest {
  private static final int PAIRS = 3;
  private static final int OUTPUT_WIDTH = 20;

  @ParameterizedTest
  @CsvSource({
    "true, true, true, 1",
    "false, false, false, 1",
    "true, false, false, 2",
    "false, true, false, 1",
    "false, false, true, 2",
  })
  void computes_every_pair_as_plain_loops_do(
      boolean patchBias, boolean qkNorm, boolean qkvBias, int merge) {
    VisionConfig config =
        VisionConfigReader.read(
            ConfigFile.of(
                "config.json",
                Map.of(
                    "patch_size", 2,
                    "num_hidden_layers", 2,
                    "num_attention_heads", 3,
                    "hidden_size", 24,
                    "intermediate_size", 50,
                    "patch_embedding_bias", patchBias,
                    "qk_normalization", qkNorm,
                    "qkv_bias", qkvBias,
                    "adaptor_dim", 18,
                    "spatial_merge_size", merge)));
    Grid grid = new Grid(4, 6);
    int rows = grid.patches();
    int width = 3 * 2 * 2 * 2;
    float[] patches = random(PAIRS * rows * width, 3);
    RotaryAngles angles = RotaryAngles.of(config, grid);
    RandomTensors tensors = new RandomTensors(new HashMap<>());

    float[] actual = run(config, tensors, patches, grid, angles);

    PlainEncoder plain = new PlainEncoder(config, tensors.values()::get);
    int outputs = grid.tokens() * OUTPUT_WIDTH;
    for (int pair = 0; pair < PAIRS; pair++) {
      float[] own = Arrays.copyOfRange(patches, pair * rows * width, (pair + 1) * rows * width);
      assertThat(Arrays.copyOfRange(actual, pair * outputs, (pair + 1) * outputs))
          .as("pair %d", pair)
          .containsExactly(plain.embeddings(own, rows, angles), within(2e-4f));
    }
  }

  private static float[] run(
      VisionConfig config, TensorSource tensors, float[] patches, Grid grid, RotaryAngles angles) {
    OnnxGraph graph = EncoderGraph.build(config, tensors, tensors, OUTPUT_WIDTH, false);
    int half = config.headDim() / 2;
    try (OnnxSession session = OnnxSession.open(graph, 1, Device.cpu(), "vision encoder")) {
      return session
          .runForFloats(
              Map.of(
                  EncoderGraph.PATCHES, OnnxValue.of(patches, (long) PAIRS * grid.patches(), 24),
                  EncoderGraph.LAYOUT,
                      OnnxValue.of(new long[] {PAIRS, grid.patches(), config.hiddenSize()}, 3),
                  EncoderGraph.COSINES, OnnxValue.of(angles.cosines(), grid.patches(), half),
                  EncoderGraph.SINES, OnnxValue.of(angles.sines(), grid.patches(), half)))
          .toArray();
    }
  }

  private static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * 0.4f;
    }
    return values;
  }

  /** Makes up whatever tensor is asked for, and remembers it. */
  private record RandomTensors(Map<String, float[]> values) implements TensorSource {
    @Override
    public String describe() {
      return "random";
    }

    @Override
    public Set<String> names() {
      return Set.of();
    }

    @Override
    public Optional<StoredTensor> find(String name) {
      return Optional.empty();
    }

    @Override
    public StoredTensor require(String name) {
      throw new IllegalStateException(name + " is asked for without a shape");
    }

    @Override
    public StoredTensor require(String name, long... dims) {
      Shape shape = Shape.of(dims);
      float[] numbers =
          values.computeIfAbsent(name, key -> random((int) shape.elements(), key.hashCode()));
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(numbers.length * 4).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(numbers);
      return new StoredTensor(name, describe(), DType.F32, shape, new Bytes(bytes), 0);
    }
  }

  private record Bytes(ByteBuffer all) implements Storage {
    @Override
    public long bytes() {
      return all.capacity();
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
      return all.slice((int) offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
