package io.longcat4j.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.TurnDetection;
import io.longcat4j.VoiceActivity;
import io.longcat4j.session.SpeechDetector.Change;
import io.longcat4j.session.SpeechDetector.Ended;
import io.longcat4j.session.SpeechDetector.Lasted;
import io.longcat4j.session.SpeechDetector.Paused;
import io.longcat4j.session.SpeechDetector.WentOn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Speech that is told by windows of 32 ms, late by two windows and a half, and placed by how loud
 * it is. Sound of 16 kHz.
 */
class HeardSpeechTest {
  private static final int MS = 16;
  private static final int WINDOW = 32 * MS;
  private static final int LAG = 2 * WINDOW;
  private static final TurnDetection RULES = TurnDetection.normal();

  /** A window is speech when it or one of the two before was loud. */
  private static final class Late implements VoiceActivity {
    private int loud;

    @Override
    public int windowSamples() {
      return WINDOW;
    }

    @Override
    public int trailingSamples() {
      return LAG;
    }

    @Override
    public double probability(float[] window) {
      double power = 0;
      for (float sample : window) {
        power += sample * sample;
      }
      loud = power / WINDOW > 0.001 ? 3 : loud - 1;
      return loud > 0 ? 0.9 : 0.1;
    }

    @Override
    public void reset() {
      loud = 0;
    }

    @Override
    public void close() {}
  }

  /** A change, and the sample at which it was known. */
  private record Known(Change change, long at) {}

  private final Random random = new Random(3);
  private final List<Known> known = new ArrayList<>();
  private Microphone microphone = new Microphone(RULES, 16_000, 0, new Late());

  private float[] sound(int samples, double level) {
    float[] sound = new float[samples];
    for (int i = 0; i < samples; i++) {
      sound[i] = (float) (level * random.nextGaussian());
    }
    return sound;
  }

  private HeardSpeechTest say(int samples) {
    return write(sound(samples, 0.2));
  }

  private HeardSpeechTest pause(int samples) {
    return write(sound(samples, 0.002));
  }

  private HeardSpeechTest write(float[] sound) {
    microphone.take(sound, change -> known.add(new Known(change, microphone.heard())), () -> {});
    return this;
  }

  private List<Known> after(Class<? extends Change> kind) {
    return known.stream().filter(heard -> kind.isInstance(heard.change())).toList();
  }

  @Test
  void a_turn_ends_at_the_sample_that_completes_the_silence() {
    int spoken = 1000 * MS + 3 * 4 * MS; // Not where a window ends.
    say(spoken).pause(700 * MS);
    assertThat(after(Paused.class)).extracting(Known::change).containsExactly(new Paused(spoken));
    assertThat(after(Lasted.class))
        .containsExactly(new Known(new Lasted(spoken), spoken + 200 * MS));
    assertThat(after(Ended.class)).containsExactly(new Known(new Ended(spoken), spoken + 600 * MS));
  }

  @Test
  void a_window_that_became_loud_tells_itself_whether_it_is_speech() {
    int spoken = 32 * WINDOW;
    // The silence is over 24 ms after the beginning of a window, 12 of which are speech.
    say(spoken).pause(588 * MS).say(300 * MS);
    assertThat(after(Ended.class)).isEmpty();
    assertThat(after(WentOn.class)).hasSize(1);
  }

  @Test
  void a_noise_that_is_no_speech_has_the_turn_end_with_its_window() {
    int spoken = 32 * WINDOW;
    float[] click = sound(4 * MS, 0.02);
    say(spoken).pause(584 * MS).write(click).pause(200 * MS);
    assertThat(after(Ended.class))
        .containsExactly(new Known(new Ended(spoken), spoken + 19 * WINDOW));
  }

  @Test
  void a_noise_in_an_earlier_window_has_nobody_wait() {
    int spoken = 32 * WINDOW;
    float[] click = sound(4 * MS, 0.02);
    say(spoken).pause(560 * MS).write(click).pause(200 * MS);
    assertThat(after(Ended.class)).containsExactly(new Known(new Ended(spoken), spoken + 600 * MS));
  }

  @Test
  void a_noise_puts_off_the_beginning_of_a_reply_too() {
    int spoken = 32 * WINDOW;
    float[] click = sound(4 * MS, 0.02);
    say(spoken).pause(192 * MS).write(click).pause(200 * MS);
    assertThat(after(Lasted.class))
        .containsExactly(new Known(new Lasted(spoken), spoken + 7 * WINDOW));
  }

