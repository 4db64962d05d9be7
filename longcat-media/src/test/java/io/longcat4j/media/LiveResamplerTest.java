package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("once")
class LiveResamplerTest {

  @ParameterizedTest
  @CsvSource({"8000, 1", "22050, 7", "24000, 480", "44100, 441", "48000, 5000", "16001, 100000"})
  void any_cut_becomes_what_a_file_of_the_whole_becomes(int rateHz, int longest) {
    float[] whole = noise(rateHz / 2 + 123);
    float[] expected =
        AudioFile.decode(MediaSource.of(wav(whole, rateHz)), 16000, 10).samples().values();
    Random random = new Random(longest);
    float[] heard = new float[expected.length];
    int size = 0;
    try (LiveResampler resampler = LiveResampler.open(rateHz, 16000)) {
      for (int at = 0; at < whole.length; ) {
        int to = Math.min(whole.length, at + random.nextInt(longest + 1));
        size = append(resampler.push(Arrays.copyOfRange(whole, at, to)), heard, size);
        at = to;
      }
      size = append(resampler.finish(), heard, size);
    }
    assertThat(size).isEqualTo(expected.length);
    double worst = 0;
    for (int i = 0; i < size; i++) {
      worst = Math.max(worst, Math.abs(heard[i] - expected[i]));
    }
    assertThat(worst).isLessThan(1e-6);
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 300",
    "22050, 441",
    "24000, 480",
    "44100, 4410",
    "48000, 5000",
    "192000, 9600"
  })
  void a_fork_ends_as_the_sound_would_and_leaves_it_as_it_was(int rateHz, int piece) {
    float[] whole = noise(2 * rateHz + 17);
    try (LiveResampler resampler = LiveResampler.open(rateHz, 16000)) {
      int given = 0;
      for (int at = 0; at < whole.length; at += piece) {
        int to = Math.min(whole.length, at + piece);
        given += resampler.push(Arrays.copyOfRange(whole, at, to)).length;
        if (at % 7 == 0) {
          float[] rest = restOf(Arrays.copyOf(whole, to), rateHz, given);
          try (LiveResampler fork = resampler.fork();
              LiveResampler forksFork = fork.fork()) {
            assertThat(fork.finish()).containsExactly(rest, offset(1e-6f));
            assertThat(forksFork.finish()).containsExactly(rest, offset(1e-6f));
          }
        }
      }
      assertThat(resampler.finish()).containsExactly(restOf(whole, rateHz, given), offset(1e-6f));
    }
  }

  /** What comes of a sound after its first samples. */
  private static float[] restOf(float[] sound, int rateHz, int given) {
    try (LiveResampler resampler = LiveResampler.open(rateHz, 16000)) {
      float[] whole = new float[3 * 16000];
      int size = append(resampler.push(sound), whole, 0);
      size = append(resampler.finish(), whole, size);
      return Arrays.copyOfRange(whole, given, size);
    }
  }

  @Test
  void sound_comes_out_before_its_end() {
    LiveResampler resampler = LiveResampler.open(48000, 16000);
    int given = resampler.push(noise(48000)).length;
    assertThat(given).isGreaterThan(15000);
    assertThat(given + resampler.finish().length).isEqualTo(16000);
    resampler.close();
    resampler.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {999, 0, -16000, 1_000_001, Integer.MAX_VALUE})
  void impossibleRatesAreRefusedBeforeAnythingIsAllocated(int rateHz) {
    assertThatThrownBy(() -> LiveResampler.open(rateHz, 16000))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("A live sound has " + rateHz + " Hz")
        .hasMessageContaining("1000 to 1000000 Hz");
    assertThatThrownBy(() -> LiveResampler.open(16000, rateHz))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining(rateHz + " Hz");
  }

  private static int append(float[] more, float[] all, int at) {
    System.arraycopy(more, 0, all, at, more.length);
    return at + more.length;
  }

  private static byte[] wav(float[] samples, int rateHz) {
    Wav wav = new Wav(Wav.FLOAT, 32, 1, rateHz);
    ByteBuffer space = wav.space(samples.length);
    for (float sample : samples) {
      space.putFloat(sample);
    }
    return wav.of(space.flip());
  }

  private static float[] noise(int count) {
    Random random = new Random(count);
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      samples[i] = (float) (random.nextGaussian() * 0.1);
    }
    return samples;
  }
}
