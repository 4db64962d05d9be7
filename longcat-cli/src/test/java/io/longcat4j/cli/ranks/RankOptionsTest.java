package io.longcat4j.cli.ranks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Parallel;
import io.longcat4j.Parallel.Kind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RankOptionsTest {
  @CommandLine.Command
  private static final class Holder {
    @CommandLine.Mixin private final RankOptions ranks = new RankOptions();
  }

  private static RankOptions options(String words) {
    Holder holder = new Holder();
    new CommandLine(holder)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(words.isEmpty() ? new String[0] : words.split(" "));
    return holder.ranks;
  }

  private static Parallel parallel(String words) {
    return options(words).parallel();
  }

  @Test
  void withoutOptionsThereIsOneRankWithTheDefaults() {
    assertThat(parallel("").kind()).isEqualTo(Kind.SINGLE);
    assertThat(options("").experts()).isEqualTo(Experts.AUTO);
    assertThat(options("").words()).isEmpty();
  }

  @Test
  void aNumberOfRanksIsThatOfThreads() {
    for (String words : new String[] {"--ranks 4", "--ranks 4 --parallel local"}) {
      assertThat(parallel(words).kind()).isEqualTo(Kind.LOCAL);
      assertThat(parallel(words).ranks()).hasValue(4);
    }
  }

  @ParameterizedTest
  @CsvSource({"mpi, MPI", "processes, PROCESSES", "auto, AUTO", "MPI, MPI"})
  void eachKindHasItsName(String name, Kind kind) {
    assertThat(parallel("--parallel " + name).kind()).isEqualTo(kind);
  }

  @Test
  void expertsPatienceAndInterfaceAreTaken() {
    RankOptions options =
        options("--parallel processes --experts sliced --patience PT3S --listen-on eth1");
    assertThat(options.experts()).isEqualTo(Experts.SLICED);
    assertThat(options.parallel().patience()).isEqualTo(Duration.ofSeconds(3));
    assertThat(options.parallel().listenOn()).hasValue("eth1");
    assertThat(options.words()).isEqualTo(" --parallel processes --experts sliced");
    assertThat(options("--ranks 2").words()).isEqualTo(" --ranks 2");
  }

  @ParameterizedTest
  @CsvSource({
    "--parallel local, --parallel local does not tell how many",
    "--ranks 2 --parallel mpi, with --parallel mpi whoever starts",
    "--ranks 2 --parallel processes, with --parallel processes whoever",
    "--ranks 2 --parallel auto, --parallel auto chooses the number",
    "--patience PT3S, --patience is about other ranks",
    "--listen-on eth0, --listen-on is about ranks that are processes",
    "--ranks 2 --listen-on eth0, --listen-on is about ranks that are processes",
    "--ranks 0, has 0 ranks",
    "--encoders-on-rank 1, --encoders-on-rank is about several ranks",
    "--ranks 2 --encoders-on-rank 2, encodersOn is 2; pass 0 to 1",
    "--parallel mpi --encoders-on-rank -1, encodersOn is -1",
    "--ranks 2 --patience PT0S, patience is PT0S",
    "--ranks 2 --patience -PT5S, patience is PT-5S"
  })
  void wrongCombinationsAreRefusedWithASentence(String words, String message) {
    assertThatThrownBy(() -> parallel(words))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }

  @Test
  void encodersMayBeOnAnotherRank() {
    assertThat(parallel("--ranks 4").encodersOn()).isZero();
    assertThat(parallel("--ranks 4 --encoders-on-rank 3").encodersOn()).isEqualTo(3);
    RankOptions options = options("--parallel mpi --encoders-on-rank 1 --patience PT3S");
    assertThat(options.parallel().encodersOn()).isEqualTo(1);
    assertThat(options.words()).isEqualTo(" --parallel mpi --encoders-on-rank 1");
  }

  @Test
  void aProcessThatWasStartedAsALaterRankWillFollow() {
    Map<String, String> second = Map.of("RANK", "1", "WORLD_SIZE", "2");
    Map<String, String> first = Map.of("RANK", "0", "WORLD_SIZE", "2");
    for (String kind : new String[] {"mpi", "processes", "auto"}) {
      assertThat(options("--parallel " + kind).willFollow(second)).isTrue();
      assertThat(options("--parallel " + kind).willFollow(first)).isFalse();
      assertThat(options("--parallel " + kind).willFollow(Map.of())).isFalse();
    }
    assertThat(options("--ranks 2").willFollow(second)).isFalse();
    assertThat(options("--ranks 2 --parallel local").willFollow(second)).isFalse();
    assertThat(options("").willFollow(second)).isFalse();
  }
}