  @Test
  void where_loudness_tells_nothing_windows_decide() {
    float[] constant = new float[3000 * MS];
    Arrays.fill(constant, 0.2f);
    int spoken = 10 * WINDOW;
    VoiceActivity told =
        new VoiceActivity() {
          private int windows;

          @Override
          public int windowSamples() {
            return WINDOW;
          }

          @Override
          public double probability(float[] window) {
            return windows++ < 10 ? 0.9 : 0.1;
          }

          @Override
          public void reset() {}

          @Override
          public void close() {}
        };
    microphone = new Microphone(RULES, 16_000, 0, told);
    write(constant);
    assertThat(after(Lasted.class))
        .containsExactly(new Known(new Lasted(spoken), spoken + 7 * WINDOW));
    assertThat(after(Ended.class))
        .containsExactly(new Known(new Ended(spoken), spoken + 19 * WINDOW));
  }

  @Test
  void what_follows_the_end_of_a_turn_in_its_window_may_begin_another() {
    int spoken = 32 * WINDOW;
    say(spoken).pause(600 * MS).say(500 * MS).pause(700 * MS);
    assertThat(after(Ended.class))
        .hasSize(2)
        .first()
        .isEqualTo(new Known(new Ended(spoken), spoken + 600 * MS));
    assertThat(after(SpeechDetector.Began.class)).hasSize(2);
  }

  @Test
  void after_a_reset_sound_counts_from_what_was_heard() {
    say(1000 * MS).pause(100);
    long heard = microphone.heard();
    microphone.reset();
    known.clear();
    pause(WINDOW).say(1000 * MS).pause(700 * MS);
    long spoken = heard + WINDOW + 1000L * MS;
    assertThat(after(Ended.class)).hasSize(1);
    assertThat(microphone.place(after(Ended.class).get(0).change()))
        .isBetween(spoken - 4 * MS, spoken + 4 * MS);
  }

  @Test
  void no_more_is_heard_at_once_than_nothing_depends_on() {
    SpeechDetector detector = new SpeechDetector(RULES, 16_000, WINDOW, LAG);
    float[] sound = new float[WINDOW + 1];
    assertThat(detector.room()).isEqualTo(WINDOW);
    assertThatThrownBy(() -> detector.hear(sound, 0, WINDOW + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(detector.hear(sound, 0, WINDOW - 1)).isEmpty();
    assertThat(detector.room()).isEqualTo(1);
    assertThat(detector.heardSamples()).isEqualTo(WINDOW - 1);
    assertThatThrownBy(() -> detector.window(0.5)).isInstanceOf(IllegalStateException.class);
    assertThat(detector.hear(sound, 0, 1)).isEmpty();
    assertThat(detector.room()).isZero();
    assertThat(detector.window(0.1)).isEmpty();
    assertThat(detector.heardSamples()).isEqualTo(WINDOW);
  }

  /** The same sound is the same story, told at the same samples, in whatever pieces it comes. */
  @Property(tries = 30)
  void pieces_change_nothing(
      @ForAll long seed, @ForAll @IntRange(min = 100, max = 4000) int largest) {
    Random any = new Random(seed);
    float[] whole = new float[0];
    for (int i = 0; i < 14; i++) {
      boolean loud = any.nextBoolean();
      int length = any.nextInt(loud ? 600 * MS : 900 * MS);
      int from = whole.length;
      whole = Arrays.copyOf(whole, from + length);
      double level = loud ? 0.05 + any.nextDouble() / 4 : any.nextDouble() / 40;
      for (int k = from; k < whole.length; k++) {
        whole[k] = (float) (level * any.nextGaussian());
      }
    }
    TurnDetection rules = any.nextBoolean() ? RULES : TurnDetection.eager();
    List<Known> atOnce = new ArrayList<>();
    Microphone first = new Microphone(rules, 16_000, 0, new Late());
    first.take(whole, change -> atOnce.add(new Known(change, first.heard())), () -> {});
    List<Known> inPieces = new ArrayList<>();
    Microphone second = new Microphone(rules, 16_000, 0, new Late());
    for (int from = 0; from < whole.length; ) {
      int to = Math.min(whole.length, from + 1 + any.nextInt(largest));
      second.take(
          Arrays.copyOfRange(whole, from, to),
          change -> inPieces.add(new Known(change, second.heard())),
          () -> {});
      from = to;
    }
    assertThat(inPieces).isEqualTo(atOnce);
  }
}
