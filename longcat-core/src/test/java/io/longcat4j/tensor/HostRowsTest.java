package io.longcat4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HostRowsTest {
  private static final float[] VALUES = {9, 1, -0f, Float.NaN, 4, 5, 6, 7, 8};

  @Test
  void rowsAreCopiedWithTheirBits() {
    HostRows rows = HostRows.copyOf(VALUES, 1, 2, 3);
    float[] row = new float[4];
    rows.copyTo(0, row);
    assertThat(row).containsExactly(Float.NaN, 4, 5, 0);
    assertThat(rows.memory().isDirect()).isTrue();
    assertThat(rows.bytes()).isEqualTo(24);
    byte[] bytes = new byte[26];
    rows.copyTo(bytes, 2);
    HostRows again = HostRows.copyOf(bytes, 2, 2, 3);
    assertThat(again).isEqualTo(rows).hasSameHashCodeAs(rows);
    assertThat(HostRows.copyOf(new float[6], 0, 2, 3)).isNotEqualTo(rows);
    assertThat(HostRows.copyOf(new float[6], 0, 2, 3))
        .isNotEqualTo(HostRows.copyOf(new float[6], 0, 3, 2));
  }

  @Test
  void viewsShareTheMemory() {
    HostRows rows = HostRows.copyOf(VALUES, 0, 3, 3);
    assertThat(rows.rows(0, 3)).isSameAs(rows);
    HostRows part = rows.rows(1, 2).rows(1, 1);
    float[] row = new float[3];
    part.copyTo(0, row);
    assertThat(row).containsExactly(6, 7, 8);
    assertThat(part).isEqualTo(HostRows.copyOf(VALUES, 2, 1, 3));
  }

  @Test
  void whatIsNotThereIsRefused() {
    HostRows rows = HostRows.copyOf(VALUES, 0, 3, 3);
    assertThatThrownBy(() -> rows.rows(2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> rows.copyTo(3, new float[3]))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> HostRows.copyOf(VALUES, 1, 3, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> HostRows.copyOf(new byte[11], 0, 1, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
