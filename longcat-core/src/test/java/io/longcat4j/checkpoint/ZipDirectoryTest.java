package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ZipDirectoryTest {
  private static final long FIVE_GIB = 5L << 30;

  @TempDir Path folder;

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** One stored entry "big" of five GiB whose local header lies at five GiB, in a sparse file. */
  private Path sparseZip64() throws IOException {
    Path file = folder.resolve("big.zip");
    byte[] name = "big".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer local = little(30 + name.length + 7).putInt(0, 0x04034b50);
    local.putShort(26, (short) name.length).putShort(28, (short) 7);
    long directoryAt = FIVE_GIB + local.capacity() + FIVE_GIB;
    ByteBuffer central = little(46 + name.length + 28).putInt(0, 0x02014b50);
    central.putInt(20, -1).putInt(24, -1).putInt(42, -1);
    central.putShort(28, (short) name.length).putShort(30, (short) 28).put(46, name);
    central.putShort(49, (short) 1).putShort(51, (short) 24);
    central.putLong(53, FIVE_GIB).putLong(61, FIVE_GIB).putLong(69, FIVE_GIB);
    ByteBuffer end = little(56 + 20 + 22).putInt(0, 0x06064b50);
    end.putLong(40, central.capacity()).putLong(48, directoryAt);
    end.putInt(56, 0x07064b50).putLong(64, directoryAt + central.capacity());
    end.putInt(76, 0x06054b50).putInt(88, -1).putInt(92, -1);
    try (RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
      write(writer, FIVE_GIB, local);
      write(writer, directoryAt, central);
      write(writer, directoryAt + central.capacity(), end);
    }
    return file;
  }

  private static void write(RandomAccessFile file, long at, ByteBuffer bytes) throws IOException {
    file.getChannel().write(bytes, at);
  }

  private Path zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(name.getBytes(StandardCharsets.UTF_8));
      }
    }
    return Files.write(folder.resolve("small.zip"), bytes.toByteArray());
  }

  private static void refuses(Path file, String message) {
    assertThatThrownBy(() -> PyTorchFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(file.toString(), message);
  }

  @Test
  void entries_beyond_4_gib_are_found() throws IOException {
    MappedFile zip = MappedFile.open(sparseZip64());

    ZipDirectory.Entry entry = ZipDirectory.read("big.zip", zip).get("big");

    assertThat(entry.bytes()).isEqualTo(FIVE_GIB);
    assertThat(ZipDirectory.dataOffset("big.zip", zip, entry)).isEqualTo(FIVE_GIB + 30 + 3 + 7);
  }

  @Test
  void names_and_lengths_are_read() throws IOException {
    Map<String, ZipDirectory.Entry> entries =
        ZipDirectory.read("small.zip", MappedFile.open(zip("a/b", "\u00e4")));

    assertThat(entries).containsOnlyKeys("a/b", "\u00e4");
    assertThat(entries.get("a/b").bytes()).isEqualTo(3);
    assertThat(entries.get("a/b").method()).isEqualTo(ZipDirectory.Entry.DEFLATED);
  }

  @Test
  void a_zip_file_of_something_else_is_refused() throws IOException {
    refuses(zip("README"), "holds 0 times data.pkl");
    refuses(zip("data.pkl"), "holds 0 times data.pkl");
    refuses(zip("a/data.pkl", "b/data.pkl"), "holds 2 times data.pkl");
    refuses(zip("a/b/data.pkl"), "holds 0 times data.pkl");
  }

  @Test
  void an_entry_named_twice_is_refused() throws IOException {
    byte[] bytes = Files.readAllBytes(zip("a/data.pkl", "b/data.pkl"));
    for (int i = 0; i < bytes.length - 1; i++) {
      if (bytes[i] == 'b' && bytes[i + 1] == '/') {
        bytes[i] = 'a';
      }
    }
    refuses(Files.write(folder.resolve("twice.zip"), bytes), "a/data.pkl occurs twice");
  }

  @Test
  void an_encrypted_entry_is_refused() throws IOException {
    byte[] bytes = Files.readAllBytes(zip("a/data.pkl"));
    bytes[centralDirectory(bytes) + 8] |= 1;

    refuses(Files.write(folder.resolve("secret.zip"), bytes), "a/data.pkl is encrypted");
  }

  @Test
  void an_unknown_compression_is_refused() throws IOException {
    byte[] bytes = Files.readAllBytes(zip("a/data.pkl"));
    bytes[centralDirectory(bytes) + 10] = 12;

    refuses(Files.write(folder.resolve("bzip2.zip"), bytes), "unknown method 12");
  }

  @Test
  void an_entry_that_claims_to_inflate_without_end_is_refused() throws IOException {
    byte[] bytes = Files.readAllBytes(zip("a/data.pkl"));
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(centralDirectory(bytes) + 24, 50_000_000);

    refuses(Files.write(folder.resolve("bomb.zip"), bytes), "has 50000000 bytes");
  }

  private static int centralDirectory(byte[] zip) {
    return ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).getInt(zip.length - 6);
  }
}
