package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.Samples;
import io.longcat4j.modality.AudioProvider;
import io.longcat4j.modality.Hearing;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.testing.TestData;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HearingTest {
  private static Hearing hearing;

  @BeforeAll
  static void open() {
    AudioProvider provider = ServiceLoader.load(AudioProvider.class).findFirst().orElseThrow();
    hearing = provider.openHearing(Golden.context(TestData.bf16()));
  }

  @AfterAll
  static void close() {
    hearing.close();
  }

  @Test
  void a_wav_file_of_the_right_rate_gives_the_expected_rows() {
    Hearing.Heard heard =
        hearing.encode(Audio.of(TestData.media("audio_question_3s_16k.wav")), true);
    assertThat(heard.warnings()).isEmpty();
    Golden.of(TestData.bf16())
        .assertActivations("audio.audio_question.embeddings", heard.rows().values());
  }

  @Test
  void samples_and_a_file_of_the_same_sound_give_the_same_rows() {
    float[] samples = Golden.pcm("audio_question_3s_16k.wav");
    Hearing.Heard fromSamples = hearing.encode(Audio.of(new Samples(samples, 16000)), true);
    Hearing.Heard fromFile =
        hearing.encode(Audio.of(TestData.media("audio_question_3s_16k.wav")), true);
    assertThat(fromSamples.rows().values()).isEqualTo(fromFile.rows().values());
  }

  @Test
  void samples_and_a_file_of_another_rate_are_resampled_alike() {
    float[] samples = Golden.pcm("audio_question_3s.wav");
    Hearing.Heard fromSamples = hearing.encode(Audio.of(new Samples(samples, 24000)), true);
    Hearing.Heard fromFile =
        hearing.encode(Audio.of(TestData.media("audio_question_3s.wav")), true);
    assertThat(fromSamples.rows().rows()).isEqualTo(31);
    assertThat(fromSamples.rows().values()).isEqualTo(fromFile.rows().values());
  }

  @Test
  void exactly_two_minutes_are_heard_without_a_warning() {
    Hearing.Heard heard = hearing.encode(noise(120 * 16000), true);
    assertThat(heard.warnings()).isEmpty();
    assertThat(heard.rows().rows()).isEqualTo(1500);
  }

  @Test
  void what_lies_behind_two_minutes_is_left_out_with_a_warning() {
    Hearing.Heard heard = hearing.encode(noise(120 * 16000 + 1), false);
    assertThat(heard.warnings()).hasSize(1);
    assertThat(heard.warnings().get(0)).contains("more than 120 s", "only its first 120 s");
    assertThat(heard.rows().values())
        .isEqualTo(hearing.encode(noise(120 * 16000), true).rows().values());
  }

  @Test
  void two_minutes_are_counted_in_the_rate_of_the_sound() {
    Audio sound = Audio.of(new Samples(new float[121 * 4000], 4000));
    Hearing.Heard heard = hearing.encode(sound, false);
    assertThat(heard.warnings()).hasSize(1);
    assertThat(heard.rows().rows()).isEqualTo(1500);
  }

  @Test
  void strict_hearing_refuses_more_than_two_minutes() {
    assertThatThrownBy(() -> hearing.encode(noise(120 * 16000 + 1), true))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("lasts more than 120 s")
        .hasMessageContaining("pass a shorter sound");
  }

  @Test
  void a_sound_of_one_window_gives_one_row_and_one_sample_less_is_refused() {
    assertThat(hearing.encode(noise(400), true).rows().rows()).isEqualTo(1);
    assertThatThrownBy(() -> hearing.encode(noise(399), true))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("399 samples")
        .hasMessageContaining("windows of 400")
        .hasMessageContaining("at least 25");
  }

  @Test
  void empty_sounds_are_refused() {
    assertThatThrownBy(() -> hearing.encode(Audio.of(new byte[0]), true))
        .isInstanceOf(MediaException.class);
    assertThatThrownBy(() -> hearing.encode(Audio.of(new Samples(new float[0], 16000)), true))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("holds no sample");
  }

  @Test
  void a_picture_has_no_sound() {
    assertThatThrownBy(() -> hearing.encode(Audio.of(TestData.media("photo_533x377.png")), true))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("photo_533x377.png");
  }

  @Test
  void samples_that_are_no_numbers_are_refused_by_place() {
    for (int rate : new int[] {16000, 22050}) {
      float[] samples = new float[4000];
      samples[1234] = Float.NaN;
      assertThatThrownBy(() -> hearing.encode(Audio.of(new Samples(samples, rate)), true))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("sample 1234 is NaN");
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {1e38f, -3e30f, Float.POSITIVE_INFINITY, 0x1.000002p31f})
  void samples_that_are_too_large_for_a_sound_blame_the_sound(float value) {
    for (int rate : new int[] {16000, 22050}) {
      float[] samples = new float[4000];
      samples[77] = value;
      assertThatThrownBy(() -> hearing.encode(Audio.of(new Samples(samples, rate)), true))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("A sound of samples at " + rate + " Hz: sample 77 is " + value)
          .hasMessageContaining("between -1 and 1");
    }
  }

  @Test
  void samples_that_nobody_divided_are_heard() {
    float[] samples = new float[4000];
    Arrays.fill(samples, 1000, 3000, -0x1p31f);

    Hearing.Heard heard = hearing.encode(Audio.of(new Samples(samples, 16000)), true);

    for (float value : heard.rows().values()) {
      assertThat(value).isFinite();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 999, 1_000_001, Integer.MAX_VALUE})
  void impossible_rates_are_refused(int rate) {
    assertThatThrownBy(() -> hearing.encode(Audio.of(new Samples(new float[4000], rate)), true))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining(rate + " Hz")
        .hasMessageContaining("1000 to 1000000 Hz");
    assertThatThrownBy(() -> hearing.open(rate))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining(rate + " Hz");
  }

  @Test
  void a_sound_that_nobody_wants_any_more_is_not_read_on() {
    DeadlineExceededException overdue = new DeadlineExceededException("overdue");
    for (Audio audio :
        List.of(
            Audio.of(TestData.media("audio_question_3s.wav")),
            Audio.of(new Samples(new float[200_000], 44100)))) {
      int asked = 0;
      for (int last = 1; asked == 0; last++) {
        AtomicInteger left = new AtomicInteger(last);
        Cancellation wanted =
            () -> {
              if (left.decrementAndGet() <= 0) {
                throw overdue;
              }
            };
        try {
          hearing.encode(audio, true, wanted);
          asked = last - 1;
        } catch (DeadlineExceededException unwanted) {
          assertThat(unwanted).isSameAs(overdue);
        }
      }
      assertThat(asked).isGreaterThan(4);
    }
  }

  @Test
  void a_closed_hearing_says_so() {
    Hearing closed = new LongCatAudioProvider().openHearing(Golden.context(TestData.fp8()));
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.encode(noise(800), true))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("The audio encoder is closed");
  }

  @Test
  void it_describes_itself() {
    assertThat(hearing.describe()).contains("5 memory layers", "2 threads");
  }

  private static Audio noise(int count) {
    float[] samples = new float[count];
    Random random = new Random(7);
    for (int i = 0; i < count; i++) {
      samples[i] = (float) (random.nextGaussian() * 0.1);
    }
    return Audio.of(new Samples(Arrays.copyOf(samples, count), 16000));
  }
}
