package io.longcat4j.server.sound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SoundFormatTest {
  /** Values of ITU-T G.711's tables, as telephones have them. */
  @ParameterizedTest
  @CsvSource({
    "PCMU, ff, 0",
    "PCMU, 7f, 0",
    "PCMU, 80, 32124",
    "PCMU, 00, -32124",
    "PCMU, 8f, 16764",
    "PCMU, f0, 120",
    "PCMA, d5, 8",
    "PCMA, 55, -8",
    "PCMA, aa, 32256",
    "PCMA, 2a, -32256",
    "PCMA, 80, 5504",
    "PCMA, c5, 264",
  })
  void codes_of_telephones_are_those_of_the_standard(SoundFormat format, String code, int sample) {
    float[] decoded = format.decode(HexFormat.of().parseHex(code));
    assertThat(decoded[0] * 32768f).isEqualTo(sample);
  }

  @ParameterizedTest
  @EnumSource(names = {"PCMU", "PCMA"})
  void every_code_is_the_nearest_to_its_own_sample(SoundFormat format) {
    for (int code = 0; code < 256; code++) {
      byte[] bytes = {(byte) code};
      float[] sample = format.decode(bytes);
      byte[] again = format.encode(new float[] {sample[0] * 32768f / 32767f});
      assertThat(format.decode(again)).containsExactly(sample);
    }
  }

  @ParameterizedTest
  @EnumSource
  void samples_come_back_as_exactly_as_the_format_allows(SoundFormat format) {
    float[] samples = new float[2001];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (i - 1000) / 1000f;
    }
    float[] back = format.decode(format.encode(samples));
    for (int i = 0; i < samples.length; i++) {
      double step = format == SoundFormat.PCM16 ? 1e-4 : 0.001 + Math.abs(samples[i]) / 25;
      assertThat(back[i]).isCloseTo(samples[i], within((float) step));
    }
  }

  @Test
  void what_is_too_loud_is_clipped() {
    assertThat(SoundFormat.PCM16.encode(new float[] {2, -2}))
        .isEqualTo(HexFormat.of().parseHex("ff7f0080"));
  }
}
