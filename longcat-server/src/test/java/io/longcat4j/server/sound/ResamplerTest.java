package io.longcat4j.server.sound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {
  @ParameterizedTest
  @CsvSource({"16000, 24000", "24000, 8000", "8000, 24000", "24000, 16000", "44100, 24000"})
  void a_tone_stays_the_same_tone(int from, int to) {
    float[] heard = whole(tone(440, from, from), from, to);
    assertThat(heard).hasSize(to);
    float[] expected = tone(440, to, to);
    double error = 0;
    for (int i = to / 10; i < to - to / 10; i++) {
      error = Math.max(error, Math.abs(heard[i] - expected[i]));
    }
    assertThat(error).isLessThan(0.005);
  }

  @Test
  void what_the_lower_rate_cannot_hold_is_silent() {
    float[] heard = whole(tone(6000, 24_000, 24_000), 24_000, 8_000);
    double loudest = 0;
    for (int i = 200; i < heard.length - 200; i++) {
      loudest = Math.max(loudest, Math.abs(heard[i]));
    }
    assertThat(loudest).isLessThan(0.005);
  }

  @Test
  void however_a_sound_is_cut_the_samples_are_the_same() {
    Random random = new Random(5);
    float[] sound = new float[5000];
    for (int i = 0; i < sound.length; i++) {
      sound[i] = random.nextFloat() - 0.5f;
    }
    float[] once = whole(sound, 16_000, 24_000);
    Resampler pieces = new Resampler(16_000, 24_000);
    float[] joined = new float[0];
    for (int at = 0; at < sound.length; ) {
      int length = Math.min(random.nextInt(300), sound.length - at);
      joined = join(joined, pieces.next(Arrays.copyOfRange(sound, at, at + length)));
      at += length;
    }
    assertThat(join(joined, pieces.end())).containsExactly(once);
  }

  @Test
  void another_sound_may_follow() {
    Resampler resampler = new Resampler(16_000, 24_000);
    float[] sound = tone(300, 16_000, 1000);
    float[] first = join(resampler.next(sound), resampler.end());
    assertThat(join(resampler.next(sound), resampler.end())).containsExactly(first);
  }

  private static float[] whole(float[] sound, int from, int to) {
    Resampler resampler = new Resampler(from, to);
    return join(resampler.next(sound), resampler.end());
  }

  private static float[] tone(int hertz, int rate, int samples) {
    float[] tone = new float[samples];
    for (int i = 0; i < samples; i++) {
      tone[i] = (float) (0.5 * Math.sin(2 * Math.PI * hertz * i / rate));
    }
    return tone;
  }

  private static float[] join(float[] a, float[] b) {
    float[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }
}
