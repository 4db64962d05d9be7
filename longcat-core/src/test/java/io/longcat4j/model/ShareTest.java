package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ShareTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 6, 8, 12, 16})
  void the_parts_of_all_ranks_are_the_whole_one_after_the_other(int size) {
    int next = 0;
    for (int rank = 0; rank < size; rank++) {
      Share share = new Share(rank, size);
      assertThat(share.from(48)).isEqualTo(next);
      next += share.of(48);
    }
    assertThat(next).isEqualTo(48);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 64, 8",
    "2, 64, 4",
    "4, 64, 2",
    "8, 64, 1",
    "1, 12, 4",
    "2, 12, 2",
    "4, 12, 1",
    "1, 7, 1",
    "3, 48, 1",
    "6, 48, 1",
    "16, 64, 1"
  })
  void eight_slices_or_as_many_as_divide_are_shared_by_the_ranks(int size, int count, int slices) {
    for (int rank = 0; rank < size; rank++) {
      assertThat(new Share(rank, size).slices(count)).isEqualTo(slices);
    }
  }

  @Test
  void a_slice_has_as_many_things_whatever_the_number_of_ranks() {
    for (int count = 8; count <= 128; count += 8) {
      for (int size : new int[] {2, 4, 8}) {
        Share many = new Share(0, size);
        assertThat(many.of(count) / many.slices(count))
            .isEqualTo(count / new Share(0, 1).slices(count));
      }
    }
  }

  @Test
  void what_does_not_divide_is_refused() {
    assertThatThrownBy(() -> new Share(0, 3).of(64)).hasMessageContainingAll("64", "3");
  }

  @Test
  void runs_need_not_divide() {
    assertThat(new Share(1, 4).runStarts(10)).containsExactly(0, 2, 5, 7, 10);
    assertThat(new Share(0, 16).runStarts(2_000_000_000)[15]).isEqualTo(1_875_000_000);
  }
}
