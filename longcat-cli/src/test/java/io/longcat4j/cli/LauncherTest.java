package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code longcat} over a tree with a small program in the place of the large one. */
@Tag("once")
class LauncherTest {
  private static final Path ROOT = Path.of(System.getProperty("longcat.repository.root"));
  private static final String PROGRAM =
      """
      package io.longcat4j.cli;

      public class Main {
        public static void main(String[] arguments) {
          System.out.println(String.join("|", arguments) + " from " + System.getProperty("longcat.home"));
          if (arguments[0].equals("generate") || arguments[0].equals("serve")) {
            System.out.println(
                java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments());
          }
        }
      }
      """;

  @TempDir Path folder;
  private Path tree;
  private Path jar;

  @BeforeEach
  void aBuiltTree() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a shell");
    tree = Files.createDirectories(folder.resolve("tree")).toRealPath();
    jar = tree.resolve("longcat-cli/target/longcat.jar");
    Files.createDirectories(jar.getParent());
    Files.copy(ROOT.resolve("longcat"), tree.resolve("longcat"));
    for (String pom : List.of("pom.xml", "longcat-cli/pom.xml", "benchmarks/pom.xml")) {
      Path file = tree.resolve(pom);
      Files.createDirectories(file.getParent());
      Files.setLastModifiedTime(Files.createFile(file), FileTime.from(Instant.EPOCH));
    }
    pack();
  }

  @Test
  void theFirstCommandKeepsClassesAndTheNextStartsFromThem() throws Exception {
    assertThat(run("say", "two words").out())
        .isEqualTo("say|two words from " + tree + System.lineSeparator());

    assertThat(archives()).hasSize(1).allSatisfy(file -> assertThat(file).isNotEmptyFile());
    assertThat(run("again").classes()).containsPattern("cli\\.Main source: shared objects file");
  }

  @Test
  void classesAreKeptOnce() throws Exception {
    run("first");
    FileTime made = Files.getLastModifiedTime(archives().get(0));

    run("second");

    assertThat(Files.getLastModifiedTime(archives().get(0))).isEqualTo(made);
  }

  @Test
  void anotherBuildHasItsOwnClasses() throws Exception {
    run("first");
    Path archive = archives().get(0);
    Files.setLastModifiedTime(archive, FileTime.from(Instant.EPOCH));
    pack();

    Run next = run("second");

    assertThat(next.out()).startsWith("second from");
    assertThat(Files.getLastModifiedTime(archive).toInstant()).isAfter(Instant.EPOCH);
    assertThat(run("third").classes()).containsPattern("cli\\.Main source: shared objects file");
  }

  @Test
  void anArchiveThatIsNoneIsPassedOverWithoutAWord() throws Exception {
    run("first");
    Path archive = archives().get(0);
    Files.delete(archive);
    Files.writeString(archive, "no archive");

    Run next = run("second");

    assertThat(next.out()).startsWith("second from");
    assertThat(next.errors()).isEmpty();
    assertThat(next.classes()).containsPattern("cli\\.Main source: file:");
  }

  @Test
  void aLockThatAnotherProcessHoldsDelaysNobody() throws Exception {
    run("first");
    Path archive = archives().get(0);
    Files.delete(archive);
    Files.createDirectory(archive.resolveSibling(archive.getFileName() + ".lock"));

    Run next = run("second");

    assertThat(next.out()).startsWith("second from");
    assertThat(next.errors()).isEmpty();
    assertThat(archives()).isEmpty();
  }

  @Test
  void commandsThatAreOverSoonDoWithoutTheSecondCompiler() throws Exception {
    assertThat(run("generate").out()).contains("-XX:TieredStopAtLevel=1");
    assertThat(run("serve").out()).contains("-Dlongcat.home").doesNotContain("TieredStopAtLevel");
  }

  private record Run(String out, String errors, String classes) {}

  /** Where classes come from is written to a file by the JVM itself. */
  private Run run(String... arguments) throws Exception {
    Path classes = folder.resolve("classes.txt");
    Path errors = folder.resolve("errors.txt");
    List<String> command = new ArrayList<>(List.of(tree.resolve("longcat").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + classes);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return new Run(
        out,
        Files.readString(errors).replaceAll("NOTE: Picked up JDK_JAVA_OPTIONS: .*\\R", ""),
        Files.readString(classes));
  }

  private List<Path> archives() throws Exception {
    try (Stream<Path> files = Files.list(jar.getParent())) {
      return files.filter(file -> file.toString().endsWith(".jsa")).toList();
    }
  }

  private void pack() throws Exception {
    Path source = Files.writeString(folder.resolve("Main.java"), PROGRAM);
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", folder.toString(), source.toString());
    assertThat(failed).isZero();
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "io.longcat4j.cli.Main");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.putNextEntry(new JarEntry("io/longcat4j/cli/Main.class"));
      out.write(Files.readAllBytes(folder.resolve("io/longcat4j/cli/Main.class")));
    }
  }
}
