package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.VoiceActivity;
import io.longcat4j.media.AudioFile;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("once")
class SileroActivityTest {
  private static final String SPEECH = "03-speech-babble-30dB.flac";
  private static final String TONES = "12-tones-white-6dB.flac";
  private static SileroDetection detection;

  @BeforeAll
  static void open() {
    detection = SileroDetection.open();
  }

  @AfterAll
  static void close() {
    detection.close();
  }

  private static float[] sound(String name, int rateHz) {
    MediaSource file = MediaSource.of(TestData.file("speech").resolve(name));
    return AudioFile.decode(file, rateHz, 60).samples().values();
  }

  private static List<Double> heard(VoiceActivity activity, float[] samples) {
    int size = activity.windowSamples();
    List<Double> heard = new ArrayList<>();
    for (int at = 0; at + size <= samples.length; at += size) {
      heard.add(activity.probability(Arrays.copyOfRange(samples, at, at + size)));
    }
    return heard;
  }

  @ParameterizedTest
  @ValueSource(strings = {SPEECH, TONES})
  void probabilities_are_those_of_the_networks_authors(String name) throws IOException {
    JsonNode expected =
        new ObjectMapper().readTree(TestData.file("speech/probabilities.json").toFile()).path(name);
    try (VoiceActivity activity = detection.open(16_000)) {
      List<Double> heard = heard(activity, sound(name, 16_000));
      assertThat(heard).hasSize(expected.size()).hasSizeGreaterThan(100);
      for (int i = 0; i < heard.size(); i++) {
        assertThat(heard.get(i))
            .as("window %d", i)
            .isCloseTo(expected.get(i).asDouble(), within(1e-3));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8_000, 11_025, 12_345, 22_050, 24_000, 44_100, 48_000, 96_001, 192_000})
  void any_rate_is_heard_like_its_own(int rateHz) {
    try (VoiceActivity own = detection.open(16_000);
        VoiceActivity other = detection.open(rateHz)) {
      List<Double> expected = heard(own, sound(SPEECH, 16_000));
      List<Double> heard = heard(other, sound(SPEECH, rateHz));
      assertThat(other.windowSamples()).isEqualTo(Math.round(rateHz * 0.032f));
      assertThat(heard.size()).isCloseTo(expected.size(), within(1));
      long same = 0;
      for (int i = 0; i < Math.min(heard.size(), expected.size()); i++) {
        same += (heard.get(i) >= 0.5) == (expected.get(i) >= 0.5) ? 1 : 0;
      }
      assertThat((double) same / expected.size()).isGreaterThan(0.93);
      double trailing = 1000.0 * other.trailingSamples() / rateHz;
      assertThat(trailing).isBetween(80.0, 95.0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 48_000})
  void after_a_reset_another_sound_is_heard_as_by_a_new_detector(int rateHz) {
    try (VoiceActivity activity = detection.open(rateHz)) {
      List<Double> first = heard(activity, sound(SPEECH, rateHz));
      List<Double> goingOn = heard(activity, sound(SPEECH, rateHz));
      activity.reset();
      assertThat(heard(activity, sound(SPEECH, rateHz))).isEqualTo(first).isNotEqualTo(goingOn);
    }
  }

  @Test
  void many_at_once_hear_what_each_hears_alone() throws Exception {
    List<Double> alone;
    try (VoiceActivity activity = detection.open(16_000)) {
      alone = heard(activity, sound(SPEECH, 16_000));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<Double>>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(
            threads.submit(
                () -> {
                  try (VoiceActivity activity = detection.open(16_000)) {
                    return heard(activity, sound(SPEECH, 16_000));
                  }
                }));
      }
      for (Future<List<Double>> one : all) {
        assertThat(one.get()).isEqualTo(alone);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void what_is_no_sample_is_refused_and_leaves_the_detector_as_it_was() {
    float[] samples = sound(SPEECH, 16_000);
    float[] broken = new float[512];
    broken[7] = Float.NaN;
    try (VoiceActivity touched = detection.open(16_000);
        VoiceActivity untouched = detection.open(16_000)) {
      assertThat(heard(touched, samples)).isEqualTo(heard(untouched, samples));
      assertThatThrownBy(() -> touched.probability(broken))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("sample " + (samples.length / 512 * 512 + 7) + " is NaN");
      assertThatThrownBy(() -> touched.probability(new float[511]))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("511")
          .hasMessageContaining("512");
      assertThat(heard(touched, samples)).isEqualTo(heard(untouched, samples));
    }
  }

  @Test
  void sound_far_too_loud_does_not_deafen_it() {
    Random random = new Random(1);
    float[] loud = new float[512];
    try (VoiceActivity activity = detection.open(16_000)) {
      for (int i = 0; i < 20; i++) {
        for (int at = 0; at < loud.length; at++) {
          loud[at] = (float) (random.nextGaussian() * 1e8);
        }
        assertThat(activity.probability(loud)).isBetween(0.0, 1.0);
      }
      heard(activity, new float[40 * 512]);
      assertThat(activity.probability(new float[512])).isLessThan(0.1);
      assertThat(heard(activity, sound(SPEECH, 16_000)).stream().filter(p -> p > 0.5).count())
          .isGreaterThan(50);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {7_999, 192_001, 0, -1, Integer.MAX_VALUE})
  void other_rates_are_refused_by_name(int rateHz) {
    assertThatThrownBy(() -> detection.open(rateHz))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("not of " + rateHz);
  }

  @Test
  void what_is_closed_says_so() {
    SileroDetection own = SileroDetection.open();
    VoiceActivity closed = own.open(48_000);
    closed.close();
    closed.close();
    closed.reset();
    assertThatThrownBy(() -> closed.probability(new float[1536]))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("closed");
    VoiceActivity open = own.open(16_000);
    own.close();
    own.close();
    assertThatThrownBy(() -> open.probability(new float[512]))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("voice activity is closed");
    open.close();
    assertThat(own.describe()).contains("Silero");
  }
}
