package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ParallelTest {
  @Test
  void theDefaultIsOneRankWithTenSecondsOfPatienceOnLoopback() {
    Parallel single = Parallel.single();
    assertThat(single.kind()).isEqualTo(Parallel.Kind.SINGLE);
    assertThat(single.ranks()).hasValue(1);
    assertThat(single.patience()).isEqualTo(Duration.ofSeconds(10));
    assertThat(single.listenOn()).isEmpty();
    assertThat(single.token()).isEmpty();
  }

  @Test
  void threadsAreCountedAndProcessesCountThemselves() {
    assertThat(Parallel.local(8).kind()).isEqualTo(Parallel.Kind.LOCAL);
    assertThat(Parallel.local(8).ranks()).hasValue(8);
    assertThat(Parallel.mpi().kind()).isEqualTo(Parallel.Kind.MPI);
    assertThat(Parallel.mpi().ranks()).isEmpty();
    assertThat(Parallel.processes().kind()).isEqualTo(Parallel.Kind.PROCESSES);
    assertThat(Parallel.processes().ranks()).isEmpty();
    assertThat(Parallel.auto().kind()).isEqualTo(Parallel.Kind.AUTO);
    assertThat(Parallel.auto().ranks()).isEmpty();
  }

  @Test
  void eachSettingKeepsTheOthersAndLeavesTheValueItCameFromAlone() {
    Parallel bare = Parallel.processes();
    Parallel set = bare.patience(Duration.ofSeconds(3)).listenOn("eth0").token("s3cret");
    Parallel again = set.token("other").listenOn("10.0.0.7").patience(Duration.ofSeconds(4));
    assertThat(bare.patience()).isEqualTo(Duration.ofSeconds(10));
    assertThat(bare.listenOn()).isEmpty();
    assertThat(bare.token()).isEmpty();
    assertThat(set.kind()).isEqualTo(Parallel.Kind.PROCESSES);
    assertThat(set.patience()).isEqualTo(Duration.ofSeconds(3));
    assertThat(set.listenOn()).hasValue("eth0");
    assertThat(set.token()).hasValue("s3cret");
    assertThat(again.patience()).isEqualTo(Duration.ofSeconds(4));
    assertThat(again.listenOn()).hasValue("10.0.0.7");
    assertThat(again.token()).hasValue("other");
    assertThat(Parallel.local(4).patience(Duration.ofSeconds(1)).ranks()).hasValue(4);
  }

  @Test
  void theSecretIsNotPrinted() {
    assertThat(Parallel.local(4).listenOn("eth0").token("s3cret"))
        .asString()
        .contains("LOCAL", "4", "PT10S", "eth0", "with a token")
        .doesNotContain("s3cret");
    assertThat(Parallel.mpi().toString()).doesNotContain("token", "listening", "ranks");
  }

  @Test
  void impossibleSettingsAreRefused() {
    for (int ranks : new int[] {0, -1, 1025, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> Parallel.local(ranks))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("has " + ranks + " ranks");
    }
    for (Duration patience :
        new Duration[] {Duration.ZERO, Duration.ofMillis(99), Duration.ofDays(1).plusNanos(1)}) {
      assertThatThrownBy(() -> Parallel.mpi().patience(patience))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("patience is " + patience);
    }
    assertThat(Parallel.mpi().patience(Duration.ofMillis(100)).patience().toMillis())
        .isEqualTo(100);
    assertThat(Parallel.mpi().patience(Duration.ofDays(1)).patience())
        .isEqualTo(Duration.ofDays(1));
    assertThatThrownBy(() -> Parallel.mpi().listenOn(" "))
        .hasMessageContaining("listenOn is blank");
    assertThatThrownBy(() -> Parallel.mpi().token("")).hasMessageContaining("token is blank");
  }

  @Test
  void encodersStayOnRankZeroUnlessTheyArePutElsewhere() {
    assertThat(Parallel.local(3).encodersOn()).isZero();
    Parallel elsewhere =
        Parallel.local(3).encodersOn(2).patience(Duration.ofSeconds(3)).token("x").listenOn("lo");
    assertThat(elsewhere.encodersOn()).isEqualTo(2);
    assertThat(elsewhere.toString()).contains("encoders on rank 2");
    assertThat(Parallel.mpi().encodersOn(7).encodersOn()).isEqualTo(7);
    for (int rank : new int[] {-1, 3}) {
      assertThatThrownBy(() -> Parallel.local(3).encodersOn(rank))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("pass 0 to 2");
    }
  }
}
