package io.longcat4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateDirectoryTest {
  private static final int STRANGER = 54_321;

  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void modesAreKnown() throws IOException {
    folder = temporary.toRealPath();
    assumeTrue(
        folder.getFileSystem().supportedFileAttributeViews().contains("unix"), "no POSIX here");
  }

  @Test
  void what_is_made_is_the_users_alone() throws IOException {
    Path path = PrivateDirectory.at(folder.resolve("a/b")).path();
    assertThat(path).isEqualTo(folder.resolve("a/b"));
    assertThat(mode(path)).isEqualTo("rwx------");
    assertThat(mode(path.getParent())).isEqualTo("rwx------");
    assertThat(list(path)).isEmpty();
  }

  @Test
  void what_the_user_has_and_others_only_read_will_do() throws IOException {
    Path path = Files.createDirectory(folder.resolve("cache"));
    mode(path, "rwxr-xr-x");
    assertThat(PrivateDirectory.at(path).path()).isEqualTo(path);
  }

  @Test
  void bytes_that_were_written_are_read_while_nobody_else_could_change_them() throws IOException {
    PrivateDirectory directory = PrivateDirectory.at(folder.resolve("cache"));
    Path file = directory.path().resolve("made/program");
    assertThat(directory.read(file)).isEmpty();
    directory.write(file, new byte[] {1, 2});
    directory.write(file, new byte[] {3});
    assertThat(directory.read(file)).hasValue(new byte[] {3});
    assertThat(mode(file.getParent())).isEqualTo("rwx------");
    assertThat(list(file.getParent())).hasSize(1);
    mode(file, "rw-rw-rw-");
    assertThat(directory.read(file)).isEmpty();
    assertThatThrownBy(() -> directory.write(folder.resolve("cache/../other"), new byte[1]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not in");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxrwx", "rwx----w-", "rwxr-xrwx"})
  void a_directory_that_others_may_write_is_refused(String mode) throws IOException {
    Path path = Files.createDirectory(folder.resolve("cache"));
    mode(path, mode);
    assertThatThrownBy(() -> PrivateDirectory.at(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(mode);
    assertThat(list(path)).isEmpty();
  }

  @Test
  void a_directory_in_one_that_others_may_write_could_be_swapped_and_is_refused()
      throws IOException {
    Path path = Files.createDirectory(folder.resolve("cache"));
    mode(path, "rwxrwxrwx");
    assertThatThrownBy(() -> PrivateDirectory.at(path.resolve("natives")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path + " can be written by other users");
  }

  @Test
  void in_one_where_each_has_his_own_it_will_do() throws IOException {
    Path path = Files.createDirectory(folder.resolve("tmp"));
    Files.setAttribute(path, "unix:mode", 01777);
    assertThat(PrivateDirectory.at(path.resolve("natives")).path())
        .isEqualTo(path.resolve("natives"));
    assertThatThrownBy(() -> PrivateDirectory.at(path)).isInstanceOf(IOException.class);
  }

  @Test
  void a_link_is_refused() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    assertThatThrownBy(() -> PrivateDirectory.at(link))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(link + " is a link");
  }

  @Test
  void a_directory_of_another_user_is_refused() throws IOException {
    Path path = Files.createDirectory(folder.resolve("planted"));
    giveAway(path);
    assertThatThrownBy(() -> PrivateDirectory.at(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("belongs to another user")
        .hasMessageContaining("" + STRANGER);
    assertThatThrownBy(() -> PrivateDirectory.at(path.resolve("natives")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void temporary_ones_differ_and_are_the_users_alone() throws IOException {
    Path one = PrivateDirectory.temporary().path();
    assertThat(mode(one)).isEqualTo("rwx------");
    assertThat(PrivateDirectory.temporary().path()).isNotEqualTo(one);
  }

  @Test
  void another_file_of_the_same_size_and_time_is_replaced_and_keeps_its_time() throws IOException {
    PrivateDirectory directory = PrivateDirectory.at(folder.resolve("cache"));
    Path file = directory.path().resolve("some/library.so");
    directory.place(jar("before.jar", "what it was"), file);
    FileTime time = FileTime.fromMillis(1_767_225_600_000L);
    Files.setLastModifiedTime(file, time);
    Object inode = Files.getAttribute(file, "unix:ino");
    directory.place(jar("same.jar", "what it was"), file);
    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
    assertThat(directory.place(jar("after.jar", "what it is."), file)).hasContent("what it is.");
    assertThat(Files.getAttribute(file, "unix:ino")).isNotEqualTo(inode);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
    assertThat(list(file.getParent())).containsExactly(file);
  }

  @Test
  void a_file_that_lies_in_no_jar_is_compared_too() throws IOException {
    PrivateDirectory directory = PrivateDirectory.at(folder.resolve("cache"));
    Path packed = Files.writeString(folder.resolve("packed"), "what it is.");
    Path file = Files.writeString(directory.path().resolve("library.so"), "what it was");
    directory.place(packed.toUri().toURL(), file);
    assertThat(file).hasContent("what it is.");
  }

  @Test
  void what_others_could_change_is_replaced_even_if_it_is_right() throws IOException {
    PrivateDirectory directory = PrivateDirectory.at(folder.resolve("cache"));
    URL packed = jar("library.jar", "what it is.");
    Path file = directory.place(packed, directory.path().resolve("library.so"));
    mode(file, "rw-rw-rw-");
    assertThat(mode(directory.place(packed, file))).isEqualTo("rw-------");
    Path target = Files.writeString(folder.resolve("elsewhere"), "what it is.");
    Files.delete(file);
    Files.createSymbolicLink(file, target);
    assertThat(Files.isSymbolicLink(directory.place(packed, file))).isFalse();
    giveAway(file);
    directory.place(packed, file);
    assertThat(Files.getAttribute(file, "unix:uid")).isNotEqualTo(STRANGER);
  }

  @Test
  void files_elsewhere_or_in_a_folder_that_others_may_write_are_refused() throws IOException {
    PrivateDirectory directory = PrivateDirectory.at(folder.resolve("cache"));
    URL packed = jar("library.jar", "what it is.");
    for (String name : List.of("../library.so", "../cache2/library.so")) {
      Path outside = directory.path().resolve(name);
      assertThatThrownBy(() -> directory.place(packed, outside))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is not in");
    }
    Path open = Files.createDirectory(directory.path().resolve("open"));
    mode(open, "rwxrwxrwx");
    assertThatThrownBy(() -> directory.place(packed, open.resolve("library.so")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can be written by other users");
  }

  @Test
  void many_at_once_never_see_a_part() throws Exception {
    PrivateDirectory directory = PrivateDirectory.at(folder.resolve("cache"));
    String content = "0123456789".repeat(100_000);
    URL packed = jar("library.jar", content);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 20; round++) {
        Path file = directory.path().resolve("round" + round).resolve("library.so");
        List<Future<String>> seen = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          seen.add(pool.submit(() -> Files.readString(directory.place(packed, file))));
        }
        for (Future<String> one : seen) {
          assertThat(one.get().equals(content)).isTrue();
        }
        assertThat(list(file.getParent())).containsExactly(file);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void versions_are_told_apart() throws IOException {
    assertThat(PrivateDirectory.fingerprint(jar("a.jar", "one")))
        .matches("[0-9a-f]+")
        .isEqualTo(PrivateDirectory.fingerprint(jar("b.jar", "one")))
        .isNotEqualTo(PrivateDirectory.fingerprint(jar("c.jar", "two")));
  }

  private static void giveAway(Path path) throws IOException {
    try {
      Files.setAttribute(path, "unix:uid", STRANGER);
    } catch (IOException e) {
      assumeTrue(false, "only root can give files away");
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static List<Path> list(Path path) throws IOException {
    try (Stream<Path> all = Files.list(path)) {
      return all.toList();
    }
  }

  private URL jar(String name, String content) throws IOException {
    Path jar = folder.resolve(name);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry("some/library.so"));
      out.write(content.getBytes(StandardCharsets.UTF_8));
      out.closeEntry();
    }
    return URI.create("jar:" + jar.toUri() + "!/some/library.so").toURL();
  }
}
