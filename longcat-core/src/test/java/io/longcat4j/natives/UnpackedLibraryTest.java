package io.longcat4j.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedLibraryTest {
  @Test
  void another_library_of_the_same_name_size_and_time_replaces_what_was_unpacked(@TempDir Path dir)
      throws IOException {
    String name = UUID.randomUUID() + ".jar";
    URL before = jar(dir.resolve("before"), name, "what it was");
    URL after = jar(dir.resolve("after"), name, "what it is.");
    Path unpacked = UnpackedLibrary.refresh(before).toPath();
    assertThat(unpacked).hasContent("what it was");
    assertThat(UnpackedLibrary.refresh(after).toPath()).isEqualTo(unpacked);
    assertThat(unpacked).hasContent("what it is.");
    Files.delete(unpacked);
  }

  private static URL jar(Path dir, String name, String content) throws IOException {
    Path jar = Files.createDirectories(dir).resolve(name);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      ZipEntry entry = new ZipEntry("some/library.so");
      entry.setLastModifiedTime(FileTime.fromMillis(1_767_225_600_000L));
      out.putNextEntry(entry);
      out.write(content.getBytes(StandardCharsets.UTF_8));
      out.closeEntry();
    }
    return URI.create("jar:" + jar.toUri() + "!/some/library.so").toURL();
  }
}
