package io.longcat4j.stream;

import static io.longcat4j.testing.Interleaved.require;
import static org.jetbrains.lincheck.Lincheck.runConcurrentTest;

import io.longcat4j.CodecFrame;
import io.longcat4j.modality.SpeechChunk;
import io.longcat4j.modality.VoiceSession;
import io.longcat4j.testing.Interleaved;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The model's thread and those of the voices, in interleavings that a model checker chooses. */
@Tag("interleavings")
class SpeechInterleavings {
  private static final PlacedFrame FRAME = new PlacedFrame(new CodecFrame(0, List.of()), 0, 0);

  /** Says nothing, but notices who comes in beside another. */
  private static final class Mute implements VoiceSession {
    private final AtomicInteger inside = new AtomicInteger();
    private int pushed;
    private int closed;

    @Override
    public Optional<SpeechChunk> push(List<CodecFrame> frames) {
      require(inside.incrementAndGet() == 1, "two threads speak");
      pushed += frames.size();
      inside.decrementAndGet();
      return Optional.empty();
    }

    @Override
    public Optional<SpeechChunk> finish() {
      return push(List.of());
    }

    @Override
    public void close() {
      require(inside.incrementAndGet() == 1, "closed while it speaks");
      closed++;
      inside.decrementAndGet();
    }
  }

  @Test
  void everyFrameIsSpokenOnceAndThenTheEndIsTold() {
    runConcurrentTest(
        Interleaved.COUNT,
        () -> {
          Mute session = new Mute();
          AtomicInteger ends = new AtomicInteger();
          SpeechWriter[] speech = new SpeechWriter[1];
          Runnable[] task = new Runnable[1];
          speech[0] = new SpeechWriter(session, 0, run -> task[0] = run, () -> 0, new Outbox());
          speech[0].add(FRAME);
          Runnable first = task[0];
          task[0] = null;
          Interleaved.run(
              first::run,
              () -> {
                speech[0].add(FRAME);
                speech[0].finish(ends::incrementAndGet);
              });
          if (task[0] != null) {
            task[0].run();
          }
          require(session.pushed == 2, "spoken: " + session.pushed);
          require(ends.get() == 1, "ends: " + ends);
          require(session.closed == 1, "closed: " + session.closed);
        });
  }

  @Test
  void givingUpFreesTheSessionAndTellsTheEndOnce() {
    runConcurrentTest(
        Interleaved.COUNT,
        () -> {
          Mute session = new Mute();
          AtomicInteger ends = new AtomicInteger();
          AtomicInteger again = new AtomicInteger();
          Runnable[] task = new Runnable[1];
          SpeechWriter speech =
              new SpeechWriter(
                  session,
                  0,
                  run -> {
                    task[0] = run;
                    again.incrementAndGet();
                  },
                  () -> 0,
                  new Outbox());
          speech.add(FRAME);
          Runnable first = task[0];
          Interleaved.run(first::run, speech::cancel, () -> speech.finish(ends::incrementAndGet));
          if (again.get() > 1) {
            task[0].run();
          }
          require(ends.get() == 1, "ends: " + ends);
          require(session.closed > 0, "the session stays open");
        });
  }
}
