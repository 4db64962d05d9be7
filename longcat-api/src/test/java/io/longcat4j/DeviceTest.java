package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
  @Test
  void names_are_read_as_they_are_written() {
    assertThat(Device.of("cpu")).isEqualTo(Device.cpu()).hasToString("cpu");
    assertThat(Device.of("cuda")).isEqualTo(Device.cuda(0)).hasToString("cuda:0");
    assertThat(Device.of("cuda:12")).isEqualTo(Device.cuda(12)).hasToString("cuda:12");
    assertThat(Device.cpu().isGpu()).isFalse();
    assertThat(Device.cuda(1).isGpu()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "auto", "CUDA", "cuda:", "cuda:-1", "cuda:x", "cuda:12345", "cpu:0"})
  void other_names_are_refused_with_those_that_there_are(String name) {
    assertThatThrownBy(() -> Device.of(name))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'" + name + "'")
        .hasMessageContaining("cpu, cuda, or cuda:1");
  }

  @Test
  void numbers_count_gpus_from_0() {
    assertThatThrownBy(() -> Device.cuda(-1)).isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> new Device(Device.Kind.CPU, 1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no device 1");
  }
}
