package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.longcat4j.Audio;
import io.longcat4j.Conversation;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.Prompt;
import io.longcat4j.RankFailedException;
import io.longcat4j.Reply;
import io.longcat4j.Text;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One model over several ranks, as an application sees it. */
@Tag("once")
class RanksTest {
  private static final String TOKEN = "a-token-for-tests-alone";
  private static final Path MEDIA = ForkedJvm.MEDIA;

  @TempDir private Path folder;

  /** Everything that there is to say, hear and see, as words and samples. */
  private static List<Object> answers(LongCat longcat) {
    List<Object> answers = new ArrayList<>();
    List<Prompt> prompts =
        List.of(
            Prompt.user("What can you do?"),
            Prompt.user(Image.of(MEDIA.resolve("shapes.png")), Text.of("What do you see?")),
            Prompt.user(Audio.of(MEDIA.resolve("hours-question.wav"))));
    for (Prompt prompt : prompts) {
      answers.add(longcat.generate(prompt).text());
    }
    IntStream.range(0, 8)
        .parallel()
        .mapToObj(i -> longcat.generate(prompts.get(i % 2)).text())
        .forEachOrdered(answers::add);
    Reply spoken = longcat.generate(prompts.get(0), Generation.speech());
    answers.add(spoken.speech().orElseThrow().samples());
    try (Conversation conversation = longcat.conversation()) {
      answers.add(said(conversation, "What color is the sky?"));
      try (Conversation fork = conversation.fork()) {
        answers.add(said(conversation, "And the grass?"));
        answers.add(said(fork, "And the sun?"));
      }
    }
    return answers;
  }

  private static String said(Conversation conversation, String question) {
    return conversation.send(Generation.text(), Text.of(question)).text();
  }

  @Test
  void threads_that_are_ranks_answer_as_one_rank_does() {
    List<Object> expected;
    try (LongCat one = LongCat.builder().tiny().threads(2).build()) {
      expected = answers(one);
      assertThat(one.generate(Prompt.user("What can you do?")).statistics().ranks()).isEmpty();
    }
    for (int ranks : new int[] {2, 4}) {
      try (LongCat many =
          LongCat.builder().tiny().threads(2).parallel(Parallel.local(ranks)).build()) {
        assertThat(answers(many)).usingRecursiveComparison().isEqualTo(expected);
        Reply reply = many.generate(Prompt.user("What can you do?"));
        assertThat(reply.statistics().ranks())
            .hasSize(ranks)
            .allSatisfy(figures -> assertThat(figures.bytes()).isPositive());
        assertThat(many.describe()).contains(ranks + " ranks, threads of one process");
        assertThat(many.isFollower()).isFalse();
        assertThatThrownBy(many::follow).isInstanceOf(IllegalStateException.class);
      }
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("longcat-rank"));
  }

  @Test
  void ranks_that_the_model_cannot_have_are_refused_by_name() {
    assertThatThrownBy(() -> LongCat.builder().tiny().parallel(Parallel.local(7)).build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContainingAll("num_attention_heads", "7 ranks");
    assertThatThrownBy(() -> LongCat.builder().tiny().parallel(Parallel.local(512)).build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("more than there are heads");
  }

  private List<ForkedJvm.Running> start(int ranks, int patienceMillis, String task)
      throws IOException {
    ForkedJvm jvm = ForkedJvm.in(folder);
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<ForkedJvm.Running> all = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      all.add(
          jvm.start(
              jvm.command(RankProgram.class, "processes", patienceMillis, task),
              Map.of(
                  "RANK", "" + rank,
                  "WORLD_SIZE", "" + ranks,
                  "MASTER_ADDR", "127.0.0.1",
                  "MASTER_PORT", "" + port,
                  "LONGCAT_TOKEN", TOKEN)));
    }
    return all;
  }

  private static String expected() {
    try (LongCat one = LongCat.tiny()) {
      return one.generate(Prompt.user(RankProgram.QUESTION)).text();
    }
  }

  @Test
  void processes_that_are_ranks_answer_as_one_rank_does_and_end_together() throws Exception {
    List<ForkedJvm.Running> ranks = start(2, 60_000, "answer");
    try {
      List<String> told = ranks.get(0).readTo("the end");
      assertThat(told).as(ranks.get(0).errorText()).contains(expected());
      assertThat(String.join("\n", told)).contains("2 ranks, processes on 1 host over TCP");
      assertThat(told).noneMatch(line -> line.startsWith(RankProgram.LISTENS));
      for (ForkedJvm.Running rank : ranks) {
        assertThat(rank.status()).as(rank.errorText()).isZero();
      }
    } finally {
      ranks.forEach(ForkedJvm.Running::close);
    }
  }

  @Test
  void a_rank_that_is_killed_ends_what_runs_and_the_application_may_build_again() throws Exception {
    List<ForkedJvm.Running> ranks = start(2, 60_000, "again");
    try {
      assertThat(ranks.get(0).readTo(RankProgram.TALKING)).contains(RankProgram.TALKING);
      ranks.get(1).process().destroyForcibly();
      List<String> told = ranks.get(0).readTo("the end");
      assertThat(told).anyMatch(line -> line.startsWith(RankProgram.FAILED + 1));
      assertThat(told).contains(RankProgram.AGAIN + expected());
      assertThat(ranks.get(0).status()).isEqualTo(RankFailedException.EXIT_CODE);
    } finally {
      ranks.forEach(ForkedJvm.Running::close);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0"})
  void whoever_follows_or_leads_a_rank_that_stands_still_ends_with_a_code_of_its_own(
      int still, int other) throws Exception {
    assumeThat(File.separator).isEqualTo("/");
    List<ForkedJvm.Running> ranks = start(2, 2_000, "talk");
    try {
      assertThat(ranks.get(0).readTo(RankProgram.TALKING)).contains(RankProgram.TALKING);
      new ProcessBuilder("kill", "-STOP", "" + ranks.get(still).process().pid()).start().waitFor();
      List<String> told = ranks.get(other).readTo("the end");
      assertThat(told).anyMatch(line -> line.startsWith(RankProgram.FAILED + still));
      assertThat(ranks.get(other).status()).isEqualTo(RankFailedException.EXIT_CODE);
    } finally {
      ranks.forEach(ForkedJvm.Running::close);
    }
  }

  @Test
  void ranks_that_mpirun_starts_answer_as_one_rank_does() throws Exception {
    Optional<Path> mpirun =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(path -> Path.of(path, "mpirun"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeThat(mpirun).as("Open MPI is not installed").isPresent();
    ForkedJvm jvm = ForkedJvm.in(folder);
    List<String> command = new ArrayList<>(List.of(mpirun.get().toString()));
    command.addAll(List.of("--allow-run-as-root", "--oversubscribe", "-n", "2"));
    command.addAll(jvm.command(RankProgram.class, "mpi", 60_000, "answer"));
    try (ForkedJvm.Running run = jvm.start(command, Map.of())) {
      List<String> told = run.readTo("the end");
      assertThat(told).as(run.errorText()).contains(expected());
      assertThat(String.join("\n", told)).contains("2 ranks, processes on 1 host over Open MPI");
      assertThat(told).noneMatch(line -> line.startsWith(RankProgram.LISTENS));
      assertThat(run.status()).as(run.errorText()).isZero();
    }
  }
}
