package io.longcat4j.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Backend;
import io.longcat4j.checkpoint.ModelConfig.BlockSize;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.SafetensorsOutput;
import io.longcat4j.checkpoint.SafetensorsOutput.Declaration;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import io.longcat4j.testing.ComputeBench;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers that lie behind holes of gibibytes. */
class LargeShardTest {
  private static final Optional<BlockSize> BLOCKS = Optional.of(new BlockSize(128, 128));
  private static final int ROWS = 5;
  private static final int COLUMNS = 131;
  private static final int LONG_ROWS = 600_000;
  private static final int LONG_COLUMNS = 4096;
  private static final byte E4M3_ONE = 0x38;
  private static final byte E4M3_FOUR = 0x48;

  @TempDir Path folder;

  @Test
  void weights_and_scales_beyond_2_and_4_gib_of_a_file_are_read_right() throws IOException {
    TensorSource source = SafetensorsFile.open(shard());
    for (Backend name : List.of(Backend.reference(), Backend.cpu())) {
      try (ComputeBackend backend = BackendSelection.onClassPath().open(name, OptionalInt.of(2))) {
        // A row is 130 ones and a four; its last three columns have a scale of their own.
        assertThat(product(backend, source, "a")).containsOnly(0.5f * 128 + 0.25f * 6);
        assertThat(product(backend, source, "b")).containsOnly(2f * 128 + 4f * 6);
        assertThat(lastRow(backend, source)).startsWith(1f, 0f).endsWith(0f, -2f);
      }
    }
  }

  private static float[] product(ComputeBackend backend, TensorSource source, String name) {
    ComputeBench bench = new ComputeBench(backend);
    Weight weight = backend.load(ScaledTensor.find(source, name, BLOCKS, Optional.empty()));
    float[][] ones = new float[1][COLUMNS];
    Arrays.fill(ones[0], 1);
    Tensor into = backend.allocate(1, ROWS);
    bench.stream().linear(weight, null, bench.tensor(ones), into);
    return bench.read(into)[0];
  }

  private static float[] lastRow(ComputeBackend backend, TensorSource source) {
    ComputeBench bench = new ComputeBench(backend);
    Weight table = backend.load(ScaledTensor.find(source, "c", BLOCKS, Optional.empty()));
    Tensor into = bench.tensor(new float[1][LONG_COLUMNS]);
    bench.stream().addEmbeddings(table, new int[] {LONG_ROWS - 1}, into);
    return bench.read(into)[0];
  }

  /** Two small matrices behind 2.2 GB each, then one of 4.9 GB with numbers in its last row. */
  private Path shard() throws IOException {
    Path file = folder.resolve("model.safetensors");
    List<Declaration> tensors =
        List.of(
            new Declaration("hole.0", DType.F8_E4M3, Shape.of(1100, 2_000_000)),
            new Declaration("a", DType.F8_E4M3, Shape.of(ROWS, COLUMNS)),
            new Declaration("a_scale_inv", DType.F32, Shape.of(1, 2)),
            new Declaration("hole.1", DType.F8_E4M3, Shape.of(1100, 2_000_000)),
            new Declaration("b", DType.F8_E4M3, Shape.of(ROWS, COLUMNS)),
            new Declaration("b_scale_inv", DType.BF16, Shape.of(1, 2)),
            new Declaration("c", DType.BF16, Shape.of(LONG_ROWS, LONG_COLUMNS)));
    try (SafetensorsOutput output = SafetensorsOutput.create(file, tensors)) {
      output.append("a", values());
      output.append("a_scale_inv", f32(0.5f, 0.25f));
      output.append("b", values());
      output.append("b_scale_inv", bf16(2));
      output.append("b_scale_inv", bf16(4));
      output.leaveHoles();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long end = Files.size(file);
      channel.write(bf16(1), end - 2L * LONG_COLUMNS);
      channel.write(bf16(-2), end - 2);
    }
    return file;
  }

  private static ByteBuffer values() {
    ByteBuffer bytes = ByteBuffer.allocate(ROWS * COLUMNS);
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put(i, i % COLUMNS == COLUMNS - 1 ? E4M3_FOUR : E4M3_ONE);
    }
    return bytes;
  }

  private static ByteBuffer f32(float first, float second) {
    return ByteBuffer.allocate(2 * Float.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(first)
        .putFloat(second)
        .flip();
  }

  private static ByteBuffer bf16(float number) {
    return ByteBuffer.allocate(Short.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) (Float.floatToRawIntBits(number) >>> 16))
        .flip();
  }
}
