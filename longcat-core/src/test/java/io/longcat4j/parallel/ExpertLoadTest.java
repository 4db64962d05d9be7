package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpertLoadTest {
  private static final int REPETITIONS = 4000;

  private static ExpertLoad published(int ranks) {
    return new ExpertLoad(512, 256, 12, ranks);
  }

  @Test
  void thePublishedRouterFillsOneOfEightRanksFarBeyondTheMean() {
    assertThat(published(8).fullest(1)).isCloseTo(2.57, within(0.02));
    assertThat(published(8).fullest(32)).isCloseTo(1.22, within(0.005));
    assertThat(published(8).share(1) * 512).isCloseTo(8, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "512, 256, 12, 2, 1",
    "512, 256, 12, 4, 4",
    "512, 256, 12, 8, 1",
    "512, 256, 12, 8, 32",
    "512, 256, 12, 16, 64",
    "64, 32, 12, 4, 2",
    "16, 0, 4, 4, 3"
  })
  void simulatedPicksBearItOut(int experts, int zero, int picks, int ranks, int rows) {
    SplittableRandom random = new SplittableRandom(16);
    double fullest = 0;
    double all = 0;
    for (int i = 0; i < REPETITIONS; i++) {
      BitSet read = new BitSet();
      for (int row = 0; row < rows; row++) {
        BitSet chosen = new BitSet();
        while (chosen.cardinality() < picks) {
          chosen.set(random.nextInt(experts + zero));
        }
        read.or(chosen);
      }
      int most = 0;
      for (int rank = 0; rank < ranks; rank++) {
        int of = read.get(rank * experts / ranks, (rank + 1) * experts / ranks).cardinality();
        most = Math.max(most, of);
        all += of;
      }
      fullest += most;
    }
    ExpertLoad load = new ExpertLoad(experts, zero, picks, ranks);
    assertThat(load.share(rows)).isCloseTo(all / REPETITIONS / experts, within(0.02));
    assertThat(load.fullest(rows) / (fullest / (all / ranks))).isCloseTo(1, within(0.05));
  }

  @Test
  void oneRankAndPicksOfEverythingAreTheMean() {
    assertThat(published(1).fullest(1)).isCloseTo(1, within(1e-9));
    assertThat(new ExpertLoad(8, 0, 8, 4).fullest(1)).isEqualTo(1);
    assertThat(new ExpertLoad(8, 0, 8, 4).share(1)).isEqualTo(1);
    assertThat(published(8).fullest(100_000)).isCloseTo(1, within(1e-9));
  }
}
