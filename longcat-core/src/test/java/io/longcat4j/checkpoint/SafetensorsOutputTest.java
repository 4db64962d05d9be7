package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.SafetensorsOutput.Declaration;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsOutputTest {
  private static final Declaration FIRST = new Declaration("a", DType.BF16, Shape.of(1, 2));
  private static final Declaration SECOND = new Declaration("b", DType.F8_E4M3, Shape.of(3));

  @TempDir Path folder;

  @Test
  void pieces_of_tensors_in_any_order_come_back_as_those_tensors() {
    Path file = folder.resolve("x.safetensors");
    try (SafetensorsOutput output = SafetensorsOutput.create(file, List.of(FIRST, SECOND))) {
      output.append("b", ByteBuffer.wrap(new byte[] {0x38}));
      output.append("a", ByteBuffer.wrap(new byte[] {(byte) 0x80, 0x3f, 0x00}));
      output.append("b", ByteBuffer.wrap(new byte[] {0x40, (byte) 0xb8}));
      output.append("a", ByteBuffer.wrap(new byte[] {(byte) 0xc0}));
    }
    TensorSource source = SafetensorsFile.open(file);
    assertThat(source.names()).containsExactly("a", "b");
    assertThat(source.require("a", 1, 2).toFloats()).containsExactly(1f, -2f);
    assertThat(source.require("b", 3).toFloats()).containsExactly(1f, 2f, -1f);
  }

  @Test
  void data_begin_at_a_cache_line_whatever_the_names() throws Exception {
    for (int length = 1; length <= 70; length++) {
      Path file = folder.resolve("aligned-" + length);
      Declaration tensor = new Declaration("x".repeat(length), DType.F8_E4M3, Shape.of(3));
      try (SafetensorsOutput output = SafetensorsOutput.create(file, List.of(tensor))) {
        output.append(tensor.name(), ByteBuffer.allocate(3));
      }
      assertThat((Files.size(file) - 3) % 64).isZero();
      assertThat(SafetensorsFile.open(file).names()).containsExactly(tensor.name());
    }
  }

  @Test
  void what_was_not_written_is_left_as_zeros_and_what_was_stays() {
    Path file = folder.resolve("holes");
    Declaration large = new Declaration("large", DType.F8_E4M3, Shape.of(1000, 5_000_000));
    List<Declaration> tensors = List.of(FIRST, large, SECOND);
    try (SafetensorsOutput output = SafetensorsOutput.create(file, tensors)) {
      output.append("b", ByteBuffer.wrap(new byte[] {0x38, 0x38, 0x38}));
      output.leaveHoles();
    }
    TensorSource source = SafetensorsFile.open(file);
    assertThat(source.require("a").toFloats()).containsExactly(0f, 0f);
    assertThat(source.require("b").toFloats()).containsExactly(1f, 1f, 1f);
    try (SafetensorsOutput output = SafetensorsOutput.create(file, tensors)) {
      output.leaveHoles();
    }
    assertThat(SafetensorsFile.open(file).require("b").toFloats()).containsExactly(0f, 0f, 0f);
  }

  @Test
  void missing_bytes_are_told_when_the_file_ends() {
    SafetensorsOutput output =
        SafetensorsOutput.create(folder.resolve("x"), List.of(FIRST, SECOND));
    output.append("a", ByteBuffer.allocate(4));
    output.append("b", ByteBuffer.allocate(1));
    assertThatThrownBy(output::close)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("2 bytes were not written");
  }

  @Test
  void bytes_that_nobody_declared_are_refused() throws Exception {
    SafetensorsOutput output = SafetensorsOutput.create(folder.resolve("x"), List.of(SECOND));
    assertThatThrownBy(() -> output.append("b", ByteBuffer.allocate(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 bytes of b, but 3 are due");
    assertThatThrownBy(() -> output.append("c", ByteBuffer.allocate(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tensor c");
    output.append("b", ByteBuffer.allocate(3));
    output.close();
  }

  @Test
  void a_file_that_is_replaced_keeps_its_bytes_under_its_other_names() throws Exception {
    Path file = Files.writeString(folder.resolve("x"), "old");
    Path link = Files.createLink(folder.resolve("link"), file);
    try (SafetensorsOutput output = SafetensorsOutput.create(file, List.of(SECOND))) {
      output.append("b", ByteBuffer.allocate(3));
    }
    assertThat(link).hasContent("old");
    assertThat(SafetensorsFile.open(file).names()).containsExactly("b");
  }

  @Test
  void a_folder_that_is_not_there_is_named() {
    Path file = folder.resolve("nowhere").resolve("x");
    assertThatThrownBy(() -> SafetensorsOutput.create(file, List.of(FIRST)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("nowhere");
  }
}
