package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing leaves the machine, and nothing is written but where the user said. */
class PrivacyTest {
  private static final int SECONDS = Boolean.getBoolean("longcat.nightly") ? 60 : 10;

  private static final Pattern SENDING = Pattern.compile("\\b(connect|send(to|msg|mmsg)|bind)\\(");
  private static final Pattern WRITING =
      Pattern.compile(
          "\\b(open|openat|creat|mkdir|mkdirat|rename|renameat2?|link|linkat|symlink|symlinkat)\\("
              + ".*\"([^\"]*)\"([^\"]*)");

  @TempDir private Path folder;

  @Test
  void a_program_that_reads_looks_listens_and_speaks_connects_to_nothing_and_writes_to_its_cache()
      throws Exception {
    ForkedJvm jvm = ForkedJvm.in(folder);
    Path cache = folder.resolve("cache");
    Path trace = folder.resolve("trace");
    List<String> command = new ArrayList<>();
    boolean isTraced = canTrace();
    if (isTraced) {
      command.addAll(List.of("strace", "-f", "-qq", "-s", "4096"));
      command.addAll(List.of("-e", "trace=network,file", "-o", trace.toString()));
    }
    command.addAll(jvm.command(Everything.class, ForkedJvm.MEDIA, SECONDS, cache));
    try (ForkedJvm.Running program = jvm.start(command, Map.of())) {
      List<String> lines = program.readTo(Everything.DONE);
      assertThat(lines)
          .as(program.errorText())
          .containsAll(Everything.ANSWERS)
          .endsWith(Everything.DONE);
      assertThat(Everything.unpacked(lines))
          .hasSizeGreaterThan(10)
          .allMatch(library -> library.startsWith(cache + "/"));
      for (String library : List.of("onnxruntime", "avcodec", "jnilongcat")) {
        assertThat(Everything.unpacked(lines)).anyMatch(path -> path.contains(library));
      }
      assertThat(jvm.left()).as("while it lives").isEmpty();
      assertThat(program.status()).isZero();
    }
    assertThat(jvm.left()).as("after its end").isEmpty();
    assumeTrue(isTraced, "strace is missing or may not trace here: connections were not looked at");
    List<String> lines = Files.readAllLines(trace, StandardCharsets.ISO_8859_1);
    assertThat(lines).anyMatch(line -> line.contains("socket(AF_INET"));
    assertThat(lines.stream().filter(PrivacyTest::leavesTheMachine)).isEmpty();
    assertThat(lines.stream().filter(line -> writesOutside(line, cache))).isEmpty();
  }

  @Test
  void a_home_that_cannot_be_written_leaves_nothing_anywhere() throws Exception {
    ForkedJvm jvm = ForkedJvm.in(folder);
    Files.delete(jvm.home());
    Files.createFile(jvm.home());
    Path planted = jvm.temporary().resolve(".javacpp-" + System.getProperty("user.name"));
    Files.createDirectories(planted.resolve("cache"));
    try (ForkedJvm.Running program =
        jvm.start(jvm.command(Everything.class, ForkedJvm.MEDIA, 0), Map.of())) {
      List<String> lines = program.readTo(Everything.DONE);
      assertThat(lines).as(program.errorText()).containsAll(Everything.ANSWERS);
      assertThat(Everything.unpacked(lines))
          .hasSizeGreaterThan(10)
          .allMatch(library -> library.contains("/longcat4j-natives-"));
      assertThat(program.status()).isZero();
    }
    Files.delete(planted.resolve("cache"));
    Files.delete(planted);
    assertThat(jvm.left()).isEmpty();
  }

  private static boolean leavesTheMachine(String line) {
    return SENDING.matcher(line).find() && !line.contains("AF_UNIX") && !line.contains("resumed>");
  }

  /**
   * Making a directory that is there already, and what the system gives of itself, is no writing.
   */
  private static boolean writesOutside(String line, Path cache) {
    Matcher call = WRITING.matcher(line);
    if (!call.find() || line.contains(" = -1 ")) {
      return false;
    }
    boolean opening = call.group(1).startsWith("open");
    boolean forWriting = !opening || call.group(3).matches(".*O_(CREAT|WRONLY|RDWR|TMPFILE).*");
    String path = call.group(2);
    return forWriting
        && !path.startsWith(cache.toString())
        && !path.startsWith("/proc/")
        && !path.startsWith("/dev/")
        // An empty directory of ONNX Runtime's, which is gone before the first answer.
        && !(call.group(1).startsWith("mkdir") && path.contains("/onnxruntime-java"));
  }

  private static boolean canTrace() throws InterruptedException {
    try {
      Process process = new ProcessBuilder("strace", "-f", "-o", "/dev/null", "true").start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
