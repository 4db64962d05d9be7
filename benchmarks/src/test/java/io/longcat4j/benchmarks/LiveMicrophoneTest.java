package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.benchmarks.LiveMicrophone.Saying;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveMicrophoneTest {
  private static final int PIECE = LiveMicrophone.PIECE;

  @Test
  void a_question_is_heard_whole_and_begins_where_a_window_does() {
    float[] samples = new float[5 * PIECE];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = 1 + i;
    }
    SpokenQuestion question = new SpokenQuestion("q", samples, PIECE, 4 * PIECE);
    List<float[]> pieces = new CopyOnWriteArrayList<>();
    Saying saying;
    try (LiveMicrophone microphone = LiveMicrophone.open(pieces::add, new Pace(100))) {
      saying = microphone.say(question, 7);
      assertThat(saying.begun()).isLessThan(saying.ended());
      assertThat(saying.isEndedBy(saying.ended())).isTrue();
      assertThat(saying.isEndedBy(saying.ended() - 1)).isFalse();
      // What follows comes behind all of the first.
      assertThat(microphone.say(question, 0).begun()).isGreaterThan(saying.ended());
    }
    float[] all = new float[pieces.size() * PIECE];
    for (int i = 0; i < pieces.size(); i++) {
      System.arraycopy(pieces.get(i), 0, all, i * PIECE, PIECE);
    }
    int first = 0;
    while (all[first] == 0) {
      first++;
    }
    assertThat(first % (8 * PIECE)).isEqualTo(7);
    assertThat(Arrays.copyOfRange(all, first, first + samples.length)).isEqualTo(samples);
  }
}
