package io.longcat4j.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that compiles kernels, with a compiler that only notes what it was asked for. */
@EnabledOnOs(OS.LINUX)
@Tag("once")
class ObjectsScriptTest {
  private static final Path SCRIPT =
      TestData.root().resolve("tools/natives/objects").toAbsolutePath();
  private static final List<String> KERNELS =
      List.of("generic", "bf16_model", "avx2", "avx512", "avx512_gfni", "bf16", "amx", "neon");

  private static final String LEFT_OUT = " -DLONGCAT_LEFT_OUT ";
  private static final String HURRIED = " -O1 ";

  @TempDir private Path module;
  private int made;

  @BeforeEach
  void sources() throws IOException {
    Files.createDirectories(module.resolve("src/main/cpp"));
    for (String kernels : KERNELS) {
      Files.createFile(module.resolve("src/main/cpp/kernels_" + kernels + ".cpp"));
    }
    Files.createFile(module.resolve("src/main/cpp/linear.cpp"));
    Path compiler = module.resolve("compiler");
    Files.writeString(
        compiler,
        "#!/bin/sh\nfor last; do :; done\n: >\"$last\"\nprintf '%s\\n' \"$*\" >>\"$NOTED\"\n");
    assertThat(compiler.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void a_library_for_all_processors_is_optimised_for_all() throws Exception {
    List<String> all = compile("objects-" + made++, "all", "fpu avx2 avx512bw gfni");
    assertThat(of(LEFT_OUT, all)).isEmpty();
    assertThat(of(HURRIED, all)).isEmpty();
  }

  @Test
  void a_library_for_here_has_what_the_processor_would_choose_and_the_generic_kernels()
      throws Exception {
    List<String> calls = compile("objects-" + made++, "here", "fpu avx2");
    assertThat(of(LEFT_OUT, calls)).containsExactly("amx", "avx512", "avx512_gfni", "bf16");
    assertThat(of(HURRIED, calls)).containsExactly("bf16_model", "generic");
    assertThat(of(LEFT_OUT, compile("objects-" + made++, "here", "fpu avx2 avx512bw")))
        .containsExactly("amx", "avx2", "avx512_gfni", "bf16");
    assertThat(of(LEFT_OUT, compile("objects-" + made++, "here", "fpu avx2 avx512bw gfni")))
        .containsExactly("avx2", "avx512");
  }

  @Test
  void where_the_processor_cannot_be_told_all_is_there() throws Exception {
    for (String flags : List.of("fpu sse2", "")) {
      List<String> calls = compile("objects-" + made++, "here", flags);
      assertThat(of(LEFT_OUT, calls)).isEmpty();
      assertThat(of(HURRIED, calls)).isEmpty();
    }
  }

  @Test
  void objects_are_made_anew_only_where_they_would_differ() throws Exception {
    assertThat(compile("objects", "here", "avx2")).hasSize(KERNELS.size() + 1);
    assertThat(compile("objects", "here", "avx2")).isEmpty();
    assertThat(compile("objects", "all", "avx2")).hasSize(KERNELS.size() + 1);
    assertThat(compile("objects", "all", "avx2 avx512bw")).isEmpty();
  }

  /** Calls of the compiler. */
  private List<String> compile(String objects, String wanted, String flags) throws Exception {
    Path processor = Files.writeString(module.resolve("cpuinfo"), "flags\t\t: " + flags + "\n");
    Path noted = module.resolve("noted");
    Files.deleteIfExists(noted);
    List<String> command = new ArrayList<>(List.of("sh", SCRIPT.toString(), wanted, objects));
    command.addAll(List.of("./compiler", "-O3", "--", "src/main/cpp"));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(module.toFile()).redirectErrorStream(true);
    builder.environment().put("CPUINFO", processor.toString());
    builder.environment().put("NOTED", noted.toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return Files.exists(noted) ? Files.readAllLines(noted) : List.of();
  }

  /** Kernels that were compiled with an option. */
  private static TreeSet<String> of(String option, List<String> calls) {
    TreeSet<String> names = new TreeSet<>();
    for (String call : calls) {
      assertThat(call).contains("-O3", "-fPIC", "-ffile-prefix-map=");
      if (call.contains(option)) {
        names.add(call.replaceAll(".* -c \\S*?([^/]+)\\.cpp .*", "$1").replace("kernels_", ""));
      }
    }
    return names;
  }
}
