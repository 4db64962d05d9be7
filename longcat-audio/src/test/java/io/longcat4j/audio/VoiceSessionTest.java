package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CodecFrame;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.modality.SpeechChunk;
import io.longcat4j.modality.Voice;
import io.longcat4j.modality.VoiceSession;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class VoiceSessionTest {
  private static final double TOLERANCE = 1e-4;

  private static CodecDecoder causal;
  private static CodecDecoder centred;
  private static CodecDecoder oddlyCentred;
  private static CodecDecoder slowlyCausal;

  @BeforeAll
  @BeforeContainer
  static void open() {
    causal = open(TestData.bf16());
    centred = open(TestData.fp8());
    oddlyCentred = open(VariantTest.checkpoint("centred-16khz"));
    slowlyCausal = open(VariantTest.checkpoint("causal-8khz"));
  }

  @AfterAll
  @AfterContainer
  static void close() {
    List.of(causal, centred, oddlyCentred, slowlyCausal).forEach(CodecDecoder::close);
  }

  private static CodecDecoder open(Path checkpoint) {
    return CodecDecoder.open(Golden.context(checkpoint));
  }

  /** Lengths of pushes, nothing and single frames among them. */
  @Provide
  Arbitrary<List<Integer>> pushes() {
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(3, Arbitraries.just(1)),
            net.jqwik.api.Tuple.of(1, Arbitraries.just(0)),
            net.jqwik.api.Tuple.of(3, Arbitraries.integers().between(1, 12)),
            net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(60, 150)))
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property(tries = 40)
  void any_cut_of_a_causal_utterance_sounds_as_the_whole(
      @ForAll("pushes") List<Integer> pushes, @ForAll @IntRange(max = 99) int seed) {
    soundsAsTheWhole(causal, pushes, seed);
  }

  @Property(tries = 40)
  void any_cut_of_a_centred_utterance_sounds_as_the_whole(
      @ForAll("pushes") List<Integer> pushes, @ForAll @IntRange(max = 99) int seed) {
    soundsAsTheWhole(centred, pushes, seed);
  }

  @Property(tries = 20)
  void any_cut_sounds_as_the_whole_for_odd_ratios_and_other_blocks(
      @ForAll("pushes") List<Integer> pushes, @ForAll @IntRange(max = 99) int seed) {
    soundsAsTheWhole(oddlyCentred, pushes, seed);
    soundsAsTheWhole(slowlyCausal, pushes, seed);
  }

  private static void soundsAsTheWhole(CodecDecoder voice, List<Integer> pushes, int seed) {
    List<CodecFrame> frames = frames(pushes.stream().mapToInt(i -> i).sum(), seed);
    try (VoiceSession session = voice.open()) {
      Heard heard = new Heard(voice);
      int at = 0;
      for (int count : pushes) {
        heard.add(session.push(frames.subList(at, at + count)));
        at += count;
        assertThat(heard.frames)
            .as("frames that sound after %d", at)
            .isEqualTo(Math.max(0, at - voice.lookAheadFrames()));
      }
      heard.add(session.finish());
      assertThat(heard.frames).isEqualTo(frames.size());
      heard.assertIs(frames.isEmpty() ? new float[0] : voice.waveform(frames));
    }
  }

  @Test
  void frames_one_by_one_give_the_golden_sound() {
    for (Path checkpoint : List.of(TestData.bf16(), TestData.fp8())) {
      Golden golden = Golden.of(checkpoint);
      Heard heard = new Heard(checkpoint.equals(TestData.bf16()) ? causal : centred);
      try (VoiceSession session = heard.voice.open()) {
        golden.spokenFrames().forEach(frame -> heard.add(session.push(List.of(frame))));
        heard.add(session.finish());
      }
      golden.assertActivations("speech.waveform", heard.samples());
    }
  }

  @Test
  void the_look_ahead_follows_from_the_configuration() {
    assertThat(causal.lookAheadFrames()).isEqualTo(CodecWaveformGraph.LOOK_AHEAD);
    assertThat(slowlyCausal.lookAheadFrames()).isEqualTo(CodecWaveformGraph.LOOK_AHEAD);
    assertThat(centred.lookAheadFrames()).isEqualTo(10);
  }

  @Test
  void sessions_side_by_side_do_not_hear_each_other() throws Exception {
    List<CodecFrame> frames = frames(60, 5);
    List<CodecFrame> others = frames(60, 6);
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Heard>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        List<CodecFrame> mine = i % 2 == 0 ? frames : others;
        int step = 1 + i;
        all.add(pool.submit(() -> hear(causal, mine, step)));
      }
      for (int i = 0; i < all.size(); i++) {
        all.get(i).get().assertIs(causal.waveform(i % 2 == 0 ? frames : others));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static Heard hear(CodecDecoder voice, List<CodecFrame> frames, int step) {
    Heard heard = new Heard(voice);
    try (VoiceSession session = voice.open()) {
      for (int at = 0; at < frames.size(); at += step) {
        heard.add(session.push(frames.subList(at, Math.min(frames.size(), at + step))));
      }
      heard.add(session.finish());
    }
    return heard;
  }

  @Test
  void a_push_with_an_impossible_code_is_refused_by_place_and_changes_nothing() {
    List<CodecFrame> frames = frames(20, 3);
    Heard heard = new Heard(causal);
    try (VoiceSession session = causal.open()) {
      heard.add(session.push(frames.subList(0, 9)));
      CodecFrame impossible = new CodecFrame(512, List.of(0));
      assertThatThrownBy(() -> session.push(List.of(frames.get(9), impossible)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("frame 10: semantic code is 512");
      assertThatThrownBy(() -> session.push(List.of(new CodecFrame(1, List.of(1, 1)))))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("frame 9 has 2 acoustic codes");
      heard.add(session.push(frames.subList(9, 20)));
      heard.add(session.finish());
    }
    heard.assertIs(causal.waveform(frames));
  }

  @Test
  void an_utterance_without_frames_has_no_sound() {
    try (VoiceSession session = centred.open()) {
      assertThat(session.push(List.of())).isEmpty();
      assertThat(session.finish()).isEmpty();
    }
  }

  @Test
  void nothing_can_be_said_after_the_end() {
    VoiceSession finished = causal.open();
    finished.push(frames(1, 1));
    assertThat(finished.finish()).isPresent();
    refuses(finished);
    finished.close();
    finished.close();
    VoiceSession closed = causal.open();
    closed.close();
    refuses(closed);
  }

  @Test
  void a_session_of_a_closed_voice_says_so() {
    CodecDecoder voice = open(TestData.bf16());
    VoiceSession session = voice.open();
    session.push(frames(2, 1));
    voice.close();
    assertThatThrownBy(() -> session.push(frames(1, 1)))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("The codec decoder is closed");
    refuses(session);
    session.close();
  }

  private static void refuses(VoiceSession session) {
    assertThatThrownBy(() -> session.push(frames(1, 1)))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("open another session");
    assertThatThrownBy(session::finish).isInstanceOf(LongCatException.class);
  }

  private static List<CodecFrame> frames(int count, long seed) {
    Random random = new Random(seed);
    List<CodecFrame> frames = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      frames.add(new CodecFrame(random.nextInt(50), List.of(random.nextInt(36))));
    }
    return frames;
  }

  /** What came out of a session so far. */
  private static final class Heard {
    private final Voice voice;
    private final List<float[]> pieces = new ArrayList<>();
    private int frames;

    Heard(Voice voice) {
      this.voice = voice;
    }

    void add(Optional<SpeechChunk> given) {
      if (given.isPresent()) {
        SpeechChunk chunk = given.get();
        assertThat(chunk.firstFrame()).isEqualTo(frames);
        assertThat(chunk.samples().sampleRateHz()).isEqualTo(voice.sampleRateHz());
        pieces.add(chunk.samples().values());
        frames += chunk.frames();
      }
    }

    float[] samples() {
      int total = pieces.stream().mapToInt(piece -> piece.length).sum();
      float[] all = new float[total];
      int at = 0;
      for (float[] piece : pieces) {
        System.arraycopy(piece, 0, all, at, piece.length);
        at += piece.length;
      }
      return all;
    }

    void assertIs(float[] whole) {
      float[] samples = samples();
      assertThat(samples).hasSameSizeAs(whole);
      double worst = 0;
      for (int i = 0; i < whole.length; i++) {
        double error = Math.abs((double) samples[i] - whole[i]);
        worst = error <= worst ? worst : error;
      }
      assertThat(worst).isLessThanOrEqualTo(TOLERANCE);
    }
  }
}
