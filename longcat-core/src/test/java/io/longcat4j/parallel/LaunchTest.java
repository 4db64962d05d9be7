package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LaunchTest {
  @Test
  void aProcessThatWasStartedAloneIsNoLaunch() {
    assertThat(Launch.of(Map.of())).isEmpty();
    assertThat(Launch.of(Map.of("RANK", "0", "WORLD_SIZE", "1"))).isEmpty();
    assertThat(Launch.of(Map.of("WORLD_SIZE", "4"))).isEmpty();
    assertThat(Launch.of(Map.of("RANK", "4", "WORLD_SIZE", "4"))).isEmpty();
    assertThat(Launch.of(Map.of("RANK", "-1", "WORLD_SIZE", "4"))).isEmpty();
    assertThat(Launch.of(Map.of("RANK", "1", "WORLD_SIZE", "99999999999"))).isEmpty();
  }

  @Test
  void eachLauncherIsUnderstood() {
    assertThat(
            Launch.of(
                Map.of(
                    "OMPI_COMM_WORLD_RANK", "3",
                    "OMPI_COMM_WORLD_SIZE", "8",
                    "OMPI_COMM_WORLD_LOCAL_SIZE", "4")))
        .hasValue(new Launch("mpirun", true, 3, 8, 4));
    assertThat(Launch.of(Map.of("RANK", "0", "WORLD_SIZE", "2")))
        .hasValue(new Launch("RANK and WORLD_SIZE", false, 0, 2, 1));
    assertThat(Launch.of(Map.of("RANK", "0", "WORLD_SIZE", "4", "LOCAL_WORLD_SIZE", "2")))
        .hasValue(new Launch("RANK and WORLD_SIZE", false, 0, 4, 2));
    assertThat(Launch.of(Map.of("SLURM_PROCID", "5", "SLURM_STEP_NUM_TASKS", "6")))
        .hasValue(new Launch("srun", false, 5, 6, 1));
    assertThat(Launch.of(Map.of("LWS_WORKER_INDEX", "1", "LWS_GROUP_SIZE", "2")))
        .hasValue(new Launch("LeaderWorkerSet", false, 1, 2, 1));
  }

  @Test
  void mpirunInsideABatchJobIsBelievedBeforeTheJob() {
    assertThat(
            Launch.of(
                Map.of(
                    "SLURM_PROCID", "0",
                    "SLURM_STEP_NUM_TASKS", "2",
                    "OMPI_COMM_WORLD_RANK", "1",
                    "OMPI_COMM_WORLD_SIZE", "4")))
        .hasValue(new Launch("mpirun", true, 1, 4, 1));
  }

  @Test
  void aBatchScriptThatRunsOneProcessIsNoLaunch() {
    assertThat(Launch.of(Map.of("SLURM_PROCID", "0", "SLURM_NTASKS", "8"))).isEmpty();
  }

  @Test
  void impossibleCountsOnAHostAreNotBelieved() {
    for (String here : new String[] {"0", "5", "x"}) {
      assertThat(Launch.of(Map.of("RANK", "0", "WORLD_SIZE", "4", "LOCAL_WORLD_SIZE", here)))
          .hasValueSatisfying(launch -> assertThat(launch.onHost()).isEqualTo(1));
    }
  }
}
