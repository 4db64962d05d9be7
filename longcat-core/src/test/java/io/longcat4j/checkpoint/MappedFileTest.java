package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MappedFileTest {
  private static final long GIB = 1L << 30;

  @TempDir Path folder;

  /** A sparse file of 4.5 GiB with the 64 bits of each mark written at its place. */
  private Path sparse(long... marks) throws IOException {
    Path file = folder.resolve("sparse");
    try (RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
      writer.setLength(4 * GIB + GIB / 2);
      for (long mark : marks) {
        writer.seek(mark);
        writer.writeLong(Long.reverseBytes(mark));
      }
    }
    return file;
  }

  @Test
  void every_place_of_a_file_beyond_4_gib_is_reached() throws IOException {
    long[] marks = {0, GIB - 4, GIB, 2 * GIB - 5, 2 * GIB - 1, 3 * GIB + 7, 4 * GIB, 4 * GIB + 99};
    for (long mark : marks) {
      MappedFile mapped = MappedFile.open(sparse(mark));

      assertThat(mapped.bytes()).isEqualTo(4 * GIB + GIB / 2);
      assertThat(mapped.slice(mark, 8).getLong(0)).as("at %d", mark).isEqualTo(mark);
    }
  }

  @Test
  void a_gibibyte_from_anywhere_is_one_slice() throws IOException {
    long end = 4 * GIB + GIB / 2;
    MappedFile mapped = MappedFile.open(sparse(2 * GIB - 9, end - 8));

    assertThat(mapped.slice(GIB - 1, Storage.MAX_SLICE).getLong((int) (GIB - 8)))
        .isEqualTo(2 * GIB - 9);
    assertThat(mapped.slice(end - GIB, Storage.MAX_SLICE).getLong((int) (GIB - 8)))
        .isEqualTo(end - 8);
  }

  @Test
  void a_tensor_beyond_4_gib_is_read() throws IOException {
    long mark = 4 * GIB + 16;
    MappedFile mapped = MappedFile.open(sparse(mark - 8, mark));
    StoredTensor tensor = new StoredTensor("w", "sparse", DType.I64, Shape.of(GIB / 2), mapped, 16);

    float[] last = new float[2];
    tensor.readFloats(GIB / 2 - 2, last);

    assertThat(last).containsExactly(0, (float) (mark - 8));
    StoredTensor behind = new StoredTensor("v", "sparse", DType.I64, Shape.of(1), mapped, mark);
    assertThat(behind.toFloats()).containsExactly((float) mark);
  }

  @Test
  void windows_begin_where_runs_do_so_that_the_file_is_mapped_once() throws IOException {
    long[] cuts = {100, GIB + 7, 2 * GIB + 9, 3 * GIB, 4 * GIB + 1};
    long end = 4 * GIB + GIB / 2;
    try (OpenFile file = OpenFile.of(sparse(GIB - 9, 3 * GIB - 8, end - 8))) {
      MappedFile mapped = file.map(cuts);

      assertThat(mapped.addressBytes()).isEqualTo(mapped.bytes());
      assertThat(mapped.slice(100, (int) GIB - 100).getLong((int) GIB - 109)).isEqualTo(GIB - 9);
      assertThat(mapped.slice(2 * GIB + 9, (int) GIB - 9).getLong((int) GIB - 17))
          .isEqualTo(3 * GIB - 8);
      assertThat(mapped.slice(end - 8, 8).getLong(0)).isEqualTo(end - 8);
      assertThat(mapped.slice(end, 0).hasRemaining()).isFalse();
    }
  }

  @Test
  void a_run_without_a_place_to_cut_is_in_windows_that_overlap() throws IOException {
    long end = 4 * GIB + GIB / 2;
    try (OpenFile file = OpenFile.of(sparse(3 * GIB - 9, end - 8))) {
      MappedFile mapped = file.map(64, end - 8);

      assertThat(mapped.slice(2 * GIB - 1, Storage.MAX_SLICE).getLong((int) (GIB - 8)))
          .isEqualTo(3 * GIB - 9);
      assertThat(mapped.slice(end - 8, 8).getLong(0)).isEqualTo(end - 8);
    }
  }

  @Test
  void slices_are_direct_read_only_and_little_endian() throws IOException {
    Path file = Files.write(folder.resolve("small"), new byte[] {1, 2, 3, 4, 5});

    ByteBuffer slice = MappedFile.open(file).slice(1, 4);

    assertThat(slice.isDirect()).isTrue();
    assertThat(slice.isReadOnly()).isTrue();
    assertThat(slice.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThat(slice.getInt()).isEqualTo(0x05040302);
    assertThat(slice.hasRemaining()).isFalse();
  }

  @Test
  void slices_outside_the_file_are_refused() throws IOException {
    MappedFile mapped = MappedFile.open(Files.write(folder.resolve("small"), new byte[5]));

    assertThatThrownBy(() -> mapped.slice(2, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> mapped.slice(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> mapped.slice(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(mapped.slice(5, 0).hasRemaining()).isFalse();
  }

  @Test
  void an_empty_file_has_no_bytes() throws IOException {
    MappedFile mapped = MappedFile.open(Files.write(folder.resolve("empty"), new byte[0]));

    assertThat(mapped.bytes()).isZero();
    assertThat(mapped.slice(0, 0).isDirect()).isTrue();
  }
}
