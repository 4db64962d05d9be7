package io.longcat4j.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.CodecFrame;
import io.longcat4j.decode.CodecFrames;
import io.longcat4j.decode.SpeechStep;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class FrameAlignmentTest {
  @Property
  void stepByStepTheFramesAreThoseOfAllStepsTogether(@ForAll("steps") List<SpeechStep> steps) {
    FrameAlignment alignment = new FrameAlignment();
    List<PlacedFrame> frames = new ArrayList<>();
    for (SpeechStep step : steps) {
      PlacedFrame frame = alignment.add(step, 0, 0);
      if (frame != null) {
        frames.add(frame);
      }
    }
    CodecFrames all = CodecFrames.of(steps);
    assertThat(frames).extracting(PlacedFrame::frame).isEqualTo(all.frames());
    assertThat(alignment.unspeakable()).isEqualTo(all.unspeakable());
  }

  @Example
  void aFrameSpeaksOfItsStretchAsFarAsItWasWritten() {
    FrameAlignment alignment = new FrameAlignment();
    alignment.add(step(5, false), 0, 3);
    assertThat(alignment.add(step(6, false), 3, 7)).isEqualTo(placed(0, 3));
    assertThat(alignment.add(step(-1, true), 7, 7)).isEqualTo(placed(0, 7));
    assertThat(alignment.add(step(7, false), 7, 12)).isEqualTo(placed(0, 7));
    assertThat(alignment.add(step(-1, true), 12, 12)).isEqualTo(placed(7, 12));
  }

  private static SpeechStep step(int textId, boolean speaking) {
    return new SpeechStep(textId, List.of(40, 41, 42, 43), speaking);
  }

  private static PlacedFrame placed(int start, int end) {
    return new PlacedFrame(new CodecFrame(8, List.of(9, 10, 11)), start, end);
  }

  @Provide
  Arbitrary<List<SpeechStep>> steps() {
    Arbitrary<Integer> id =
        Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.of(-1, 2, 3)),
            Tuple.of(6, Arbitraries.integers().between(28, 200)));
    return Combinators.combine(id.list().ofSize(4), Arbitraries.of(true, false))
        .as((ids, speaking) -> new SpeechStep(5, ids, speaking))
        .list()
        .ofMaxSize(40);
  }
}
