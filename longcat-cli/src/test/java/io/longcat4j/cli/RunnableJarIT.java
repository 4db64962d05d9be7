package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
              "META-INF/services/io.longcat4j.spi.ModelProvider",
              "META-INF/services/javax.imageio.spi.ImageReaderSpi")
          .noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|RSA|DSA)"));
      String readers =
          new String(
              jar.getInputStream(jar.getEntry("META-INF/services/javax.imageio.spi.ImageReaderSpi"))
                  .readAllBytes(),
              StandardCharsets.UTF_8);
      assertThat(readers).contains("WebPImageReaderSpi");
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Main-Class")).isEqualTo("io.longcat4j.cli.Main");
      assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
    }
  }

  private static String run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
