package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("once")
final class PyTorchFileTest {
  @TempDir Path folder;

  private static Path resource(String name) {
    return TestResources.checkpoint(name);
  }

  private static void refuses(Path file, String... parts) {
    assertThatThrownBy(() -> PyTorchFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(parts);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip.pt", "zip-protocol5.pt", "legacy.pt", "legacy-protocol4.pt"})
  void every_dtype_is_read(String file) {
    TensorSource source = PyTorchFile.open(resource(file));

    Map<String, DType> floats =
        Map.of("f64", DType.F64, "f32", DType.F32, "f16", DType.F16, "bf16", DType.BF16);
    floats.forEach(
        (name, dtype) -> {
          assertThat(source.require(name, 2, 3).dtype()).isEqualTo(dtype);
          assertThat(source.require(name).toFloats()).containsExactly(-2, 0, 0.5f, 1, 3, 100);
        });
    Map<String, DType> integers =
        Map.of(
            "i64", DType.I64, "i32", DType.I32, "i16", DType.I16, "i8", DType.I8, "u8", DType.U8);
    integers.forEach(
        (name, dtype) -> {
          assertThat(source.require(name, 2, 3).dtype()).isEqualTo(dtype);
          assertThat(source.require(name).toFloats()).containsExactly(0, 1, 2, 100, 127, 5);
        });
    assertThat(source.require("bool", 3).dtype()).isEqualTo(DType.BOOL);
    assertThat(source.require("bool").toFloats()).containsExactly(1, 0, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip.pt", "zip-protocol5.pt", "legacy.pt", "legacy-protocol4.pt"})
  void views_honour_offset_and_strides(String file) {
    TensorSource source = PyTorchFile.open(resource(file));

    float[] matrix = new float[24];
    float[] transposed = new float[24];
    float[] permuted = new float[24];
    for (int i = 0; i < 24; i++) {
      matrix[i] = i;
      transposed[i % 6 * 4 + i / 6] = i;
      permuted[i % 4 * 6 + i / 4] = i;
    }
    assertThat(source.require("matrix", 4, 6).toFloats()).containsExactly(matrix);
    assertThat(source.require("same", 4, 6).toFloats()).containsExactly(matrix);
    assertThat(source.require("transposed", 6, 4).toFloats()).containsExactly(transposed);
    assertThat(source.require("permuted", 4, 2, 3).toFloats()).containsExactly(permuted);
    assertThat(source.require("columns", 4, 2).toFloats())
        .containsExactly(1, 3, 7, 9, 13, 15, 19, 21);
    assertThat(source.require("rows", 2, 6).toFloats())
        .containsExactly(Arrays.copyOfRange(matrix, 6, 18));
    assertThat(source.require("expanded", 2, 3).toFloats()).containsExactly(1, 1, 1, 2, 2, 2);
    assertThat(source.require("scalar").toFloats()).containsExactly(7.5f);
    assertThat(source.require("scalar").shape().rank()).isZero();
    assertThat(source.require("empty", 0, 4).toFloats()).isEmpty();
    assertThat(source.require("parameter", 2).toFloats()).containsExactly(1.5f, 2.5f);
  }

  @Test
  void a_strided_view_gives_any_run_of_its_bytes() {
    StoredTensor view = PyTorchFile.open(resource("zip.pt")).require("transposed");
    ByteBuffer all = view.bytes(0, Math.toIntExact(view.byteSize()));

    for (int from = 0; from <= all.limit(); from++) {
      for (int length = 0; length <= all.limit() - from; length++) {
        ByteBuffer run = view.bytes(from, length);
        assertThat(run.isDirect() && run.isReadOnly()).isTrue();
        assertThat(run).isEqualTo(all.slice(from, length));
      }
    }
  }

  @Test
  void names_keep_the_dictionary_order() {
    assertThat(PyTorchFile.open(resource("legacy.pt")).names())
        .startsWith("f64", "f32", "f16", "bf16", "i64")
        .endsWith("same", "parameter", "permuted");
  }

  @Test
  void float8_is_read() {
    StoredTensor f8 = PyTorchFile.open(resource("float8.pt")).require("f8", 3);

    assertThat(f8.dtype()).isEqualTo(DType.F8_E4M3);
    assertThat(f8.toFloats()).containsExactly(1, -448, 0.0625f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nested.pt", "nested-with-optimizer.pt", "compressed.pt"})
  void the_model_inside_a_training_checkpoint_is_found(String file) {
    TensorSource source = PyTorchFile.open(resource(file));

    assertThat(source.names()).containsExactly("w");
    assertThat(source.require("w", 2).toFloats()).containsExactly(1, 1);
  }

  @Test
  void several_nested_dictionaries_without_a_known_name_are_refused() {
    refuses(resource("ambiguous.pt"), "several dictionaries of tensors", "[a, b]");
  }

  @ParameterizedTest
  @CsvSource({
    "forbidden.pt, posix.system",
    "forbidden-legacy.pt, posix.system",
    "module.pt, torch.nn.modules.linear.Linear"
  })
  void any_other_global_is_refused_by_its_name(String file, String global) {
    refuses(resource(file), "refers to " + global + ",", "nothing was executed");
    assertThat(Path.of("executed")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"negated.pt", "negated-legacy.pt"})
  void numbers_that_mean_their_negative_are_read_as_such(String file) {
    TensorSource source = PyTorchFile.open(resource(file));

    float[] expected = {-2, 4, -0.5f, -8};
    assertThat(source.require("plain", 2, 2).toFloats()).containsExactly(expected);
    assertThat(source.require("negated", 2, 2).toFloats()).containsExactly(expected);
    assertThat(source.require("negated64", 2, 2).toFloats()).containsExactly(expected);
    ByteBuffer part = source.require("negated", 2, 2).bytes(3, 6);
    assertThat(part.get(0)).isEqualTo((byte) 0xc0);
    assertThat(part.getFloat(1)).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"complex.pt, w", "conjugated.pt, c"})
  void complex_numbers_are_refused_where_they_are_used(String file, String name) {
    StoredTensor complex = PyTorchFile.open(resource(file)).require(name);

    assertThatThrownBy(complex::toFloats)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(file, "tensor " + name, "C64");
  }

  @Test
  void big_endian_files_are_refused() {
    refuses(resource("big-endian.pt"), "byteorder 'big'", "'little'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip.pt", "legacy.pt", "compressed.pt"})
  void a_file_cut_anywhere_is_refused(String file) throws IOException {
    byte[] whole = Files.readAllBytes(resource(file));
    Path cut = folder.resolve("cut.pt");
    for (int length = 0; length < whole.length; length += 13) {
      Files.write(cut, Arrays.copyOf(whole, length));
      refuses(cut, "fetch the file again");
    }
  }

  @Test
  void a_legacy_storage_that_is_cut_is_named() throws IOException {
    byte[] whole = Files.readAllBytes(resource("legacy.pt"));
    Path cut = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(whole, whole.length - 1));

    refuses(cut, "bytes left for storage", "expected");
  }

  @Test
  void a_storage_of_another_size_than_its_tensors_need_is_named() throws IOException {
    byte[] bytes = Files.readAllBytes(resource("nested.pt"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int count = text.indexOf('K', text.indexOf("cpu")) + 1;
    assertThat(bytes[count]).isEqualTo((byte) 2);
    bytes[count] = 3;

    refuses(
        Files.write(folder.resolve("short.pt"), bytes),
        "entry nested/data/0 has 8 bytes, but its tensors need 12");
  }

  @Test
  void something_else_is_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("page.pt"), "<html>not found</html>");

    refuses(file, "neither a ZIP file nor a legacy PyTorch stream");
  }

  @Test
  void tensors_of_a_legacy_file_lie_in_the_mapped_file() throws IOException {
    Path file = Files.copy(resource("legacy.pt"), folder.resolve("copy.pt"));
    StoredTensor matrix = PyTorchFile.open(file).require("matrix");

    byte[] bytes = Files.readAllBytes(file);
    byte[] values = new byte[Math.toIntExact(matrix.byteSize())];
    matrix.bytes(0, values.length).get(values);

    assertThat(bytes).containsSequence(values);
  }
}
