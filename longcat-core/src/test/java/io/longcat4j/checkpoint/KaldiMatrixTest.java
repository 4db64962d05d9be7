package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.testing.TestData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KaldiMatrixTest {
  @TempDir Path folder;

  private Path file(String type, int width, int rows, int columns, byte[] data) {
    ByteBuffer bytes = ByteBuffer.allocate(15 + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0).put((byte) 'B').put(type.getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) width).putInt(rows).put((byte) 4).putInt(columns).put(data);
    return SafetensorsBytes.write(folder.resolve("global_cmvn"), bytes.array());
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static void refuses(Path file, String... parts) {
    assertThatThrownBy(() -> KaldiMatrix.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(parts);
  }

  @Test
  void single_precision_is_read_row_by_row() {
    KaldiMatrix matrix = KaldiMatrix.read(file("FM ", 4, 2, 3, floats(1, 2, 3, 4, 5, 6)));

    assertThat(matrix.rows()).isEqualTo(2);
    assertThat(matrix.columns()).isEqualTo(3);
    assertThat(matrix.values()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(matrix.at(1, 0)).isEqualTo(4);
    assertThatThrownBy(() -> matrix.at(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void double_precision_is_read() {
    byte[] data =
        ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putDouble(0.1).putDouble(-7).array();

    assertThat(KaldiMatrix.read(file("DM ", 4, 1, 2, data)).values()).containsExactly(0.1, -7);
  }

  @Test
  void the_statistics_of_both_checkpoints_have_a_count_and_positive_squares() {
    for (Path checkpoint : new Path[] {TestData.bf16(), TestData.fp8()}) {
      KaldiMatrix matrix = KaldiMatrix.read(checkpoint.resolve("audio/global_cmvn"));

      assertThat(matrix.rows()).isEqualTo(2);
      assertThat(matrix.at(0, matrix.columns() - 1)).isPositive();
      for (int column = 0; column < matrix.columns() - 1; column++) {
        assertThat(matrix.at(1, column)).isPositive();
      }
    }
  }

  @Test
  void other_files_are_refused() {
    refuses(SafetensorsBytes.write(folder.resolve("x"), new byte[9]), "9 bytes", "header");
    refuses(SafetensorsBytes.write(folder.resolve("x"), new byte[40]), "does not start with");
    refuses(file("CM ", 4, 1, 1, floats(1)), "holds type 'CM '", "'DM ' or 'FM '");
  }

  @Test
  void sizes_that_do_not_fit_the_file_are_refused() {
    refuses(file("FM ", 4, 2, 2, floats(1, 2, 3)), "has 27 bytes", "2 x 2 needs 31");
    refuses(file("FM ", 4, -1, 2, floats(1)), "has -1 rows");
    refuses(file("FM ", 8, 1, 1, floats(1)), "rows of 8 bytes");
    refuses(file("FM ", 4, 1 << 30, 1 << 30, floats(1)), "claims 1073741824 x 1073741824");
  }

  @Test
  void a_missing_file_is_named() {
    refuses(folder.resolve("none"), "does not exist");
  }
}
