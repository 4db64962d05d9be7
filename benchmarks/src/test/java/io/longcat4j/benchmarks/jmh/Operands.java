package io.longcat4j.benchmarks.jmh;

import io.longcat4j.Backend;
import io.longcat4j.benchmarks.CheckpointGenerator;
import io.longcat4j.benchmarks.ModelSizes;
import io.longcat4j.benchmarks.WeightFormat;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** A backend with a stream, and the weights of a layer of published sizes with few experts. */
final class Operands implements AutoCloseable {
  private static final int EXPERTS = 16;

  private final Checkpoint checkpoint;
  private final ComputeBackend backend;
  private final Stream stream;

  Operands(WeightFormat format) {
    Path directory =
        Path.of(System.getProperty("java.io.tmpdir"), "longcat-bench", "layer-jmh-" + format);
    new CheckpointGenerator(ModelSizes.publishedLayer(EXPERTS), format, 1)
        .write(directory, Optional.empty());
    this.checkpoint = Checkpoint.open(directory);
    this.backend = BackendSelection.onClassPath().open(Backend.auto(), OptionalInt.empty());
    this.stream = backend.openStream();
  }

  ComputeBackend backend() {
    return backend;
  }

  Stream stream() {
    return stream;
  }

  Weight weight(String name) {
    return backend.load(checkpoint.weight("model.layers.0." + name));
  }

  Tensor random(int rows, int columns) {
    float[] values = new float[rows * columns];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    Tensor tensor = backend.allocate(rows, columns);
    stream.write(values, 0, tensor);
    return tensor;
  }

  @Override
  public void close() {
    backend.close();
  }
}
