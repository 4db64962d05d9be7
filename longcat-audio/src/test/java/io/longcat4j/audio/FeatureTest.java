package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.CheckpointException;
import io.longcat4j.MediaException;
import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.checkpoint.KaldiMatrix;
import io.longcat4j.testing.TestData;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureTest {
  private static final float LOG_OF_FLOOR = (float) Math.log(0x1p-23);

  private static final FeatureExtractor PLAIN = FeatureExtractor.open(TestData.bf16());
  private static final FeatureExtractor WITH_DELTAS = FeatureExtractor.open(TestData.fp8());

  @Test
  void silence_is_the_floor_everywhere() {
    for (float value : PLAIN.fbank(new float[1600]).values()) {
      assertThat(value).isEqualTo(LOG_OF_FLOOR);
    }
  }

  @Test
  void features_of_silence_do_not_change_over_time_and_have_no_derivatives() {
    Frames deltas = new Deltas(new PreprocessorConfig.DeltaConfig(2, 2)).append(constant(30, 4));
    for (int frame = 0; frame < 30; frame++) {
      for (int column = 4; column < 12; column++) {
        assertThat(deltas.values()[frame * 12 + column]).isCloseTo(0f, within(1e-6f));
      }
    }
    Frames features = WITH_DELTAS.features(new float[16000]);
    float[] first = Arrays.copyOf(features.values(), features.width());
    for (int vector = 0; vector < features.count(); vector++) {
      int from = vector * features.width();
      assertThat(Arrays.copyOfRange(features.values(), from, from + features.width()))
          .isEqualTo(first);
    }
  }

  @Test
  void the_derivative_of_a_ramp_is_its_slope() {
    float[] ramp = new float[40];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = 3 * i + 5;
    }
    Frames deltas =
        new Deltas(new PreprocessorConfig.DeltaConfig(2, 3)).append(new Frames(40, 1, ramp));
    for (int frame = 6; frame < 34; frame++) {
      assertThat(deltas.values()[frame * 3 + 1]).isCloseTo(3f, within(1e-4f));
      assertThat(deltas.values()[frame * 3 + 2]).isCloseTo(0f, within(1e-4f));
    }
    assertThat(deltas.values()[1]).isCloseTo(3f * (1 + 4 + 9) / 28, within(1e-4f));
  }

  @Test
  void a_constant_offset_is_weakened_to_three_hundredths() {
    float[] loud = new float[800];
    Arrays.fill(loud, 0.5f);
    float[] quiet = new float[800];
    Arrays.fill(quiet, 0.05f);
    Frames of = PLAIN.fbank(loud);
    Frames tenth = PLAIN.fbank(quiet);
    double gain = Math.log(100);
    assertThat((double) of.values()[0]).isCloseTo(tenth.values()[0] + gain, within(1e-2));
    assertThat(of.values()[0]).isLessThan(PLAIN.fbank(tone(100, 0.5f)).values()[0]);
  }

  @Test
  void full_scale_sound_gives_finite_features() {
    float[] square = new float[16000];
    for (int i = 0; i < square.length; i++) {
      square[i] = i / 8 % 2 == 0 ? 1 : -1;
    }
    for (float value : WITH_DELTAS.features(square).values()) {
      assertThat(value).isFinite();
    }
  }

  @ParameterizedTest
  @CsvSource({"500", "1000", "2000", "4000"})
  void a_tone_is_loudest_in_the_filter_around_its_frequency(double hz) {
    float[] fbank = PLAIN.fbank(tone(hz, 0.3f)).values();
    int loudest = 0;
    for (int filter = 0; filter < 80; filter++) {
      loudest = fbank[filter] > fbank[loudest] ? filter : loudest;
    }
    double low = mel(40);
    double step = (mel(7800) - low) / 81;
    assertThat(low + (loudest + 1) * step).isCloseTo(mel(hz), within(step));
  }

  @Property
  void rows_are_counted_as_the_published_formula_counts_them(
      @ForAll @IntRange(min = 0, max = 2_000_000) int samples) {
    int frames = Math.floorDiv(samples - 400, 160) + 1;
    int published = Math.floorDiv(frames + 7, 8);
    assertThat(PLAIN.vectors(samples)).isEqualTo(published);
  }

  @Property(tries = 30)
  void as_many_vectors_come_out_as_were_counted(
      @ForAll @IntRange(min = 400, max = 9000) int samples) {
    Frames features = WITH_DELTAS.features(new float[samples]);
    assertThat(features.count()).isEqualTo(WITH_DELTAS.vectors(samples));
    assertThat(features.width()).isEqualTo(1200);
  }

  @Test
  void a_sound_shorter_than_a_window_is_refused_at_every_stage() {
    try (AudioEncoder encoder = AudioEncoder.open(Golden.context(TestData.bf16()))) {
      assertThat(encoder.rows(399)).isZero();
      assertThatThrownBy(() -> encoder.fbank(new float[399])).isInstanceOf(MediaException.class);
      assertThatThrownBy(() -> encoder.features(new float[0])).isInstanceOf(MediaException.class);
      assertThatThrownBy(() -> encoder.embeddings(new float[1])).isInstanceOf(MediaException.class);
    }
  }

  @Test
  void statistics_of_another_width_are_refused_with_both_sizes() {
    KaldiMatrix narrow = new KaldiMatrix(2, 41, new double[82]);
    assertThatThrownBy(() -> new MeanVariance(narrow, 80, "audio/global_cmvn"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("audio/global_cmvn is 2 x 41")
        .hasMessageContaining("needs 2 x 81");
  }

  @Test
  void impossible_statistics_are_refused() {
    assertThatThrownBy(() -> statistics(0, 1, 1)).hasMessageContaining("count of frames is 0.0");
    assertThatThrownBy(() -> statistics(2, 8, 1))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("column 0 has mean 4.0 and variance -15.5");
    assertThatThrownBy(() -> statistics(1, Double.NaN, 1)).hasMessageContaining("column 0");
    assertThatThrownBy(() -> statistics(1, 1, Double.POSITIVE_INFINITY))
        .hasMessageContaining("column 0 has mean 1.0 and variance Infinity");
  }

  @Test
  void normalisation_takes_the_mean_off_and_divides_by_the_deviation() {
    Frames frames = new Frames(2, 1, new float[] {3, 7});
    assertThat(statistics(4, 12, 52).normalise(frames).values()).containsExactly(0, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "dither, 1.0, noise is for training",
    "freq, 44100, 8000 and 16000",
    "frame_length, 0, milliseconds",
    "frame_shift, 2000, milliseconds",
    "high_freq, 30, between low_freq",
    "high_freq, 9000, between low_freq",
    "num_mel_bins, 0, 1 to 4096",
    "padded_num_mel_bins, 79, num_mel_bins to 4096"
  })
  void impossible_settings_are_refused_by_key(String key, double value, String expectation) {
    Map<String, Object> fbank = new HashMap<>();
    fbank.put("frame_length", 25);
    fbank.put("frame_shift", 10);
    fbank.put("preemphasis", 0.97);
    fbank.put("freq", 16000);
    fbank.put("high_freq", -200);
    fbank.put("low_freq", 40);
    fbank.put("num_mel_bins", 80);
    fbank.put(key, value);
    assertThatThrownBy(
            () -> PreprocessorConfig.FbankConfig.of(ConfigFile.of("preprocessor.json", fbank)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("preprocessor.json")
        .hasMessageContaining(key)
        .hasMessageContaining(expectation);
  }

  @Test
  void a_random_start_is_refused() {
    Map<String, Object> splice = Map.of("left", 1, "right", 1, "stride", 2, "random_start", true);
    assertThatThrownBy(
            () -> PreprocessorConfig.SpliceConfig.of(ConfigFile.of("preprocessor.json", splice)))
        .hasMessageContaining("random_start");
  }

  private static MeanVariance statistics(double count, double sum, double squares) {
    return new MeanVariance(
        new KaldiMatrix(2, 2, new double[] {sum, count, squares, 0}), 1, "audio/global_cmvn");
  }

  private static Frames constant(int count, int width) {
    float[] values = new float[count * width];
    Arrays.fill(values, 2.5f);
    return new Frames(count, width, values);
  }

  private static float[] tone(double hz, float loudness) {
    float[] samples = new float[400];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (loudness * Math.sin(2 * Math.PI * hz * i / 16000));
    }
    return samples;
  }

  private static double mel(double hz) {
    return 1127 * Math.log(1 + hz / 700);
  }
}
