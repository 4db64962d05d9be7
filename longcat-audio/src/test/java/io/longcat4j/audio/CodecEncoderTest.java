package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.CodecFrame;
import io.longcat4j.CodecWindow;
import io.longcat4j.Device;
import io.longcat4j.spi.Cancellation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("once")
class CodecEncoderTest {

  @Test
  void every_stage_of_the_published_format_gives_the_expected_numbers() {
    EncoderGolden golden = EncoderGolden.published();
    try (CodecEncoder encoder = golden.open()) {
      golden.assertStages(encoder, "audio_case", Golden.pcm("audio_case_16k.wav"));
      golden.assertStages(encoder, "audio_question", Golden.pcm("audio_question_3s_16k.wav"));
    }
  }

  @Test
  void without_operators_of_our_own_the_numbers_are_the_expected_ones() {
    EncoderGolden golden = EncoderGolden.published();
    try (CodecEncoder encoder =
        CodecEncoder.open(golden.folder(), Device.cpu(), 2, Optional.empty())) {
      golden.assertStages(encoder, "audio_question", Golden.pcm("audio_question_3s_16k.wav"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"odd-ratios", "ties-8khz"})
  void every_stage_follows_the_configuration(String variant) {
    EncoderGolden golden = EncoderGolden.variant(variant);
    try (CodecEncoder encoder = golden.open()) {
      golden.assertStages(encoder, "sound", golden.samples());
    }
  }

  @Test
  void frames_pair_the_codes_of_both_halves() {
    EncoderGolden golden = EncoderGolden.published();
    int[] acoustic = golden.ints("audio_question.acoustic_codes");
    int[] semantic = golden.ints("audio_question.semantic_codes");
    try (CodecEncoder encoder = golden.open()) {
      List<CodecFrame> frames = whole(encoder, Golden.pcm("audio_question_3s_16k.wav"));
      assertThat(frames).hasSameSizeAs(semantic);
      for (int i = 0; i < semantic.length; i++) {
        assertThat(frames.get(i))
            .isEqualTo(
                new CodecFrame(
                    semantic[i],
                    List.of(
                        acoustic[i],
                        acoustic[semantic.length + i],
                        acoustic[2 * semantic.length + i])));
      }
    }
  }

  @Test
  void a_window_that_sees_everything_gives_the_frames_of_the_whole() {
    CodecWindow all = new CodecWindow(200, 7, 200);
    for (String variant : List.of("odd-ratios", "ties-8khz")) {
      EncoderGolden golden = EncoderGolden.variant(variant);
      try (CodecEncoder encoder = golden.open()) {
        assertThat(windowed(encoder, golden.samples(), all, 1 << 20))
            .isEqualTo(whole(encoder, golden.samples()));
      }
    }
  }

  @Test
  void acoustic_codes_do_not_depend_on_the_window() {
    for (EncoderGolden golden :
        List.of(EncoderGolden.published(), EncoderGolden.variant("odd-ratios"))) {
      try (CodecEncoder encoder = golden.open()) {
        float[] samples = Golden.pcm("audio_case_16k.wav");
        List<CodecFrame> whole = whole(encoder, samples);
        List<CodecFrame> windowed = windowed(encoder, samples, new CodecWindow(0, 5, 0), 1 << 20);
        assertThat(acoustic(windowed)).isEqualTo(acoustic(whole));
      }
    }
  }

  @Test
  void frames_do_not_depend_on_how_a_live_sound_is_cut() {
    EncoderGolden golden = EncoderGolden.variant("odd-ratios");
    CodecWindow window = new CodecWindow(6, 4, 3);
    Random random = new Random(7);
    try (CodecEncoder encoder = golden.open()) {
      List<CodecFrame> expected = windowed(encoder, golden.samples(), window, 1 << 20);
      for (int attempt = 0; attempt < 5; attempt++) {
        assertThat(windowed(encoder, golden.samples(), window, 1 + random.nextInt(3000)))
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void live_frames_come_as_soon_as_the_window_is_full() {
    EncoderGolden golden = EncoderGolden.variant("ties-8khz");
    CodecWindow window = new CodecWindow(8, 2, 20);
    try (CodecEncoder encoder = golden.open();
        EncodedSound sound = live(encoder, window)) {
      int perFrame = encoder.config().samplesPerFrame();
      assertThat(sound.push(new float[22 * perFrame - 1])).isEmpty();
      assertThat(sound.push(new float[1])).hasSize(2);
      assertThat(sound.push(new float[2 * perFrame])).hasSize(2);
      assertThat(sound.finish()).hasSize(20);
    }
  }

  @Test
  void hours_of_sound_hold_one_window() {
    EncoderGolden golden = EncoderGolden.variant("ties-8khz");
    int seconds = Boolean.getBoolean("longcat.nightly") ? 7200 : 90;
    float[] second = Arrays.copyOf(golden.samples(), 8000);
    try (CodecEncoder encoder = golden.open();
        EncodedSound sound = live(encoder, new CodecWindow(50, 25, 25))) {
      long frames = 0;
      for (int i = 0; i < seconds; i++) {
        frames += sound.push(second).size();
        assertThat(sound.heldSamples()).isLessThan(8000 + 100 * 320);
      }
      frames += sound.finish().size();
      assertThat(frames).isEqualTo(seconds * 25L);
    }
  }

  private static EncodedSound live(CodecEncoder encoder, CodecWindow window) {
    return new EncodedSound(encoder, encoder.sampleRateHz(), window, Cancellation.BY_INTERRUPTION);
  }

  private static List<CodecFrame> whole(CodecEncoder encoder, float[] samples) {
    return encoder.encode(samples, Cancellation.BY_INTERRUPTION);
  }

  private static List<CodecFrame> windowed(
      CodecEncoder encoder, float[] samples, CodecWindow window, int piece) {
    try (EncodedSound sound = live(encoder, window)) {
      List<CodecFrame> frames = new ArrayList<>();
      for (int at = 0; at < samples.length; at += piece) {
        int to = Math.min(samples.length, at + piece);
        frames.addAll(sound.push(Arrays.copyOfRange(samples, at, to)));
      }
      frames.addAll(sound.finish());
      return frames;
    }
  }

  private static List<List<Integer>> acoustic(List<CodecFrame> frames) {
    return frames.stream().map(CodecFrame::acoustic).toList();
  }
}
