package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.MediaException;
import io.longcat4j.Parallel;
import io.longcat4j.Prompt;
import io.longcat4j.RankFailedException;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eyes, ears and voice on another rank than the application's. */
@Tag("once")
class EncodersElsewhereTest {
  private static final String TOKEN = "a-token-for-tests-alone";
  private static List<String> expected;

  @TempDir private Path folder;

  @BeforeAll
  static void answersOfOneRank() {
    try (LongCat one = LongCat.builder().tiny().threads(1).build()) {
      expected = EncodersProgram.answers(one, ForkedJvm.MEDIA);
      assertThat(expected).doesNotHaveDuplicates().hasSize(11);
      assertThat(expected).noneMatch(answer -> answer.endsWith("silent"));
    }
  }

  @Test
  void a_thread_that_is_another_rank_sees_hears_and_speaks_as_this_one_does() throws Exception {
    Parallel ranks = Parallel.local(2).encodersOn(1);
    try (LongCat many = LongCat.builder().tiny().threads(1).parallel(ranks).build()) {
      assertThat(EncodersProgram.answers(many, ForkedJvm.MEDIA)).isEqualTo(expected);
      assertThat(many.describe().lines().filter(line -> line.matches("(vision|hearing|voice): .*")))
          .hasSize(3)
          .allMatch(line -> line.contains(", on rank 1 on "));
      errorsAreThoseOfTheFiles(many);
      assertThat(EncodersProgram.answers(many, ForkedJvm.MEDIA)).isEqualTo(expected);
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("longcat-rank"));
  }

  private void errorsAreThoseOfTheFiles(LongCat many) throws IOException {
    Path broken = Files.write(folder.resolve("broken.png"), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> many.generate(Prompt.user(Image.of(broken))))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("broken.png");
    assertThatThrownBy(() -> many.generate(Prompt.user(Audio.of(folder.resolve("nowhere.wav")))))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("nowhere.wav does not exist");
  }

  @Test
  void the_plan_counts_encoders_where_they_will_be() {
    LongCat.Builder builder = LongCat.builder().tiny();
    long bytes = builder.plan().encoderBytes();
    assertThat(bytes).isPositive();
    for (int rank = 0; rank < 2; rank++) {
      var plan = builder.parallel(Parallel.local(2).encodersOn(rank)).plan();
      assertThat(plan.ranks().get(rank).encoderBytes()).isEqualTo(bytes);
      assertThat(plan.ranks().get(1 - rank).encoderBytes()).isZero();
    }
  }

  @Test
  void a_rank_that_is_not_there_cannot_have_them() {
    assertThatThrownBy(() -> Parallel.local(2).encodersOn(2))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("pass 0 to 1");
    Parallel alone = Parallel.auto().encodersOn(3);
    assertThatThrownBy(() -> LongCat.builder().tiny().parallel(alone).build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("encoders are to be on rank 3");
  }

  private List<ForkedJvm.Running> start(String task) throws IOException {
    ForkedJvm jvm = ForkedJvm.in(folder);
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<ForkedJvm.Running> all = new ArrayList<>();
    for (int rank = 0; rank < 2; rank++) {
      all.add(
          jvm.start(
              jvm.command(EncodersProgram.class, "processes", task, ForkedJvm.MEDIA),
              Map.of(
                  "RANK",
                  "" + rank,
                  "WORLD_SIZE",
                  "2",
                  "MASTER_ADDR",
                  "127.0.0.1",
                  "MASTER_PORT",
                  "" + port,
                  "LONGCAT_TOKEN",
                  TOKEN)));
    }
    return all;
  }

  private static List<String> answers(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(EncodersProgram.ANSWER))
        .map(line -> line.substring(EncodersProgram.ANSWER.length()))
        .toList();
  }

  @Test
  void a_process_that_is_another_rank_sees_hears_and_speaks_as_this_one_does() throws Exception {
    List<ForkedJvm.Running> ranks = start("answer");
    try {
      List<String> told = ranks.get(0).readTo("the end");
      assertThat(answers(told)).as(ranks.get(0).errorText()).isEqualTo(expected);
      for (ForkedJvm.Running rank : ranks) {
        assertThat(rank.status()).as(rank.errorText()).isZero();
      }
    } finally {
      ranks.forEach(ForkedJvm.Running::close);
    }
  }

  @Test
  void a_rank_that_is_killed_while_it_looks_is_named() throws Exception {
    List<ForkedJvm.Running> ranks = start("look");
    try {
      assertThat(ranks.get(0).readTo(EncodersProgram.LOOKING)).contains(EncodersProgram.LOOKING);
      ranks.get(1).process().destroyForcibly();
      List<String> told = ranks.get(0).readTo("the end");
      assertThat(told).anyMatch(line -> line.startsWith(RankProgram.FAILED + 1));
      assertThat(ranks.get(0).status()).isEqualTo(RankFailedException.EXIT_CODE);
    } finally {
      ranks.forEach(ForkedJvm.Running::close);
    }
  }

  @Test
  void a_process_of_mpi_sees_hears_and_speaks_as_this_one_does() throws Exception {
    Optional<Path> mpirun =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(path -> Path.of(path, "mpirun"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeThat(mpirun).as("Open MPI is not installed").isPresent();
    ForkedJvm jvm = ForkedJvm.in(folder);
    List<String> command = new ArrayList<>(List.of(mpirun.get().toString()));
    command.addAll(List.of("--allow-run-as-root", "--oversubscribe", "-n", "2"));
    command.addAll(jvm.command(EncodersProgram.class, "mpi", "answer", ForkedJvm.MEDIA));
    try (ForkedJvm.Running run = jvm.start(command, Map.of())) {
      List<String> told = run.readTo("the end");
      assertThat(answers(told)).as(run.errorText()).isEqualTo(expected);
      assertThat(run.status()).as(run.errorText()).isZero();
    }
  }
}
