package io.longcat4j.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.session.Loudness.Fall;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound of 16 kHz, whose frames have 64 samples. */
class LoudnessTest {
  private static final int MS = 16;
  private static final int FRAME = 4 * MS;

  private final Random random = new Random(7);
  private final Loudness loudness = new Loudness(16_000);

  private float[] noise(int millis, double level) {
    float[] sound = new float[millis * MS];
    for (int i = 0; i < sound.length; i++) {
      sound[i] = (float) (level * random.nextGaussian());
    }
    return sound;
  }

  /** A voice is loud once in 8 ms and faint between. */
  private float[] voice(int millis, double level) {
    float[] sound = noise(millis, level);
    for (int i = 0; i < sound.length; i++) {
      sound[i] *= i / FRAME % 2 == 0 ? 1 : 0.1f;
    }
    return sound;
  }

  private void hear(float[]... sounds) {
    for (float[] sound : sounds) {
      loudness.add(sound, 0, sound.length);
    }
  }

  private Optional<Long> endAfter(int expectedMillis) {
    return loudness.end((long) expectedMillis * MS).map(Fall::atSample);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.02})
  void speech_ends_where_it_falls_to_the_noise(double noise) {
    hear(noise(400, 0.1), noise(112, noise));
    assertThat(endAfter(430)).contains(400L * MS);
  }

  @Test
  void gaps_between_the_pulses_of_a_voice_are_no_end() {
    hear(voice(404, 0.1), noise(108, 0.003));
    assertThat(endAfter(380)).contains(404L * MS);
  }

  @Test
  void a_faint_last_sound_belongs_to_speech_where_the_detector_says_so() {
    hear(noise(320, 0.2), noise(80, 0.01), noise(112, 0.002));
    assertThat(endAfter(400)).contains(400L * MS);
    assertThat(endAfter(410)).contains(400L * MS);
  }

  @Test
  void noise_that_ends_after_speech_is_none() {
    hear(noise(320, 0.2), noise(80, 0.01), noise(112, 0));
    assertThat(endAfter(330)).contains(320L * MS);
  }

  @Test
  void noise_that_ends_after_speech_is_taken_for_it_where_speech_falls_less() {
    hear(noise(320, 0.2), noise(80, 0.1), noise(112, 0));
    assertThat(endAfter(330)).contains(400L * MS);
  }

  @Test
  void where_nothing_falls_there_is_no_end() {
    hear(noise(512, 0.1));
    assertThat(endAfter(400)).isEmpty();
    hear(noise(400, 0));
    assertThat(endAfter(800)).isEmpty();
  }

  @Test
  void a_fall_by_less_than_4_dB_tells_nothing() {
    float[] constant = new float[400 * MS];
    Arrays.fill(constant, 0.1f);
    float[] fainter = new float[112 * MS];
    Arrays.fill(fainter, 0.0635f);
    hear(constant, fainter);
    assertThat(endAfter(400)).isEmpty();
    loudness.reset();
    Arrays.fill(fainter, 0.0625f);
    hear(constant, fainter);
    assertThat(endAfter(400)).contains(400L * MS);
  }

  @Test
  void an_end_is_looked_for_in_the_last_quarter_of_a_second() {
    hear(noise(200, 0.1), noise(252, 0.001));
    assertThat(endAfter(300)).contains(200L * MS);
    loudness.reset();
    hear(noise(200, 0.1), noise(264, 0.001));
    assertThat(endAfter(300)).isEmpty();
  }

  @Test
  void what_is_35_dB_below_the_speech_is_silence() {
    hear(noise(400, 0.5), noise(60, 0.005), noise(52, 0));
    assertThat(endAfter(400)).contains(400L * MS);
  }

  /** A detector whose windows fall with the sound leaves little silence to look at. */
  @Test
  void an_end_that_has_just_come_is_found() {
    hear(noise(400, 0.1), noise(12, 0.001));
    assertThat(endAfter(400)).contains(400L * MS);
  }

  @Test
  void it_rises_with_the_first_whole_frame_that_is_loud() {
    hear(noise(400, 0.1), noise(112, 0.001));
    Fall fall = loudness.end(400 * MS).orElseThrow();
    long from = 512L * MS - 10;
    hear(noise(20, 0.001));
    assertThat(loudness.rises(from, fall.loud())).isFalse();
    float[] again = noise(4, 0.1);
    loudness.add(again, 0, FRAME - 1);
    assertThat(loudness.rises(from, fall.loud())).isFalse();
    loudness.add(again, FRAME - 1, FRAME);
    assertThat(loudness.rises(from, fall.loud())).isTrue();
    assertThat(loudness.rises(532L * MS, fall.loud())).isTrue();
    assertThat(loudness.rises(532L * MS + 1, fall.loud())).isFalse();
  }

  @Test
  void reset_forgets() {
    hear(noise(400, 0.1), noise(112, 0.001));
    loudness.reset();
    assertThat(endAfter(400)).isEmpty();
    assertThat(loudness.rises(0, 0)).isFalse();
    hear(noise(40, 0.1), noise(112, 0.001));
    assertThat(endAfter(60)).contains(40L * MS);
  }

  @ParameterizedTest
  @CsvSource({"8000, 32", "24000, 96", "44100, 176", "48000, 192", "100, 1"})
  void a_frame_has_4_ms_at_any_rate(int rate, int frame) {
    Loudness other = new Loudness(rate);
    float[] loud = new float[frame];
    Arrays.fill(loud, 1);
    other.add(loud, 0, frame - 1);
    assertThat(other.rises(0, 0.5)).isFalse();
    other.add(loud, 0, 1);
    assertThat(other.rises(0, 1)).isTrue();
    assertThat(other.rises(0, 1.01)).isFalse();
  }

  /** In whatever pieces it comes. */
  @Property(tries = 50)
  void the_same_sound_has_the_same_end(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5000) int largest) {
    Random cuts = new Random(seed);
    float[] sound = new float[700 * MS];
    for (int i = 0; i < sound.length; i++) {
      double level = i < 500 * MS ? 0.1 : 0.001 + 0.01 * cuts.nextDouble();
      sound[i] = (float) (level * cuts.nextGaussian());
    }
    Loudness whole = new Loudness(16_000);
    whole.add(sound, 0, sound.length);
    Loudness pieces = new Loudness(16_000);
    for (int from = 0; from < sound.length; ) {
      int to = Math.min(sound.length, from + 1 + cuts.nextInt(largest));
      pieces.add(sound, from, to);
      from = to;
    }
    assertThat(pieces.end(550 * MS)).isEqualTo(whole.end(550 * MS)).isPresent();
  }
}
