package io.longcat4j.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.Generation;
import io.longcat4j.tensor.Largest;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Draws against a whole sort and a walk from the likeliest id on. */
@Tag("once")
class TruncatedDrawTest {
  private static final int DRAWS = 40;

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0, 1",
    "0, 1, 0, 0.2",
    "0, 0.9, 0, 1",
    "0, 0.999, 0, 3",
    "0, 0.3, 0, 100",
    "0, 1, 0.01, 1",
    "0, 0.9, 0.05, 0.7",
    "0, 1, 1, 1",
    "50, 1, 0, 1",
    "50, 0.9, 0, 1",
    "7, 0.9, 0.1, 2",
    "3000, 0.8, 0, 5",
    "1000000, 0.9, 0, 1"
  })
  void idsAreThoseOfAWholeSort(int topK, double topP, double minP, double temperature) {
    for (int size : new int[] {1, 2, 511, 512, 513, 20_000}) {
      for (double spread : new double[] {0, 0.01, 3, 300}) {
        Generation generation =
            Generation.builder()
                .topK(topK)
                .topP(topP)
                .minP(minP)
                .temperature(temperature)
                .seed(size)
                .build();
        TruncatedDraw draw = new TruncatedDraw(generation, new Candidates());
        SplittableRandom expected = new SplittableRandom(size);
        for (int i = 0; i < DRAWS; i++) {
          float[] logits = logits(size, spread, size + 31L * i);
          assertThat(draw.from(logits, Largest.of(logits)))
              .as("draw %d of %d ids, spread %s", i, size, spread)
              .isEqualTo(walk(logits, generation, expected));
        }
      }
    }
  }

  @Test
  void exponentialsAreRightToFourteenDigits() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200_000; i++) {
      double x = -random.nextDouble() * (i % 2 == 0 ? 700 : 1);
      double right = StrictMath.exp(x);
      assertThat(Exponential.ofNegative(x)).isCloseTo(right, within(1e-14 * right));
    }
    assertThat(Exponential.ofNegative(0)).isEqualTo(1);
    assertThat(Exponential.ofNegative(-701)).isZero();
    assertThat(Exponential.ofNegative(Double.NEGATIVE_INFINITY)).isZero();
  }

  /** Some of them are equal, some are ruled out. */
  private static float[] logits(int size, double spread, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = (float) (spread * (random.nextDouble() + random.nextDouble() - 1));
      if (random.nextInt(10) == 0) {
        logits[i] = i == 0 || random.nextBoolean() ? (float) spread / 2 : Float.NEGATIVE_INFINITY;
      }
    }
    return logits;
  }

  private static int walk(float[] logits, Generation generation, SplittableRandom random) {
    int[] order =
        IntStream.range(0, logits.length)
            .filter(id -> logits[id] != Float.NEGATIVE_INFINITY)
            .boxed()
            .sorted((a, b) -> Float.compare(logits[b] + 0f, logits[a] + 0f))
            .mapToInt(Integer::intValue)
            .toArray();
    boolean truncates = generation.topK() > 0 || generation.topP() < 1 || generation.minP() > 0;
    if (!truncates) {
      Arrays.sort(order);
    }
    float highest = logits[Largest.of(logits)];
    double[] masses =
        Arrays.stream(order)
            .mapToDouble(
                id -> StrictMath.exp(((double) logits[id] - highest) / generation.temperature()))
            .toArray();
    int limit = generation.topK() == 0 ? order.length : Math.min(generation.topK(), order.length);
    double total = Arrays.stream(masses, 0, limit).sum();
    double enough = generation.topP() == 1 ? Double.POSITIVE_INFINITY : generation.topP() * total;
    double nucleus = 0;
    int end = 0;
    while (end < limit && nucleus < enough && masses[end] >= generation.minP()) {
      nucleus += masses[end++];
    }
    double point = random.nextDouble() * nucleus;
    for (int i = 0; i < end; i++) {
      point -= masses[i];
      if (point < 0) {
        return order[i];
      }
    }
    return order[end - 1];
  }
}
