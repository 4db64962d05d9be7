package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.Samples;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.HearingSession;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HearingSessionTest {
  private static final double TOLERANCE = 1e-4;

  private static Hearing plain;
  private static Hearing withDeltas;
  private static Hearing farSeeing;
  private static Hearing withoutLookAhead;

  @BeforeAll
  @BeforeContainer
  static void open() {
    plain = open(TestData.bf16(), 192);
    withDeltas = open(TestData.fp8(), 192);
    farSeeing = open(VariantTest.checkpoint("centred-16khz"), 48);
    withoutLookAhead = open(VariantTest.checkpoint("causal-8khz"), 36);
  }

  @AfterAll
  @AfterContainer
  static void close() {
    List.of(plain, withDeltas, farSeeing, withoutLookAhead).forEach(Hearing::close);
  }

  private static Hearing open(Path checkpoint, int hiddenSize) {
    return new LongCatAudioProvider().openHearing(Golden.context(checkpoint, hiddenSize));
  }

  /** Lengths of pushes: nothing, single samples, microphone blocks, seconds. */
  @Provide
  Arbitrary<List<Integer>> pushes() {
    return Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.integers().between(0, 3)),
            Tuple.of(3, Arbitraries.integers().between(4, 1500)),
            Tuple.of(2, Arbitraries.of(160, 480, 512, 1280)),
            Tuple.of(1, Arbitraries.integers().between(4000, 30000)))
        .list()
        .ofMinSize(2)
        .ofMaxSize(12);
  }

  @Property(tries = 40)
  void any_cut_of_a_sound_gives_the_rows_of_the_whole(
      @ForAll("pushes") List<Integer> pushes, @ForAll @IntRange(max = 99) int seed) {
    hearsTheWhole(plain, 16000, pushes, seed);
    hearsTheWhole(withDeltas, 16000, pushes, seed);
  }

  @Property(tries = 40)
  void any_cut_gives_the_rows_of_the_whole_for_other_features_and_memories(
      @ForAll("pushes") List<Integer> pushes, @ForAll @IntRange(max = 99) int seed) {
    hearsTheWhole(farSeeing, 16000, pushes, seed);
    hearsTheWhole(withoutLookAhead, 8000, pushes, seed);
  }

  @Property(tries = 30)
  void any_cut_of_a_sound_of_another_rate_gives_the_rows_of_the_whole(
      @ForAll("pushes") List<Integer> pushes, @ForAll @IntRange(max = 99) int seed) {
    hearsTheWhole(plain, List.of(8000, 22050, 24000, 44100, 48000).get(seed % 5), pushes, seed);
  }

  private static void hearsTheWhole(Hearing hearing, int rate, List<Integer> pushes, int seed) {
    int window = rate / 20;
    float[] sound = noise(window + pushes.stream().mapToInt(i -> i).sum(), seed);
    Rows rows = new Rows();
    try (HearingSession session = hearing.open(rate)) {
      int at = 0;
      for (int count : pushes) {
        rows.add(session.push(Arrays.copyOfRange(sound, at, at + count)));
        at += count;
      }
      rows.add(session.push(Arrays.copyOfRange(sound, at, sound.length)));
      rows.add(session.finish());
    }
    rows.assertAre(hearing.encode(Audio.of(new Samples(sound, rate)), true).rows());
  }

  @Test
  void a_microphone_gives_the_golden_rows() {
    for (Path checkpoint : List.of(TestData.bf16(), TestData.fp8())) {
      float[] sound = Golden.pcm("audio_question_3s_16k.wav");
      Rows rows = new Rows();
      Hearing hearing = checkpoint.equals(TestData.bf16()) ? plain : withDeltas;
      try (HearingSession session = hearing.open(16000)) {
        for (int at = 0; at < sound.length; at += 320) {
          rows.add(session.push(pcm16(sound, at, Math.min(sound.length, at + 320))));
        }
        rows.add(session.finish());
      }
      Golden.of(checkpoint).assertActivations("audio.audio_question.embeddings", rows.values());
    }
  }

  private static short[] pcm16(float[] sound, int from, int to) {
    short[] pcm = new short[to - from];
    for (int i = from; i < to; i++) {
      pcm[i - from] = (short) (sound[i] * 32768);
    }
    return pcm;
  }

  @Test
  void rows_come_as_soon_as_they_are_determined() {
    // The first row sees 15 frames from 7 before to 7 after its own, the encoder 2 rows ahead:
    // so it needs frame 2 * 8 + 7, whose window ends here.
    int determined = (2 * 8 + 7) * 160 + 400;
    try (HearingSession session = plain.open(16000)) {
      assertThat(session.push(noise(determined - 1, 1))).isEmpty();
      assertThat(session.push(new float[1])).map(Embeddings::rows).contains(1);
      assertThat(session.push(new float[8 * 160 - 1])).isEmpty();
      assertThat(session.push(new float[1])).map(Embeddings::rows).contains(1);
    }
  }

  @Test
  void a_sound_longer_than_two_minutes_is_heard_to_its_end() {
    Rows rows = new Rows();
    try (HearingSession session = plain.open(16000)) {
      for (int second = 0; second < 121; second++) {
        rows.add(session.push(noise(16000, second)));
      }
      rows.add(session.finish());
    }
    int frames = (121 * 16000 - 400) / 160 + 1;
    assertThat(rows.count).isEqualTo((frames + 7) / 8);
  }

  @Test
  void a_sound_of_less_than_a_window_is_refused_at_its_end() {
    try (HearingSession session = plain.open(16000)) {
      assertThat(session.push(new float[399])).isEmpty();
      assertThatThrownBy(session::finish)
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("399 samples");
    }
  }

  @Test
  void samples_that_are_no_numbers_are_refused_by_place_and_change_nothing() {
    float[] sound = noise(9000, 4);
    Rows rows = new Rows();
    try (HearingSession session = plain.open(16000)) {
      rows.add(session.push(Arrays.copyOf(sound, 4000)));
      assertThatThrownBy(() -> session.push(new float[] {0, Float.NaN}))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("sample 4001 is NaN");
      rows.add(session.push(Arrays.copyOfRange(sound, 4000, 9000)));
      rows.add(session.finish());
    }
    rows.assertAre(plain.encode(Audio.of(new Samples(sound, 16000)), true).rows());
  }

  @Test
  void sessions_side_by_side_do_not_hear_each_other() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Rows>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int seed = i;
        all.add(
            pool.submit(
                () -> {
                  Rows rows = new Rows();
                  float[] sound = noise(20000, seed);
                  try (HearingSession session = plain.open(16000)) {
                    for (int at = 0; at < sound.length; at += 1000) {
                      rows.add(session.push(Arrays.copyOfRange(sound, at, at + 1000)));
                    }
                    rows.add(session.finish());
                  }
                  return rows;
                }));
      }
      for (int i = 0; i < all.size(); i++) {
        Audio whole = Audio.of(new Samples(noise(20000, i), 16000));
        all.get(i).get().assertAre(plain.encode(whole, true).rows());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void impossible_rates_are_refused() {
    assertThatThrownBy(() -> plain.open(10)).isInstanceOf(MediaException.class);
  }

  @Test
  void nothing_can_be_heard_after_the_end() {
    for (int rate : new int[] {16000, 44100}) {
      HearingSession finished = plain.open(rate);
      finished.push(noise(3000, 1));
      assertThat(finished.finish()).isPresent();
      refuses(finished);
      finished.close();
      HearingSession closed = plain.open(rate);
      closed.close();
      closed.close();
      refuses(closed);
    }
  }

  @Test
  void a_session_of_closed_ears_says_so() {
    Hearing hearing = open(TestData.bf16(), 192);
    try (HearingSession session = hearing.open(16000)) {
      hearing.close();
      assertThatThrownBy(() -> session.push(noise(16000, 1)))
          .isInstanceOf(LongCatException.class)
          .hasMessageContaining("The audio encoder is closed");
    }
  }

  private static void refuses(HearingSession session) {
    assertThatThrownBy(() -> session.push(new float[1]))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("open another session");
    assertThatThrownBy(session::finish).isInstanceOf(LongCatException.class);
  }

  private static float[] noise(int count, int seed) {
    Random random = new Random(seed);
    float[] samples = new float[count];
    float loudness = 0.1f;
    for (int i = 0; i < count; i++) {
      loudness = i % 1000 == 0 ? random.nextFloat() * 0.3f : loudness;
      samples[i] = (float) (random.nextGaussian() * loudness);
    }
    return samples;
  }

  /** What came out of a session so far. */
  private static final class Rows {
    private final List<float[]> pieces = new ArrayList<>();
    private int count;

    void add(Optional<Embeddings> given) {
      if (given.isPresent()) {
        pieces.add(given.get().values());
        count += given.get().rows();
      }
    }

    float[] values() {
      int total = pieces.stream().mapToInt(piece -> piece.length).sum();
      float[] all = new float[total];
      int at = 0;
      for (float[] piece : pieces) {
        System.arraycopy(piece, 0, all, at, piece.length);
        at += piece.length;
      }
      return all;
    }

    void assertAre(Embeddings whole) {
      assertThat(count).isEqualTo(whole.rows());
      float[] values = values();
      double largest = 0;
      double worst = 0;
      for (int i = 0; i < values.length; i++) {
        double error = Math.abs((double) values[i] - whole.values()[i]);
        worst = error <= worst ? worst : error;
        largest = Math.max(largest, Math.abs(whole.values()[i]));
      }
      assertThat(worst).isLessThanOrEqualTo(TOLERANCE * largest);
    }
  }
}
