package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.longcat4j.testing.TestData;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as a user gets it. */
class RunnableJarIT {
  private static final Path JAR = Path.of(System.getProperty("longcat.jar", "target/longcat.jar"));

  @TempDir Path folder;

  @Test
  void it_tells_its_version() throws Exception {
    assertThat(run("--version")).startsWith("longcat 0.").contains("Java ");
  }

  @Test
  void it_finds_every_room_and_every_native_library() throws Exception {
    String table =
        run("verify", TestData.bf16().toString(), TestData.golden(TestData.bf16()).toString());
    assertThat(table)
        .containsPattern("vision\\.photo_533x377\\.embeddings .* ok")
        .containsPattern("codec\\.waveform .* ok")
        .doesNotContain("Warning");
  }

  @Test
  void it_finds_the_samples_from_where_it_lies() throws Exception {
    Path unreadable = Files.writeString(folder.resolve("cases.json"), "[]");
    assertThat(run("demo", unreadable.toString()))
        .contains("expected an object of named conversations");
    assertThat(run("demo", "--max-new-tokens", "0")).contains("maxNewTokens is 0");
  }

  @Test
  void services_are_merged_and_signatures_left_out() throws Exception {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> names = Collections.list(jar.entries()).stream().map(e -> e.getName()).toList();
      assertThat(names)
          .contains(
              "META-INF/services/io.longcat4j.modality.VisionProvider",
              "META-INF/services/io.longcat4j.modality.AudioProvider",
              "META-INF/services/io.longcat4j.spi.ModelProvider")
          .noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|RSA|DSA)"));
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Main-Class")).isEqualTo("io.longcat4j.cli.Main");
      assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
    }
  }

  @Test
  void results_that_a_full_disk_loses_are_an_error() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "needs a device that is always full");
    for (List<String> arguments :
        List.of(
            List.of("plan", "--model", TestData.bf16().toString()),
            List.of("describe", "--model", TestData.bf16().toString()),
            List.of("generate", "--model", TestData.bf16().toString(), "Hello"),
            List.of("--help"))) {
      Process process =
          new ProcessBuilder(command(arguments)).redirectOutput(full.toFile()).start();
      String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(errors).isEqualTo(2);
      assertThat(errors).contains("standard output cannot be written");
    }
  }

  @Test
  void a_reader_who_leaves_ends_it_quietly() throws Exception {
    Process process = new ProcessBuilder(command(List.of("--help"))).start();
    process.getInputStream().close();
    assertThat(process.getErrorStream().readAllBytes()).isEmpty();
    assertThat(process.waitFor()).isEqualTo(141);
  }

  @Test
  void a_file_name_beyond_ascii_in_a_process_of_ascii_is_refused_with_the_remedy()
      throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String command =
        "exec \"$0\" -jar \"$1\" generate --image \"$(printf 'b\\303\\244r.png')\" What?";
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", command, java, JAR.toString());
    builder.environment().put("LC_ALL", "C");

    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(output)
        .contains("cannot be a file name", "LC_ALL=C.UTF-8")
        .doesNotContain("java.nio");
    assertThat(process.waitFor()).isEqualTo(2);
  }

  private static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(arguments);
    return command;
  }

  private static String run(String... arguments) throws Exception {
    Process process =
        new ProcessBuilder(command(List.of(arguments))).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
