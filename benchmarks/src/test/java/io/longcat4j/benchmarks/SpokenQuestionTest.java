package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.InvalidRequestException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpokenQuestionTest {
  private static final int RATE = LiveMicrophone.RATE_HZ;
  private static final int FRAME = RATE / 50;

  private static float[] sound(double noise) {
    SplittableRandom random = new SplittableRandom(1);
    float[] samples = new float[2 * RATE];
    for (int i = 0; i < samples.length; i++) {
      boolean speech = i >= RATE / 2 && i < RATE;
      samples[i] =
          (float) ((speech ? 0.5 * Math.sin(i * 0.1) : 0) + noise * random.nextDouble(-1, 1));
    }
    return samples;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.05, 0.1})
  void speech_is_told_from_the_noise_around_it(double noise) {
    SpokenQuestion question = SpokenQuestion.of("noisy.wav", sound(noise));
    assertThat(question.first()).isCloseTo(RATE / 2, within(FRAME));
    assertThat(question.last()).isCloseTo(RATE, within(FRAME));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, RATE})
  void a_silent_question_is_refused(int samples) {
    assertThatThrownBy(() -> SpokenQuestion.of("silence.wav", new float[samples]))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("silence.wav is silent");
  }

  @Test
  void one_that_is_spoken_throughout_begins_and_ends_with_its_file() {
    float[] samples = new float[RATE];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.sin(i * 0.1);
    }
    SpokenQuestion question = SpokenQuestion.of("tone.wav", samples);
    assertThat(question.first()).isZero();
    assertThat(question.last()).isEqualTo(RATE - 1);
  }
}
