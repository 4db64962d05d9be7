package io.longcat4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.MissingModuleException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaunchTest {
  private static Map<String, String> environment(String... pairs) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    return environment;
  }

  private static void refused(String part, String... pairs) {
    assertThatThrownBy(() -> Launch.of(environment(pairs)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(part);
  }

  @Test
  void mpirun_on_one_host_needs_no_address() {
    Launch launch =
        Launch.of(
            environment(
                "OMPI_COMM_WORLD_SIZE",
                "4",
                "OMPI_COMM_WORLD_RANK",
                "3",
                "OMPI_COMM_WORLD_LOCAL_SIZE",
                "4"));
    assertThat(launch.size()).isEqualTo(4);
    assertThat(launch.rank()).isEqualTo(3);
    assertThat(launch.address()).contains("127.0.0.1");
    assertThat(launch.port()).isEqualTo(Launch.DEFAULT_PORT);
    assertThat(launch).hasToString("rank 3 of 4, started by mpirun");
  }

  @Test
  void mpirun_on_several_hosts_says_nothing_of_an_address() {
    Launch launch =
        Launch.of(
            environment(
                "OMPI_COMM_WORLD_SIZE",
                "4",
                "OMPI_COMM_WORLD_RANK",
                "3",
                "OMPI_COMM_WORLD_LOCAL_SIZE",
                "2"));
    assertThat(launch.address()).isEmpty();
    assertThatThrownBy(() -> Meeting.of(withToken(launch)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("MASTER_ADDR");
  }

  private static Launch withToken(Launch launch) {
    return Launch.of(
        environment(
            "RANK",
            "" + launch.rank(),
            "WORLD_SIZE",
            "" + launch.size(),
            "LONGCAT_TOKEN",
            "0123456789abcdef"));
  }

  @Test
  void a_step_of_srun_is_understood() {
    Launch launch =
        Launch.of(
            environment(
                "SLURM_NTASKS",
                "8",
                "SLURM_PROCID",
                "5",
                "SLURM_STEP_ID",
                "0",
                "SLURM_LAUNCH_NODE_IPADDR",
                "10.1.2.3"));
    assertThat(launch.startedBy()).isEqualTo("srun");
    assertThat(launch.size()).isEqualTo(8);
    assertThat(launch.rank()).isEqualTo(5);
    assertThat(launch.address()).contains("10.1.2.3");
  }

  @Test
  void an_allocation_of_slurm_alone_is_no_rank_and_mpirun_within_it_counts() {
    Map<String, String> batch =
        environment("SLURM_NTASKS", "8", "SLURM_PROCID", "0", "SLURM_JOB_ID", "77");
    assertThat(Launch.find(batch)).isEmpty();
    batch.putAll(
        environment(
            "SLURM_STEP_ID", "1", "OMPI_COMM_WORLD_SIZE", "4", "OMPI_COMM_WORLD_RANK", "2"));
    assertThat(Launch.of(batch).size()).isEqualTo(4);
    assertThat(Launch.of(batch).rank()).isEqualTo(2);
  }

  @Test
  void plain_variables_are_understood() {
    Launch launch =
        Launch.of(
            environment(
                "RANK",
                "1",
                "WORLD_SIZE",
                "2",
                "MASTER_ADDR",
                "node7",
                "MASTER_PORT",
                "1234",
                "LONGCAT_TOKEN",
                "0123456789abcdef",
                "LONGCAT_INTERFACE",
                "eth1"));
    assertThat(launch.address()).contains("node7");
    assertThat(launch.port()).isEqualTo(1234);
    assertThat(launch.token()).contains("0123456789abcdef");
    assertThat(launch.networkInterface()).contains("eth1");
    assertThat(launch.toString()).doesNotContain("0123456789abcdef");
  }

  @Test
  void a_leader_worker_set_is_understood() {
    Launch launch =
        Launch.of(
            environment(
                "LWS_GROUP_SIZE",
                "3",
                "LWS_WORKER_INDEX",
                "2",
                "LWS_LEADER_ADDRESS",
                "omni-0.omni.default"));
    assertThat(launch.startedBy()).isEqualTo("LeaderWorkerSet");
    assertThat(launch.rank()).isEqualTo(2);
    assertThat(launch.address()).contains("omni-0.omni.default");
  }

  @Test
  void variables_that_agree_are_fine_and_those_that_contradict_are_named() {
    Map<String, String> both =
        environment("LWS_GROUP_SIZE", "3", "LWS_WORKER_INDEX", "2", "RANK", "2", "WORLD_SIZE", "3");
    assertThat(Launch.of(both).size()).isEqualTo(3);
    refused(
        "LWS_WORKER_INDEX and LWS_GROUP_SIZE say rank 1 of 3",
        "LWS_GROUP_SIZE",
        "3",
        "LWS_WORKER_INDEX",
        "1",
        "RANK",
        "2",
        "WORLD_SIZE",
        "3");
    refused(
        "mpirun says rank 0 of 2, but RANK and WORLD_SIZE say rank 0 of 4",
        "OMPI_COMM_WORLD_SIZE",
        "2",
        "OMPI_COMM_WORLD_RANK",
        "0",
        "RANK",
        "0",
        "WORLD_SIZE",
        "4");
  }

  @Test
  void halves_and_what_is_no_number_are_named() {
    refused("RANK is set and WORLD_SIZE is not", "RANK", "2");
    refused("LWS_GROUP_SIZE is set", "LWS_GROUP_SIZE", "2");
    refused("RANK is '4'; it must be a number from 0 to 3", "RANK", "4", "WORLD_SIZE", "4");
    refused("RANK is '-1'", "RANK", "-1", "WORLD_SIZE", "4");
    refused("WORLD_SIZE is '0'", "RANK", "0", "WORLD_SIZE", "0");
    refused("WORLD_SIZE is 'four'", "RANK", "0", "WORLD_SIZE", "four");
    refused("WORLD_SIZE is '99999999999'", "RANK", "0", "WORLD_SIZE", "99999999999");
    refused("MASTER_PORT", "RANK", "0", "WORLD_SIZE", "2", "MASTER_PORT", "65536");
    refused("LONGCAT_TOKEN has 5", "RANK", "0", "WORLD_SIZE", "2", "LONGCAT_TOKEN", "short");
    refused("mpirun -n N");
  }

  @Test
  void what_the_application_chose_goes_before_the_environment() {
    Launch launch = Launch.of(Map.of("RANK", "0", "WORLD_SIZE", "2", "LONGCAT_INTERFACE", "eth0"));
    Launch chosen = launch.with(Optional.of("a-token-of-the-application"), Optional.empty());

    assertThat(chosen.token()).hasValue("a-token-of-the-application");
    assertThat(chosen.networkInterface()).hasValue("eth0");
    assertThatThrownBy(() -> launch.with(Optional.of("short"), Optional.empty()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("at least 16");
  }

  @Test
  void ranks_over_tcp_need_a_token_and_an_address_of_their_own_host() {
    Map<String, String> environment =
        environment("RANK", "0", "WORLD_SIZE", "2", "MASTER_ADDR", "127.0.0.1");
    meetingRefused(environment, "LONGCAT_TOKEN");
    environment.put("LONGCAT_TOKEN", "0123456789abcdef");
    environment.put("MASTER_ADDR", "192.0.2.1");
    meetingRefused(environment, "cannot listen");
    environment.put("MASTER_ADDR", "0.0.0.0");
    meetingRefused(environment, "one address");
    environment.put("LONGCAT_INTERFACE", "no-such-interface.invalid");
    meetingRefused(environment, "LONGCAT_INTERFACE");
  }

  private static void meetingRefused(Map<String, String> environment, String part) {
    assertThatThrownBy(() -> Meeting.of(Launch.of(environment)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(part);
  }

  @Test
  void one_process_alone_joins_nobody() {
    Launch alone = Launch.of(environment("RANK", "0", "WORLD_SIZE", "1"));
    assertThat(ProcessRanks.join(alone, Introduction.of(new byte[0], 0, 0), RankTimes.DEFAULTS))
        .isSameAs(Ranks.single());
  }

  @Test
  void an_artifact_that_is_missing_is_named() {
    assertThatThrownBy(() -> RankProvider.named("mpi"))
        .isInstanceOf(MissingModuleException.class)
        .hasMessageContaining("io.longcat4j:longcat-mpi");
  }

  @Test
  void times_must_be_positive() {
    assertThatThrownBy(() -> RankTimes.DEFAULTS.withPatience(Duration.ZERO))
        .hasMessageContaining("patience");
    assertThatThrownBy(() -> RankTimes.DEFAULTS.withJoining(Duration.ofDays(2)))
        .hasMessageContaining("joining");
  }
}
