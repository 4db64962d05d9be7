package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.Pixels;
import io.longcat4j.VideoFrames;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveFramesTest {
  private final LiveFrames frames = new LiveFrames();
  private final List<LiveFrames.Pair> pairs = new ArrayList<>();

  @Test
  void twoFramesOfEverySecondAreTakenFromAFastCamera() {
    for (int i = 0; i < 75; i++) {
      show(i, i / 30.0);
    }
    assertThat(pairs).containsExactly(pair(0, 0, 15, 0), pair(1, 30, 45, 1));
    pairs.addAll(frames.finish());
    assertThat(pairs.get(2)).isEqualTo(pair(2, 60, 60, 2));
    assertThat(frames.finish()).isEmpty();
  }

  @Test
  void aFrameThatIsAloneInItsSecondIsTakenTwice() {
    show(1, 0.1);
    show(2, 1.7);
    assertThat(pairs).containsExactly(pair(0, 1, 1, 0.1), pair(1, 2, 2, 1.7));
    assertThat(frames.settled()).isEqualTo(2);
  }

  @Test
  void aSecondThatIsOverTakesNoFrames() {
    show(1, 0.2);
    pairs.addAll(frames.pass(1));
    assertThat(pairs).containsExactly(pair(0, 1, 1, 0.2));
    pairs.addAll(frames.pass(3));
    show(2, 0.9);
    show(3, 2.9);
    assertThat(pairs).hasSize(1);
    assertThat(frames.settled()).isEqualTo(3);
    show(4, 3.0);
    show(5, 3.5);
    assertThat(pairs.get(1)).isEqualTo(pair(3, 4, 5, 3.0));
  }

  @Test
  void framesOfAnotherSizeAreRefused() {
    show(1, 0);
    assertThatThrownBy(() -> frames.show(new Pixels(2, 1, new byte[6]), 0.5))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("one size");
    show(2, 0.5);
    assertThat(pairs).containsExactly(pair(0, 1, 2, 0));
  }

  private void show(int colour, double seconds) {
    pairs.addAll(frames.show(frame(colour), seconds));
  }

  private static LiveFrames.Pair pair(int second, int one, int two, double seconds) {
    VideoFrames both = new VideoFrames(List.of(frame(one), frame(two)), List.of(seconds));
    return new LiveFrames.Pair(second, both);
  }

  private static Pixels frame(int colour) {
    return new Pixels(1, 1, new byte[] {(byte) colour, 0, 0});
  }
}
