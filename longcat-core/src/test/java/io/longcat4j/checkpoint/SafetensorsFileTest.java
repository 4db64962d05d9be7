package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafetensorsFileTest {
  private static final long[] TWO = {2};

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("model.safetensors");
  }

  private void refuses(byte[] bytes, String... parts) {
    SafetensorsBytes.write(file(), bytes);
    assertThatThrownBy(() -> SafetensorsFile.open(file()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContainingAll(parts);
  }

  private void refusesEntry(String json, int dataBytes, String... parts) {
    refuses(new SafetensorsBytes().entry(json).data(dataBytes).bytes(), parts);
  }

  private static String entry(String dtype, String shape, String offsets) {
    return String.format(
        "\"w\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}", dtype, shape, offsets);
  }

  @Test
  void tensors_keep_header_order_shape_and_values() {
    new SafetensorsBytes()
        .entry("\"__metadata__\":{\"format\":\"pt\"}")
        .floats("b", new long[] {2, 1}, 1, -2)
        .floats("a", new long[] {}, 3)
        .floats("none", new long[] {0, 7})
        .write(file());

    TensorSource source = SafetensorsFile.open(file());

    assertThat(source.names()).containsExactly("b", "a", "none");
    assertThat(source.require("b", 2, 1).toFloats()).containsExactly(1, -2);
    assertThat(source.require("a").toFloats()).containsExactly(3);
    assertThat(source.require("none", 0, 7).toFloats()).isEmpty();
    assertThat(source.find("c")).isEmpty();
  }

  @Test
  void an_empty_header_holds_no_tensors() {
    SafetensorsBytes.write(file(), SafetensorsBytes.file("{}   ", new byte[0]));

    assertThat(SafetensorsFile.open(file()).names()).isEmpty();
  }

  @Test
  void a_missing_tensor_is_named_with_its_file() {
    new SafetensorsBytes().floats("w", TWO, 1, 2).write(file());

    assertThatThrownBy(() -> SafetensorsFile.open(file()).require("model.norm.weight"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(file().toString(), "model.norm.weight", "is missing");
  }

  @Test
  void a_tensor_of_another_shape_is_named_with_both_shapes() {
    new SafetensorsBytes().floats("w", TWO, 1, 2).write(file());

    assertThatThrownBy(() -> SafetensorsFile.open(file()).require("w", 3))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(file().toString(), "tensor w", "[2]", "[3]");
  }

  @Test
  void a_missing_file_is_named() {
    assertThatThrownBy(() -> SafetensorsFile.open(file()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(file().toString(), "does not exist");
  }

  @Test
  void a_directory_is_no_file() {
    assertThatThrownBy(() -> SafetensorsFile.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is not a regular file");
  }

  @Test
  void a_file_of_a_few_bytes_has_no_header() {
    refuses(new byte[5], "has 5 bytes", "too few");
  }

  @Test
  void a_header_longer_than_the_file_is_refused() {
    ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    refuses(bytes.putLong(0, 13).array(), "claims 13 bytes", "the file has 20");
  }

  @Test
  void a_header_length_beyond_63_bits_is_refused() {
    ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    refuses(bytes.putLong(0, -1).array(), "claims 18446744073709551615 bytes");
  }

  @Test
  void a_truncated_file_names_the_tensor_that_is_cut() {
    byte[] whole = new SafetensorsBytes().floats("w", TWO, 1, 2).bytes();
    refuses(
        Arrays.copyOf(whole, whole.length - 3),
        "tensor w ends at byte 8",
        "holds only 5",
        "truncated");
  }

  @Test
  void bytes_behind_the_last_tensor_are_refused() {
    byte[] whole = new SafetensorsBytes().floats("w", TWO, 1, 2).bytes();
    refuses(Arrays.copyOf(whole, whole.length + 3), "3 bytes at its end belong to no tensor");
  }

  @Test
  void an_unknown_dtype_is_named() {
    refusesEntry(entry("F4_E2M1", "[2]", "[0,2]"), 2, "tensor w", "unknown dtype F4_E2M1");
  }

  @Test
  void offsets_that_do_not_fit_shape_and_dtype_are_refused() {
    refusesEntry(entry("F32", "[2]", "[0,6]"), 6, "tensor w", "span 6 bytes", "F32", "needs 8");
  }

  @Test
  void overlapping_tensors_are_refused() {
    refuses(
        new SafetensorsBytes()
            .entry("\"v\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}")
            .entry("\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}")
            .data(6)
            .bytes(),
        "tensor w start at 2, inside tensor v, which ends at 4");
  }

  @Test
  void a_gap_between_tensors_is_refused() {
    refusesEntry(entry("U8", "[4]", "[2,6]"), 6, "tensor w start at 2, leaving a gap after");
  }

  @Test
  void offsets_in_the_wrong_order_are_refused() {
    refusesEntry(entry("U8", "[4]", "[4,0]"), 4, "tensor w: data_offsets are [4, 0]");
  }

  @Test
  void negative_offsets_are_refused() {
    refusesEntry(entry("U8", "[4]", "[-4,0]"), 4, "tensor w: data_offsets has the negative entry");
  }

  @Test
  void three_offsets_are_refused() {
    refusesEntry(entry("U8", "[4]", "[0,2,4]"), 4, "data_offsets are [0, 2, 4]");
  }

  @Test
  void a_shape_beyond_64_bits_is_refused() {
    refusesEntry(
        entry("U8", "[4294967296,4294967296,0]", "[0,0]"), 0, "tensor w has shape", "64 bits");
  }

  @Test
  void an_integer_beyond_64_bits_is_refused() {
    refusesEntry(entry("U8", "[99999999999999999999]", "[0,0]"), 0, "not valid JSON");
  }

  @Test
  void a_repeated_tensor_is_refused() {
    String twice = entry("U8", "[0]", "[0,0]");
    refuses(new SafetensorsBytes().entry(twice).entry(twice).bytes(), "Duplicate", "w");
  }

  @Test
  void invalid_json_is_refused() {
    refuses(SafetensorsBytes.file("{\"w\":", new byte[0]), "not valid JSON");
    refuses(SafetensorsBytes.file("[]", new byte[0]), "the header is no JSON object");
    refuses(SafetensorsBytes.file("{} {}", new byte[0]), "text follows");
  }

  @Test
  void missing_and_unknown_keys_are_named() {
    refusesEntry("\"w\":{\"dtype\":\"U8\",\"shape\":[0]}", 0, "tensor w has no data_offsets");
    refusesEntry("\"w\":{\"shape\":[0],\"data_offsets\":[0,0]}", 0, "tensor w has no dtype");
    refusesEntry("\"w\":{\"stride\":[0]}", 0, "tensor w has the unknown key stride");
    refusesEntry("\"w\":7", 0, "tensor w is no JSON object");
  }

  @Test
  void every_dtype_is_read_by_its_name() {
    SafetensorsBytes bytes = new SafetensorsBytes();
    for (DType dtype : DType.values()) {
      bytes.tensor(dtype.name(), dtype, TWO, new byte[(int) dtype.bytes(2)]);
    }
    TensorSource source = SafetensorsFile.open(bytes.write(file()));

    for (DType dtype : DType.values()) {
      assertThat(source.require(dtype.name(), 2).dtype()).isEqualTo(dtype);
    }
  }
}
