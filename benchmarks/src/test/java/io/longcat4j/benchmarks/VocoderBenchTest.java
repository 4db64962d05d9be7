package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.audio.CodecConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VocoderBenchTest {
  private static final FloorProbe PROBE = () -> new Floors(1, 1e9, 1e12, 0);

  @ParameterizedTest
  @EnumSource(CodecConfig.Type.class)
  void a_whole_utterance_and_streams_are_measured_beside_the_peak(CodecConfig.Type type) {
    List<String> progress = new ArrayList<>();
    VocoderBench.Options options =
        new VocoderBench.Options(small(type), 20, List.of(1, 7), 2, OptionalInt.of(1));
    BenchReport report = new VocoderBench(options, progress::add, threads -> PROBE).run();
    assertThat(report.text(true))
        .contains("Vocoder, 20 in, 16 wide")
        .contains("| whole (20) |", "| 1 |", "| 7 |", "of F32 peak");
    assertThat(progress).contains("pushes of 20 ...", "pushes of 7 ...");
    double share = report.figures().get("push_20").get("share_of_f32_peak").asDouble();
    double rate = report.figures().get("push_20").get("gflop_per_s").asDouble();
    assertThat(share).isPositive().isCloseTo(rate / 1000, within(rate / 1e5));
    assertThat(report.figures().get("push_1").get("first_sound_ms").asDouble())
        .isPositive()
        .isLessThan(report.figures().get("push_1").get("median_ms_per_frame").asDouble() * 40);
  }

  @Test
  void the_published_decoder_needs_two_billion_operations_a_frame() {
    CodecConfig config = VocoderBench.published();
    assertThat(config.memoryDim()).isEqualTo(2304);
    assertThat(config.samplesPerFrame()).isEqualTo(1440);
    assertThat(VocoderCost.flopsPerFrame(config)).isCloseTo(2.08e9, within(0.02e9));
  }

  @Test
  void a_small_decoder_is_counted_by_hand() {
    CodecConfig config = small(CodecConfig.Type.CAUSAL_24K);
    double recurrent = 2 * 8 * 20 * 20;
    double first = 20 * 16 * 7;
    double one = 16 * 8 * 3 + 3 * 3 * 8 * 8 * 8;
    double two = 3 * 8 * 4 * 2 + 6 * 3 * 4 * 4 * 8;
    double last = 6 * 4 * 7;
    assertThat(VocoderCost.flopsPerFrame(config))
        .isEqualTo(2 * (recurrent + first + one + two + last));
  }

  @Test
  void nothing_cannot_be_measured() {
    CodecConfig config = small(CodecConfig.Type.CAUSAL_24K);
    assertThatThrownBy(
            () -> new VocoderBench.Options(config, 5, List.of(0), 1, OptionalInt.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("pushes of [0]");
  }

  private static CodecConfig small(CodecConfig.Type type) {
    return new CodecConfig(type, 8, 12, 30, 2, 5, List.of(3, 3), 16, List.of(3, 2));
  }
}
