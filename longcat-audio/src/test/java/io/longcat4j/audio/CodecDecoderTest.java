package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.CodecFrame;
import io.longcat4j.Device;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.Samples;
import io.longcat4j.modality.Voice;
import io.longcat4j.onnx.NativeOperators;
import io.longcat4j.testing.TestData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class CodecDecoderTest {
  private static Voice causal;
  private static Voice centred;

  @BeforeAll
  static void open() {
    causal = new LongCatAudioProvider().openVoice(Golden.context(TestData.bf16()));
    centred = new LongCatAudioProvider().openVoice(Golden.context(TestData.fp8()));
  }

  @AfterAll
  static void close() {
    causal.close();
    centred.close();
  }

  @Test
  void a_frame_is_60_ms_at_the_rate_of_its_type() {
    Samples samples = causal.speak(frames(1, 7));
    assertThat(samples.sampleRateHz()).isEqualTo(24000);
    assertThat(samples.values()).hasSize(1440);
    samples = centred.speak(frames(1, 7));
    assertThat(samples.sampleRateHz()).isEqualTo(16000);
    assertThat(samples.values()).hasSize(960);
  }

  @Test
  void what_is_three_frames_away_does_not_change_causal_sound() {
    List<CodecFrame> all = frames(150, 11);
    float[] whole = causal.speak(all).values();
    float[] part = causal.speak(all.subList(0, 100)).values();
    assertClose(Arrays.copyOf(part, 97 * 1440), Arrays.copyOf(whole, 97 * 1440));
    assertThat(Arrays.copyOfRange(part, 97 * 1440, 100 * 1440))
        .isNotEqualTo(Arrays.copyOfRange(whole, 97 * 1440, 100 * 1440));
  }

  @Test
  void the_longest_reply_is_spoken_and_starts_as_a_short_one_does() {
    startsAsAShortOneDoes(causal, 4096);
  }

  @Test
  void centred_sound_does_not_depend_on_what_is_far_away() {
    startsAsAShortOneDoes(centred, 500);
  }

  private static void startsAsAShortOneDoes(Voice voice, int count) {
    List<CodecFrame> all = frames(count, 13);
    float[] whole = voice.speak(all).values();
    float[] part = voice.speak(all.subList(0, 300)).values();
    int perFrame = part.length / 300;
    assertThat(whole).hasSize(count * perFrame);
    int settled = 280 * perFrame;
    assertClose(Arrays.copyOf(part, settled), Arrays.copyOf(whole, settled));
    float[] end = Arrays.copyOfRange(whole, whole.length - perFrame, whole.length);
    assertThat(end).doesNotContain(0f);
  }

  @Test
  void equal_codes_give_equal_sound_from_several_threads() throws Exception {
    List<CodecFrame> frames = frames(20, 17);
    Samples alone = centred.speak(frames);
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      List<Future<Samples>> spoken = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        spoken.add(pool.submit(() -> centred.speak(frames)));
      }
      for (Future<Samples> samples : spoken) {
        assertThat(samples.get()).isEqualTo(alone);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void every_codebook_is_heard() {
    CodecFrame frame = new CodecFrame(100, List.of(1, 2, 3));
    float[] base = causal.speak(List.of(frame)).values();
    for (CodecFrame other :
        List.of(
            new CodecFrame(101, List.of(1, 2, 3)),
            new CodecFrame(100, List.of(22, 2, 3)),
            new CodecFrame(100, List.of(1, 483, 3)),
            new CodecFrame(100, List.of(1, 2, 0)),
            new CodecFrame(100, List.of(1, 2)))) {
      assertThat(causal.speak(List.of(other)).values()).isNotEqualTo(base);
    }
  }

  @Test
  void codes_outside_their_codebook_are_refused_by_place() {
    refuse(new CodecFrame(512, List.of(0, 0, 0)), "frame 1: semantic code is 512", "0 to 511");
    refuse(new CodecFrame(-1, List.of(0, 0, 0)), "frame 1: semantic code is -1");
    refuse(new CodecFrame(0, List.of(0, 484, 0)), "frame 1: acoustic code 1 is 484", "0 to 483");
    refuse(new CodecFrame(0, List.of(0, 0, -32)), "frame 1: acoustic code 2 is -32");
  }

  @Test
  void frames_with_other_codebooks_are_refused() {
    refuse(new CodecFrame(0, List.of()), "frame 1 has 0 acoustic codes");
    refuse(new CodecFrame(0, List.of(0, 0)), "frame 1 has 2 acoustic codes");
    refuse(new CodecFrame(0, List.of(0, 0, 0, 0)), "frame 1 has 4 acoustic codes", "1 to 3");
  }

  @Test
  void an_utterance_without_frames_is_refused() {
    assertThatThrownBy(() -> causal.speak(List.of()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no codec frames");
  }

  @Test
  void a_closed_voice_says_so() {
    Voice closed = new LongCatAudioProvider().openVoice(Golden.context(TestData.fp8()));
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.speak(frames(1, 1)))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("The codec decoder is closed");
  }

  @Test
  void it_describes_itself() {
    assertThat(causal.describe()).contains("24000 Hz", "2 threads");
    assertThat(centred.describe()).contains("16000 Hz");
  }

  @Test
  void it_tells_which_operators_it_has() {
    String own = NativeOperators.best().map(NativeOperators::describe).orElse("standard operators");
    assertThat(causal.describe()).contains(own);
    assertThat(CodecDecoder.operators(Device.cuda(0))).isEmpty();
    try (CodecDecoder standard =
        CodecDecoder.open(Golden.context(TestData.bf16()), Optional.empty())) {
      assertThat(standard.describe()).contains("standard operators");
    }
  }

  private static void refuse(CodecFrame second, String... parts) {
    CodecFrame good = new CodecFrame(0, List.of(0, 0, 0));
    assertThatThrownBy(() -> causal.speak(List.of(good, second)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContainingAll(parts);
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    assertThat(worst).isCloseTo(0, within(1e-4));
  }

  private static List<CodecFrame> frames(int count, long seed) {
    Random random = new Random(seed);
    List<CodecFrame> frames = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      frames.add(
          new CodecFrame(
              random.nextInt(512),
              List.of(random.nextInt(484), random.nextInt(484), random.nextInt(484))));
    }
    return frames;
  }
}
