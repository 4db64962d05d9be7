package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("once")
final class NumpyMatrixTest {
  @TempDir Path folder;

  @Test
  void a_file_of_numpy_is_read() {
    NumpyMatrix matrix = NumpyMatrix.read(TestData.codecEncoder().resolve("encoder_cmvn.npy"));
    assertThat(matrix.rows()).isEqualTo(2);
    assertThat(matrix.columns()).isEqualTo(81);
    assertThat(matrix.at(0, 80)).isPositive();
    assertThat(matrix.at(1, 80)).isZero();
    assertThatThrownBy(() -> matrix.at(0, 81)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "<f8, False, 1",
    "<f4, False, 2",
    ">f8, False, 3",
    ">f4, True, 1",
    "<f8, True, 2",
    "<f4, True, 3"
  })
  void both_widths_byte_orders_and_orders_of_axes_are_read(
      String type, String byColumns, int version) {
    double[] stored =
        byColumns.equals("True")
            ? new double[] {1, 4, 2, 5, 3, 6}
            : new double[] {1, 2, 3, 4, 5, 6};
    String header =
        "{'descr': '%s', 'fortran_order': %s, 'shape': (2, 3), }".formatted(type, byColumns);
    NumpyMatrix matrix = NumpyMatrix.read(file(version, header, numbers(type, stored)));
    assertThat(matrix.values()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(matrix.at(1, 0)).isEqualTo(4);
  }

  @Test
  void another_order_of_keys_is_read() {
    Path file = file(1, "{'shape':(1,1),'fortran_order':False,'descr':'<f4'}\n", numbers("<f4", 7));
    assertThat(NumpyMatrix.read(file).values()).containsExactly(7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(3,)",
        "()",
        "(1, 1, 3)",
        "(-1, 3)",
        "(1, 99999999999)",
        "(4294967297, 4294967297)",
        "(99999, 99999)",
        "(1, 4)",
        "(1, 2)",
        "(0, 3)"
      })
  void shapes_that_do_not_fit_are_refused(String shape) {
    refuses(
        file(
            1,
            "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }".formatted(shape),
            numbers("<f4", 1, 2, 3)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '|O', 'fortran_order': False, 'shape': (1, 3), }",
        "{'descr': '<i8', 'fortran_order': False, 'shape': (1, 3), }",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 3), }",
        "{'fortran_order': False, 'shape': (1, 3), }",
        "{'descr': '<f4', 'shape': (1, 3), }",
        "{'descr': '<f4', 'fortran_order': False, }",
        "{'descr': '<f4', 'fortran_order': maybe, 'shape': (1, 3), }",
        "__import__('os').system('true')",
        ""
      })
  void headers_that_mean_something_else_are_refused(String header) {
    refuses(file(1, header, numbers("<f4", 1, 2, 3)));
  }

  @Test
  void a_file_that_is_cut_anywhere_is_refused() throws IOException {
    Path file =
        file(
            1,
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }",
            numbers("<f4", 1, 2, 3));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      refuses(file);
    }
  }

  @Test
  void damage_is_refused_or_read_as_other_numbers_but_nothing_else_happens() throws IOException {
    Path file =
        file(
            2,
            "{'descr': '<f8', 'fortran_order': True, 'shape': (3, 1), }",
            numbers("<f8", 1, 2, 3));
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(5);
    for (int attempt = 0; attempt < 2000; attempt++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] = (byte) random.nextInt(256);
      Files.write(file, damaged);
      try {
        assertThat(NumpyMatrix.read(file).values()).hasSize(3);
      } catch (CheckpointException e) {
        assertThat(e).hasMessageContaining(file.toString());
      }
    }
  }

  private static void refuses(Path file) {
    assertThatThrownBy(() -> NumpyMatrix.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("fetch the file again");
  }

  private Path file(int version, String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer bytes =
        ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (version == 1) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    bytes.put(text).put(data);
    return SafetensorsBytes.write(
        folder.resolve("matrix.npy"), Arrays.copyOf(bytes.array(), bytes.position()));
  }

  private static byte[] numbers(String type, double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
    bytes.order(type.charAt(0) == '<' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    for (double value : values) {
      if (type.endsWith("8")) {
        bytes.putDouble(value);
      } else {
        bytes.putFloat((float) value);
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }
}
