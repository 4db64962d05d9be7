package io.longcat4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.longcat4j.BackendException;
import io.longcat4j.natives.PrivateDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rest is skipped where there is no NVRTC; -Dio.longcat4j.cuda.nvrtc=FILE names it. */
class NvrtcTest {
  private static final String SMALL = "extern \"C\" __global__ void small(int* x) { *x = 1; }";
  private static final int CUDA_MACHINE = 190;
  private static final DeviceFacts HOPPER =
      new DeviceFacts("H100", 12090, 1, 90, 132, 80L << 30, 79L << 30);

  @TempDir private Path folder;

  @Test
  void the_kernels_become_machine_code_of_a_gpu() throws IOException {
    open().close();
    ByteBuffer program = KernelImage.of(HOPPER);
    ByteBuffer header = program.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    assertThat(header.getInt(0)).isEqualTo(0x464c457f); // ELF
    assertThat(header.getShort(18)).isEqualTo((short) CUDA_MACHINE);
    String names = StandardCharsets.ISO_8859_1.decode(program).toString();
    for (String kernel : KernelSourceTest.kernels()) {
      assertThat(names.contains(".text." + kernel + "\0")).as(kernel).isTrue();
    }
  }

  @Test
  void a_build_without_kernels_says_how_to_get_them_where_nothing_compiles_them() {
    assumeTrue(KernelImage.class.getResource("kernels/kernels.sm_90a.cubin") == null);
    assumeTrue(isMissing(), "NVRTC is on this machine");
    assertThatThrownBy(() -> KernelImage.of(HOPPER))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("built without compiled kernels (-Pcuda)")
        .hasMessageContaining("NVRTC 12 or 13");
  }

  @Test
  void what_was_compiled_is_kept_and_what_was_cut_short_is_compiled_again() throws IOException {
    try (Nvrtc compiler = open()) {
      PrivateDirectory cache = PrivateDirectory.at(folder.toRealPath().resolve("cache"));
      CompiledHere here = new CompiledHere(compiler, SMALL);
      byte[] made = here.program(cache, "sm_80");
      Path file = onlyFile(cache.path().resolve("cuda"));
      FileTime time = FileTime.fromMillis(1_000_000);
      Files.setLastModifiedTime(file, time);

      assertThat(here.program(cache, "sm_80")).isEqualTo(made);
      assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);

      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
      assertThat(here.program(cache, "sm_80")).isEqualTo(made);
      assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }
  }

  @Test
  void another_source_or_target_is_another_file() throws IOException {
    try (Nvrtc compiler = open()) {
      PrivateDirectory cache = PrivateDirectory.at(folder.toRealPath().resolve("cache"));
      new CompiledHere(compiler, SMALL).program(cache, "sm_80");
      new CompiledHere(compiler, SMALL).program(cache, "sm_90a");
      new CompiledHere(compiler, SMALL + " ").program(cache, "sm_80");
      try (Stream<Path> files = Files.list(cache.path().resolve("cuda"))) {
        assertThat(files).hasSize(3).allMatch(file -> file.toString().contains("-nvrtc1"));
      }
    }
  }

  @Test
  void a_gpu_that_is_newer_than_the_compiler_gets_ptx() {
    try (Nvrtc compiler = open()) {
      byte[] program = new CompiledHere(compiler, SMALL).program(999, "sm_999");
      assertThat(new String(program, StandardCharsets.UTF_8)).contains(".target sm_80");
    }
  }

  @Test
  void a_refusal_has_the_place_in_the_source() {
    try (Nvrtc compiler = open()) {
      assertThatThrownBy(() -> compiler.compile("#line 7 \"router.cu\"\nnonsense;", "sm_80"))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("does not compile the kernels for sm_80")
          .hasMessageContaining("router.cu(7)");
      assertThat(compiler.compile(SMALL, "sm_80")).isNotEmpty();
    }
  }

  @Test
  void without_it_the_error_tells_what_was_tried_and_how_to_name_it() {
    String missing = folder.resolve("libnvrtc.so").toString();
    assertThatThrownBy(() -> Nvrtc.open(List.of(missing)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("NVRTC 12 or 13")
        .hasMessageContaining(missing)
        .hasMessageContaining("-Dio.longcat4j.cuda.nvrtc");
  }

  @Test
  void a_library_that_is_something_else_is_refused() {
    assertThatThrownBy(() -> Nvrtc.open(List.of("libm.so.6")))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("libm.so.6 has no nvrtcVersion");
  }

  @Test
  void a_named_library_is_the_only_one_else_toolkits_follow_the_system() throws IOException {
    Path library = Files.createDirectories(folder.resolve("lib64")).resolve("libnvrtc.so");
    Files.createFile(library);
    List<Path> toolkits = List.of(folder.resolve("none"), folder);
    assertThat(Nvrtc.candidates("/some/file.so", toolkits)).containsExactly("/some/file.so");
    assertThat(Nvrtc.candidates(null, toolkits))
        .containsExactly("libnvrtc.so.13", "libnvrtc.so.12", library.toString());
  }

  private static Nvrtc open() {
    try {
      return Nvrtc.open();
    } catch (BackendException e) {
      return abort("NOT RUN: " + e.getMessage());
    }
  }

  private static boolean isMissing() {
    try (Nvrtc compiler = Nvrtc.open()) {
      return compiler.version().isEmpty();
    } catch (BackendException e) {
      return true;
    }
  }

  private static Path onlyFile(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }
}
