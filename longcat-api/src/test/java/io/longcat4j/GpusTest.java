package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GpusTest {
  @Test
  void choices_add_up_and_leave_the_others_alone() {
    Gpus chosen = Gpus.all().only(2, 0).memory(1L << 30).sharing().withExpertsOnHost();
    assertThat(chosen).isEqualTo(new Gpus(List.of(2, 0), OptionalLong.of(1L << 30), true, true));
    assertThat(Gpus.all()).isEqualTo(new Gpus(List.of(), OptionalLong.empty(), false, false));
  }

  @Test
  void numbers_that_name_no_device_of_their_own_are_refused() {
    for (Integer[] wrong : new Integer[][] {{-1}, {0, 0}}) {
      assertThatThrownBy(() -> Gpus.all().only(wrong))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("pass different numbers from 0 on");
    }
  }

  @Test
  void too_little_memory_for_anything_is_refused() {
    assertThatThrownBy(() -> Gpus.all().memory((64 << 20) - 1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("67108863 bytes");
  }

  @Test
  void a_device_holds_weights_passes_and_cache_or_has_no_room() {
    DevicePlan held =
        new DevicePlan(1, 3, "H200", 5_000_000_000L, 1_000_000_000L, 1, 6_000_000_001L);
    assertThat(held.totalBytes()).isEqualTo(6_000_000_001L);
    assertThat(held.fits()).isTrue();
    assertThat(held.describe())
        .isEqualTo(
            "rank 1 on GPU 3 (H200): weights 5.000 GB, passes 1.000 GB, cache 0.000 GB: 6.000 GB of"
                + " 6.000 GB");
    assertThat(new DevicePlan(0, 0, "H200", 5, 1, 1, 6).fits()).isFalse();
  }
}
