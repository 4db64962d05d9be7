package io.longcat4j.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.LongCatException;
import io.longcat4j.TurnDetection;
import io.longcat4j.session.SpeechDetector.Began;
import io.longcat4j.session.SpeechDetector.Candidate;
import io.longcat4j.session.SpeechDetector.Change;
import io.longcat4j.session.SpeechDetector.Ended;
import io.longcat4j.session.SpeechDetector.FalseStart;
import io.longcat4j.session.SpeechDetector.Lasted;
import io.longcat4j.session.SpeechDetector.Paused;
import io.longcat4j.session.SpeechDetector.WentOn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows of 10 ms at 1000 Hz: sample 30 is the beginning of the fourth window. */
class SpeechDetectorTest {
  private static final double YES = 0.9;
  private static final double PERHAPS = 0.4;
  private static final double NO = 0.1;
  private static final TurnDetection RULES =
      TurnDetection.normal()
          .withLeastSpeech(Duration.ofMillis(30))
          .withSilence(Duration.ofMillis(50));

  private final SpeechDetector detector = new SpeechDetector(RULES, 1000, 10);

  private List<Change> hear(double probability, int windows) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < windows; i++) {
      changes.addAll(detector.window(probability));
    }
    return changes;
  }

  @Test
  void silence_stays_silence_below_the_threshold() {
    assertThat(hear(NO, 5)).isEmpty();
    assertThat(hear(PERHAPS, 5)).isEmpty();
    assertThat(detector.isSpeaking()).isFalse();
    assertThat(detector.heardSamples()).isEqualTo(100);
  }

  @Test
  void speech_begins_where_its_first_window_does_once_it_has_lasted() {
    hear(NO, 3);
    assertThat(hear(YES, 1)).containsExactly(new Candidate(30));
    assertThat(hear(YES, 1)).isEmpty();
    assertThat(detector.isSpeaking()).isFalse();
    assertThat(hear(YES, 1)).containsExactly(new Began(30));
    assertThat(detector.isSpeaking()).isTrue();
    assertThat(hear(YES, 50)).isEmpty();
  }

  @Test
  void the_bounds_themselves_are_speech_and_no_silence() {
    assertThat(hear(0.5, 1)).containsExactly(new Candidate(0));
    assertThat(hear(0.35, 10)).isEmpty();
    assertThat(hear(0.5, 1)).containsExactly(new Began(0));
    assertThat(hear(0.35, 10)).isEmpty();
    assertThat(hear(0.3499, 1)).containsExactly(new Paused(220));
    assertThat(hear(0.4999, 1)).isEmpty();
    assertThat(hear(0.5, 1)).containsExactly(new WentOn(240));
  }

  @Test
  void without_a_least_length_speech_begins_at_once() {
    detector.rules(RULES.withLeastSpeech(Duration.ZERO));
    assertThat(hear(YES, 1)).containsExactly(new Candidate(0), new Began(0));
  }

  @Test
  void a_short_sound_is_a_false_start_that_ends_where_it_fell_silent() {
    hear(YES, 2);
    assertThat(hear(NO, 6)).isEmpty();
    assertThat(hear(NO, 1)).containsExactly(new FalseStart(20));
    assertThat(hear(YES, 3)).containsExactly(new Candidate(90), new Began(90));
  }

  @Test
  void a_dip_as_short_as_a_plosive_ends_no_candidate() {
    hear(YES, 2);
    assertThat(hear(NO, 6)).isEmpty();
    assertThat(hear(YES, 1)).containsExactly(new Began(0));
  }

  @Test
  void dips_are_not_added_up() {
    detector.rules(RULES.withLeastSpeech(Duration.ofMillis(200)));
    hear(YES, 1);
    for (int i = 0; i < 2; i++) {
      assertThat(hear(NO, 6)).isEmpty();
      assertThat(hear(PERHAPS, 1)).isEmpty();
    }
    assertThat(hear(NO, 7)).containsExactly(new FalseStart(150));
  }

  @Test
  void what_fades_below_the_threshold_before_it_has_lasted_is_no_speech() {
    assertThat(hear(YES, 2)).containsExactly(new Candidate(0));
    assertThat(hear(PERHAPS, 20)).isEmpty();
    assertThat(hear(NO, 7)).containsExactly(new FalseStart(220));
  }

  @Test
  void a_pause_begins_with_its_first_window_and_ends_with_speech() {
    hear(YES, 5);
    assertThat(detector.silentSamples()).isZero();
    assertThat(hear(NO, 1)).containsExactly(new Paused(50));
    assertThat(detector.silentSamples()).isEqualTo(10);
    assertThat(hear(PERHAPS, 2)).isEmpty();
    assertThat(detector.silentSamples()).isEqualTo(30);
    assertThat(detector.isSpeaking()).isTrue();
    assertThat(hear(YES, 1)).containsExactly(new WentOn(80));
    assertThat(detector.silentSamples()).isZero();
  }

  @Test
  void a_turn_ends_when_silence_has_lasted() {
    hear(YES, 5);
    assertThat(hear(NO, 4)).containsExactly(new Paused(50));
    assertThat(hear(PERHAPS, 1)).containsExactly(new Ended(50));
    assertThat(detector.isSpeaking()).isFalse();
    assertThat(detector.silentSamples()).isZero();
    assertThat(hear(NO, 20)).isEmpty();
    assertThat(hear(YES, 3)).containsExactly(new Candidate(300), new Began(300));
  }

  @Test
  void a_reply_may_begin_once_in_a_pause() {
    detector.rules(RULES.withSpeculateAfter(Duration.ofMillis(20)));
    hear(YES, 5);
    assertThat(hear(NO, 2)).containsExactly(new Paused(50), new Lasted(50));
    assertThat(hear(NO, 2)).isEmpty();
    assertThat(hear(YES, 1)).containsExactly(new WentOn(90));
    assertThat(hear(NO, 1)).containsExactly(new Paused(100));
    assertThat(hear(NO, 4)).containsExactly(new Lasted(100), new Ended(100));
  }

  @Test
  void where_a_turn_is_over_no_reply_is_begun_before() {
    detector.rules(
        RULES.withSilence(Duration.ofMillis(10)).withSpeculateAfter(Duration.ofMillis(9)));
    hear(YES, 5);
    assertThat(hear(NO, 1)).containsExactly(new Paused(50), new Ended(50));
  }

  @ParameterizedTest
  @ValueSource(ints = {36, 44, 54, 56, 200})
  void a_turn_ends_at_the_window_nearest_to_the_silence(int millis) {
    detector.rules(RULES.withoutSpeculation().withSilence(Duration.ofMillis(millis)));
    hear(YES, 5);
    int windows = 0;
    while (detector.isSpeaking()) {
      hear(NO, 1);
      windows++;
    }
    assertThat(windows).isEqualTo(Math.round(millis / 10.0));
  }

  @Test
  void silence_shorter_than_a_window_ends_with_it() {
    detector.rules(RULES.withoutSpeculation().withSilence(Duration.ofNanos(1)));
    hear(YES, 5);
    assertThat(hear(NO, 1)).containsExactly(new Paused(50), new Ended(50));
  }

  @Test
  void a_detector_that_trails_has_its_silence_counted_from_earlier() {
    SpeechDetector trailing = new SpeechDetector(RULES, 1000, 10, 25);
    for (int i = 0; i < 5; i++) {
      trailing.window(YES);
    }
    assertThat(trailing.window(NO)).containsExactly(new Paused(25));
    assertThat(trailing.silentSamples()).isEqualTo(35);
    assertThat(trailing.window(NO)).containsExactly(new Ended(25));
  }

  @Test
  void speech_never_ends_before_it_began() {
    SpeechDetector trailing =
        new SpeechDetector(RULES.withSilence(Duration.ofMillis(100)), 1000, 10, 45);
    for (int i = 0; i < 5; i++) {
      trailing.window(YES);
    }
    trailing.window(NO);
    assertThat(trailing.window(YES)).containsExactly(new WentOn(60));
    assertThat(trailing.window(NO)).containsExactly(new Paused(60));
  }

  @Test
  void reset_forgets_and_counts_from_zero() {
    hear(YES, 5);
    hear(NO, 1);
    detector.reset();
    assertThat(detector.isSpeaking()).isFalse();
    assertThat(detector.silentSamples()).isZero();
    assertThat(hear(NO, 10)).isEmpty();
    assertThat(hear(YES, 3)).containsExactly(new Candidate(100), new Began(100));
  }

  @Test
  void other_rules_hold_from_the_next_window_on() {
    hear(YES, 5);
    hear(NO, 2);
    detector.rules(RULES.withSilence(Duration.ofMillis(30)));
    assertThat(hear(NO, 1)).containsExactly(new Ended(50));
  }

  @Test
  void waits_of_years_do_not_overflow() {
    detector.rules(
        RULES.withLeastSpeech(Duration.ofDays(10_000)).withSilence(Duration.ofDays(10_000)));
    assertThat(hear(YES, 100)).containsExactly(new Candidate(0));
    detector.rules(RULES.withSilence(Duration.ofSeconds(Long.MAX_VALUE)));
    assertThat(hear(YES, 1)).containsExactly(new Began(0));
    assertThat(hear(NO, 100)).containsExactly(new Paused(1010));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, -0.01, 1.01, Double.POSITIVE_INFINITY})
  void what_is_no_probability_is_refused(double probability) {
    assertThatThrownBy(() -> detector.window(probability))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("" + probability);
    assertThat(detector.heardSamples()).isZero();
  }

  /** Any sound: each kind of change follows only those it may, and time never runs backwards. */
  @Property(tries = 200)
  void changes_are_well_ordered(
      @ForAll long seed,
      @ForAll @IntRange(max = 300) int least,
      @ForAll @IntRange(min = 1, max = 300) int silence,
      @ForAll @IntRange(max = 100) int trailing) {
    TurnDetection rules =
        RULES
            .withLeastSpeech(Duration.ofMillis(least))
            .withSilence(Duration.ofMillis(1 + silence))
            .withSpeculateAfter(Duration.ofMillis(silence));
    SpeechDetector any = new SpeechDetector(rules, 1000, 10, trailing);
    Random random = new Random(seed);
    Change last = new Ended(0);
    for (int window = 0; window < 500; window++) {
      double level = random.nextInt(8) == 0 ? random.nextDouble() : last(any);
      for (Change change :
          any.window(Math.min(1, Math.max(0, level + random.nextGaussian() / 4)))) {
        assertThat(mayFollow(last, change)).as("%s after %s", change, last).isTrue();
        assertThat(change.atSample()).isBetween(last.atSample(), any.heardSamples());
        last = change;
      }
      assertThat(any.isSpeaking())
          .isEqualTo(last instanceof Began || isPause(last) || last instanceof WentOn);
      assertThat(any.silentSamples() > 0).isEqualTo(isPause(last));
    }
  }

  private static double last(SpeechDetector detector) {
    return detector.isSpeaking() && detector.silentSamples() == 0 ? 0.7 : 0.3;
  }

  private static boolean isPause(Change change) {
    return change instanceof Paused || change instanceof Lasted;
  }

  private static boolean mayFollow(Change before, Change after) {
    if (before instanceof Candidate) {
      return after instanceof FalseStart
          || (after instanceof Began began && began.atSample() == before.atSample());
    }
    if (before instanceof Began || before instanceof WentOn) {
      return after instanceof Paused;
    }
    if (isPause(before)) {
      return after instanceof WentOn
          || (before instanceof Paused
              && after instanceof Lasted lasted
              && lasted.atSample() == before.atSample())
          || (after instanceof Ended ended && ended.atSample() == before.atSample());
    }
    return after instanceof Candidate;
  }
}
