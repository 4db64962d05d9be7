package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.RankFailedException;
import io.longcat4j.attention.Choice;
import io.longcat4j.compute.RowFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CacheShapeTest {
  @ParameterizedTest
  @EnumSource(RowFormat.class)
  void itIsReadAsItWasWritten(RowFormat format) {
    for (CacheIndexing indexing :
        List.of(
            CacheIndexing.none(),
            new CacheIndexing(Choice.PAGES, List.of()),
            new CacheIndexing(Choice.COLUMNS, List.of()),
            new CacheIndexing(Choice.INT8, List.of(0, 13)))) {
      CacheShape shape = new CacheShape(123_456_789, format, indexing, 64, "cpu with AVX2, EXACT");

      assertThat(CacheShape.isIn(shape.toBytes())).isTrue();
      assertThat(CacheShape.read(shape.toBytes())).isEqualTo(shape);
    }
  }

  @Test
  void aCommandIsNoShape() {
    assertThat(CacheShape.isIn(new Draft(new int[] {1}, new int[0]).toBytes())).isFalse();
    assertThat(CacheShape.isIn(new byte[0])).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c",
        "cache of 0 pages in F32, indexed by SCORES for all, heads of 1 rows, computed by cpu",
        "cache of 1 pages in F64, indexed by SCORES for all, heads of 1 rows, computed by cpu",
        "cache of 1 pages in F32, indexed by SCORES for all, heads of 513 rows, computed by cpu",
        "cache of 9999999999 pages in F32, indexed by SCORES for all, heads of 1 rows, computed by"
            + " cpu",
        "cache of 1 pages in F32, indexed by SCORES for all, heads of 1 rows and more, computed by"
            + " cpu",
        "cache of 1 pages in F32, indexed by WINDOW for all, heads of 1 rows, computed by cpu",
        "cache of 1 pages in F32, indexed by PAGES for 1+, heads of 1 rows, computed by cpu"
      })
  void anythingElseIsRefused(String order) {
    assertThatThrownBy(() -> CacheShape.read(order.getBytes(StandardCharsets.US_ASCII)))
        .isInstanceOf(RankFailedException.class)
        .hasMessageContaining("same version");
  }

  @Test
  void ranksWhoseLastBitsWouldDifferAreRefused() {
    CacheShape shape =
        new CacheShape(1, RowFormat.F32, CacheIndexing.none(), 1, "cpu with AVX2, EXACT");

    shape.requireSame("cpu with AVX2, EXACT", 1);
    assertThatThrownBy(() -> shape.requireSame("reference", 1))
        .isInstanceOf(RankFailedException.class)
        .hasMessageContainingAll("Rank 1", "reference", "AVX2", "same backend");
  }
}
