package io.longcat4j.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.CodecFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodecFramesTest {
  private static SpeechStep step(Integer... audioIds) {
    return new SpeechStep(5, List.of(audioIds), false);
  }

  @Test
  void acousticIdsComeFromTheNextStep() {
    CodecFrames frames =
        CodecFrames.of(
            List.of(step(140, -1, -1, -1), step(100, 54, 411, 336), step(2, 33, 34, 35)));
    assertThat(frames.raw()).containsExactly(List.of(140, 54, 411, 336), List.of(100, 33, 34, 35));
    assertThat(frames.frames())
        .containsExactly(
            new CodecFrame(108, List.of(22, 379, 304)), new CodecFrame(68, List.of(1, 2, 3)));
    assertThat(frames.unspeakable()).isZero();
  }

  @Test
  void theEndOfAStretchIsNotHeard() {
    CodecFrames frames =
        CodecFrames.of(List.of(step(2, 50, 50, 50), step(60, -1, -1, -1), step(61, 70, 71, 72)));
    assertThat(frames.frames()).containsExactly(new CodecFrame(28, List.of(38, 39, 40)));
  }

  @Test
  void framesWithControlIdsAreCountedAndLeftOut() {
    CodecFrames frames =
        CodecFrames.of(List.of(step(31, -1, -1, -1), step(60, 70, 71, 72), step(61, 70, 3, 72)));
    assertThat(frames.frames()).isEmpty();
    assertThat(frames.unspeakable()).isEqualTo(2);
  }

  @Test
  void oneStepMakesNoFrame() {
    assertThat(CodecFrames.of(List.of(step(140, -1, -1, -1))).frames()).isEmpty();
  }
}
