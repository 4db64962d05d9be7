package io.longcat4j.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranks that {@code mpirun} starts, where it is installed. */
class MpiRanksTest {
  private static final int HANGS_SECONDS = 90;
  private static final String PATIENCE_MILLIS = "3000";

  @TempDir private Path folder;

  private static List<String> mpirun(int ranks, String... options) {
    boolean isThere =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "mpirun")));
    assumeThat(isThere).as("mpirun is installed (openmpi-bin)").isTrue();
    List<String> command = new ArrayList<>(List.of("mpirun", "-n", "" + ranks));
    command.addAll(List.of(options));
    return command;
  }

  /** Beyond what TCP does the same way. */
  private static void assumeLong() {
    assumeThat(Boolean.getBoolean("longcat.nightly")).as("the long form of tests").isTrue();
  }

  private static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx100m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(RankProgram.class.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<String> all(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.put("OMPI_ALLOW_RUN_AS_ROOT", "1");
    environment.put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    environment.put("OMPI_MCA_rmaps_base_oversubscribe", "1");
    return builder.redirectErrorStream(true).redirectOutput(output().toFile());
  }

  private Path output() {
    return folder.resolve("output.txt");
  }

  private String said() throws IOException {
    return Files.readString(output(), StandardCharsets.UTF_8);
  }

  private int run(List<String> command, Map<String, String> more) throws Exception {
    ProcessBuilder builder = builder(command);
    builder.environment().putAll(more);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(HANGS_SECONDS, TimeUnit.SECONDS)).as(said()).isTrue();
      return process.exitValue();
    } finally {
      end(process);
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Until all of it was said; processes that hang by themselves are no failure here. */
  private String runUntil(List<String> command, String... wanted) throws Exception {
    Process process = builder(command).start();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANGS_SECONDS);
    try {
      while (!Stream.of(wanted).allMatch(contains(said()))) {
        boolean isLate = System.nanoTime() - until > 0;
        boolean hasEnded = process.waitFor(20, TimeUnit.MILLISECONDS);
        if (isLate || (hasEnded && !Stream.of(wanted).allMatch(contains(said())))) {
          throw new AssertionError("not said: " + List.of(wanted) + " in\n" + said());
        }
      }
      return said();
    } finally {
      end(process);
    }
  }

  private static java.util.function.Predicate<String> contains(String all) {
    return all::contains;
  }

  @Test
  void partials_of_two_and_three_processes_are_joined_with_the_bits_of_a_tree() throws Exception {
    for (int ranks = 2; ranks <= 3; ranks++) {
      int code = run(all(mpirun(ranks), java("mpi", "30000", "sums")), Map.of());
      assertThat(said()).doesNotContain("wrong");
      assertThat(code).as(said()).isZero();
      for (int rank = 0; rank < ranks; rank++) {
        assertThat(said())
            .contains(
                "<" + rank + "> joined " + ranks + " ranks, processes on 1 host over Open MPI")
            .contains("<" + rank + "> holds 0 bytes")
            .contains("<" + rank + "> again: MPI was used and ended in this process before")
            .contains("<" + rank + "> ended well");
      }
    }
  }

  @Test
  void ranks_that_mpirun_starts_can_meet_over_tcp() throws Exception {
    Map<String, String> token =
        Map.of("LONGCAT_TOKEN", "0123456789abcdef", "MASTER_PORT", "" + freePort());
    int code = run(all(mpirun(2), java("tcp", "30000", "sums")), token);
    assertThat(code).as(said()).isZero();
    assertThat(said()).contains("<1> ended well");
  }

  private static int freePort() throws IOException {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void a_process_that_is_killed_is_named() throws Exception {
    List<String> command =
        all(mpirun(3, "--enable-recovery"), java("mpi", PATIENCE_MILLIS, "harm", "KILL"));
    String said = runUntil(command, "<0> failed", "<2> failed");
    assertThat(said).contains("rank 1 on").contains("process has ended");
  }

  @Test
  void a_process_that_is_stopped_is_named_though_mpi_hangs() throws Exception {
    List<String> command = all(mpirun(3), java("mpi", PATIENCE_MILLIS, "harm", "STOP"));
    assertThat(runUntil(command, "<0> failed", "<2> failed")).contains("rank 1 on");
  }

  @Test
  void a_process_whose_driving_thread_stalls_is_named() throws Exception {
    assumeLong();
    List<String> command = all(mpirun(3), java("mpi", PATIENCE_MILLIS, "harm", "stall"));
    assertThat(runUntil(command, "<0> failed", "<2> failed")).contains("has not come");
  }

  @Test
  void what_a_process_says_of_itself_ends_all() throws Exception {
    assumeLong();
    List<String> command = all(mpirun(2), java("mpi", PATIENCE_MILLIS, "harm", "throw"));
    assertThat(runUntil(command, "<0> failed")).contains("planted");
  }

  @Test
  void mpi_that_is_not_installed_is_said() throws Exception {
    Map<String, String> environment =
        Map.of("RANK", "0", "WORLD_SIZE", "2", "LONGCAT_MPI_LIBRARY", "/nowhere/libmpi.so.40");
    int code = run(java("mpi", PATIENCE_MILLIS, "sums"), environment);
    assertThat(code).as(said()).isEqualTo(2);
    assertThat(said())
        .contains("/nowhere/libmpi.so.40")
        .contains("libopenmpi3")
        .contains("LONGCAT_MPI_LIBRARY");
  }

  @Test
  void another_mpi_is_refused_by_name() throws Exception {
    Path compiler = Path.of("/usr/bin/gcc");
    assumeThat(compiler).as("a compiler").isExecutable();
    Path source =
        Files.writeString(
            folder.resolve("other.c"),
            "int MPI_Get_library_version(char* t, int* n) {"
                + " __builtin_strcpy(t, \"MPICH Version: 4.0.2\"); *n = 20; return 0; }");
    Path library = folder.resolve("libother.so");
    int compiled =
        run(List.of("" + compiler, "-shared", "-fPIC", "-o", "" + library, "" + source), Map.of());
    assertThat(compiled).as(said()).isZero();
    Map<String, String> environment =
        Map.of("RANK", "0", "WORLD_SIZE", "2", "LONGCAT_MPI_LIBRARY", "" + library);
    assertThat(run(java("mpi", PATIENCE_MILLIS, "sums"), environment)).isEqualTo(2);
    assertThat(said()).contains("MPICH Version: 4.0.2").contains("Open MPI");
  }

  @Test
  void ranks_that_no_mpirun_has_started_are_told_what_mpi_says() throws Exception {
    mpirun(1);
    int code = run(java("mpi", PATIENCE_MILLIS, "sums"), Map.of("RANK", "1", "WORLD_SIZE", "2"));
    assertThat(code).as(said()).isEqualTo(2);
    assertThat(said()).contains("MPI says rank 0 of 1, the environment rank 1 of 2");
  }
}
