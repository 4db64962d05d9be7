package io.longcat4j.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class GapHistogramTest {
  @Property
  void aPercentileIsWithinTwoPercentOfTheExactOne(
      @ForAll("gaps") List<Long> gaps, @ForAll("shares") double share) {
    GapHistogram histogram = new GapHistogram();
    gaps.forEach(histogram::record);
    long exact = gaps.stream().sorted().toList().get((int) Math.ceil(share * gaps.size()) - 1);
    assertThat((double) histogram.percentile(share).toNanos())
        .isCloseTo((double) exact, within(0.02 * exact));
  }

  @Example
  void withoutGapsThereIsNoPercentile() {
    assertThat(new GapHistogram().percentile(0.5)).isEqualTo(Duration.ZERO);
  }

  @Provide
  Arbitrary<List<Long>> gaps() {
    Arbitrary<Long> anySize =
        Arbitraries.integers()
            .between(0, 62)
            .flatMap(bits -> Arbitraries.longs().between(0, (1L << bits) - 1 + (1L << bits)));
    return anySize.list().ofMinSize(1).ofMaxSize(300);
  }

  @Provide
  Arbitrary<Double> shares() {
    return Arbitraries.of(0.01, 0.5, 0.99, 1.0);
  }
}
