package io.longcat4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.BackendException;
import io.longcat4j.Generation;
import io.longcat4j.Gpus;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.Plan;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Scheduling;
import io.longcat4j.testing.TestData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A whole engine on emulated GPUs. */
@Tag("emulated")
class EmulatedEngineTest {
  private static final Prompt PROMPT = Prompt.user("Hi");
  private static final Generation TWO =
      Generation.builder().maxNewTokens(2).ignoreEos(true).build();

  private static LongCat.Builder builder(int ranks) {
    return LongCat.builder()
        .model(TestData.fp8())
        .backend(new Backend("cuda-emulated"))
        .contextLength(256)
        .scheduling(Scheduling.builder().maxRunning(2).build())
        .parallel(Parallel.local(ranks));
  }

  @Test
  void two_gpus_answer_like_one_and_hold_what_the_plan_says() {
    Reply one;
    try (LongCat longcat = builder(1).build()) {
      one = longcat.generate(PROMPT, TWO);
    }
    Plan plan = builder(2).plan();
    assertThat(plan.devices()).hasSize(2).allMatch(device -> device.weightBytes() > 0);
    try (LongCat longcat = builder(2).build()) {
      assertThat(longcat.generate(PROMPT, TWO).textIds()).isEqualTo(one.textIds());
      assertThat(longcat.describe())
          .contains("cuda-emulated: device 0 (emulated)")
          .contains(plan.devices().get(0).describe(), plan.devices().get(1).describe());
    }
  }

  @Test
  void experts_that_stay_on_the_host_answer_too() {
    LongCat.Builder split = builder(1).gpus(Gpus.all().withExpertsOnHost());
    try (LongCat longcat = split.build()) {
      assertThat(longcat.describe()).contains("; experts by cpu: ", "those of experts");
      assertThat(longcat.generate(PROMPT, TWO).textIds()).hasSize(2);
    }
    assertThat(split.plan().devices().get(0).weightBytes())
        .isLessThan(builder(1).plan().devices().get(0).weightBytes());
  }

  @Test
  void a_gpu_with_too_little_memory_refuses_before_loading() {
    assertThatThrownBy(() -> builder(1).gpus(Gpus.all().memory(64 << 20)).build())
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("GPU 0 has 64 MiB for this rank")
        .hasMessageContaining("MiB more; use more ranks");
  }
}
