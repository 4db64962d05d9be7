package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a process works and where its libraries come from. */
@Tag("once")
class PlacesTest {
  /** In the bytes of UTF-8, whatever the encoding of this JVM. */
  private static final String NON_ASCII = "$(printf 'j\\303\\266rg \\346\\274\\242')";

  @TempDir private Path folder;
  private ForkedJvm jvm;

  @BeforeEach
  void aNewJvm() {
    jvm = ForkedJvm.in(folder);
  }

  @Test
  void planted_libraries_of_the_right_size_and_time_are_replaced_by_all_that_start_at_once()
      throws Exception {
    Path cache = folder.resolve("cache");
    List<String> command = jvm.command(Everything.class, ForkedJvm.MEDIA, 0, cache);
    List<Path> libraries = new ArrayList<>();
    try (ForkedJvm.Running first = jvm.start(command, Map.of())) {
      List<String> lines = first.readTo(Everything.DONE);
      assertThat(lines).as(first.errorText()).containsAll(Everything.ANSWERS);
      Everything.unpacked(lines).stream().map(Path::of).forEach(libraries::add);
    }
    assertThat(libraries).hasSizeGreaterThan(10).allMatch(path -> path.startsWith(real(cache)));
    Map<Path, byte[]> right = new LinkedHashMap<>();
    for (Path library : libraries) {
      right.put(library, Files.readAllBytes(library));
      plant(library);
    }
    List<ForkedJvm.Running> together = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      together.add(jvm.start(command, Map.of()));
    }
    for (ForkedJvm.Running one : together) {
      try (one) {
        assertThat(one.readTo(Everything.DONE)).as(one.errorText()).containsAll(Everything.ANSWERS);
      }
    }
    for (Map.Entry<Path, byte[]> entry : right.entrySet()) {
      assertThat(Files.readAllBytes(entry.getKey()).length).isEqualTo(entry.getValue().length);
      assertThat(Files.mismatch(entry.getKey(), copy(entry.getValue()))).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @CsvSource({"C, none", "C.UTF-8, relative"})
  void names_that_are_not_ascii_are_no_matter(String locale, String cache) throws Exception {
    try (ForkedJvm.Running program = startInSuchAPlace(locale, cache)) {
      List<String> lines = program.readTo(Everything.DONE);
      assertThat(lines).as(program.errorText()).containsAll(Everything.ANSWERS);
      assertThat(lines)
          .as("by native code where the build has it\n" + program.errorText())
          .noneMatch(line -> line.startsWith("language model: reference") && hasKernels());
      assertThat(program.status()).isZero();
    }
    assertThat(garbledNames()).isEmpty();
  }

  @Test
  void a_relative_cache_that_java_cannot_find_is_refused_and_made_nowhere_else() throws Exception {
    try (ForkedJvm.Running program = startInSuchAPlace("C", "relative")) {
      assertThat(program.readTo(Everything.DONE)).isEmpty();
      assertThat(program.status()).isEqualTo(1);
      assertThat(program.errorText()).contains("CheckpointException").contains("LC_ALL=C.UTF-8");
    }
    assertThat(garbledNames()).isEmpty();
  }

  /** In a directory and with a home whose names the locale's encoding may not know. */
  private ForkedJvm.Running startInSuchAPlace(String locale, String cache) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no shell to make such a directory");
    List<Object> arguments = new ArrayList<>(List.of(ForkedJvm.MEDIA, 0));
    if (!cache.equals("none")) {
      arguments.add(cache.equals("relative") ? "cache" : folder.resolve("cache"));
    }
    List<String> command = jvm.command(Everything.class, arguments.toArray());
    command.removeIf(argument -> argument.startsWith("-Duser.home="));
    String place = "\"" + folder + "/" + NON_ASCII;
    String script =
        "mkdir -p %s/home\" && cd %s\" && exec \"$1\" -Duser.home=%s/home\" \"${@:2}\""
            .formatted(place, place, place);
    List<String> shell = new ArrayList<>(List.of("/bin/bash", "-c", script, "bash"));
    shell.addAll(command);
    return jvm.start(shell, Map.of("LC_ALL", locale));
  }

  private List<String> garbledNames() throws IOException {
    try (Stream<Path> beside = Files.list(folder)) {
      return beside
          .map(path -> path.getFileName().toString())
          .filter(name -> name.contains("?"))
          .toList();
    }
  }

  private static boolean hasKernels() {
    return PlacesTest.class
            .getClassLoader()
            .getResource("io/longcat4j/compute/cpu/linux-x86_64/libjnilongcat_cpu.so")
        != null;
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  private static void plant(Path library) throws IOException {
    FileTime time = Files.getLastModifiedTime(library, LinkOption.NOFOLLOW_LINKS);
    int size = (int) Files.size(library);
    Files.delete(library);
    Files.write(library, new byte[size]);
    Files.setLastModifiedTime(library, time);
  }

  private Path copy(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("right"), bytes);
  }
}
