package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SmartResizeTest {
  private final SmartResize rule = new SmartResize(14);

  static Stream<JsonNode> goldenCases() throws IOException {
    JsonNode cases =
        new ObjectMapper().readTree(TestData.file("golden-smart-resize.json").toFile());
    assertThat(cases.size()).isEqualTo(75);
    return StreamSupport.stream(cases.spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("goldenCases")
  void gives_the_size_the_reference_gives(JsonNode golden) {
    SmartResize.Size size =
        rule.apply(
            golden.get("height").intValue(),
            golden.get("width").intValue(),
            golden.get("factor").intValue(),
            golden.get("min_pixels").longValue(),
            golden.get("max_pixels").longValue());

    assertThat(size)
        .isEqualTo(
            new SmartResize.Size(
                golden.get("out").get(0).intValue(), golden.get("out").get(1).intValue()));
  }

  @Test
  void rounds_halves_to_even() {
    assertThat(rule.apply(70, 98, 28, 0, 1 << 20)).isEqualTo(new SmartResize.Size(56, 112));
  }

  @Test
  void keeps_one_pair_of_patches_where_the_bound_is_too_small() {
    assertThat(rule.apply(1080, 1920, 28, 0, 300)).isEqualTo(new SmartResize.Size(14, 28));
  }

  @Property
  void gives_whole_pairs_of_patches_within_the_upper_bound(
      @ForAll @IntRange(min = 1, max = 20_000) int height,
      @ForAll @IntRange(min = 1, max = 20_000) int width,
      @ForAll @IntRange(min = 64, max = 20_000) int maxTokens) {
    long maxPixels = maxTokens * 196L;

    SmartResize.Size size = rule.apply(height, width, 28, 16 * 196, maxPixels);

    assertThat(size.height()).isPositive().matches(side -> side % 14 == 0);
    assertThat(size.width()).isPositive().matches(side -> side % 28 == 0);
    assertThat((long) size.height() * size.width()).isLessThanOrEqualTo(maxPixels);
  }
}
