package io.longcat4j.stream;

import io.longcat4j.AudioDelta;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.modality.SpeechChunk;
import io.longcat4j.modality.VoiceSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns the frames of one reply into sound, beside the model: frames come in on its thread, {@link
 * #run} takes all that wait on a thread of the executor, never twice at once. Owns the session.
 */
final class SpeechWriter implements Runnable {
  /** Frames that may wait for the vocoder, 4 s of the published codec. */
  static final int MAX_WAITING = 64;

  private final VoiceSession session;
  private final Executor executor;
  private final LongSupplier clock;
  private final Outbox outbox;
  private final SpeechFigures figures = new SpeechFigures();
  private final Deque<PlacedFrame> unspoken = new ArrayDeque<>();
  private final int lookAhead;

  private final FrameLength frameLength = new FrameLength();
  private List<PlacedFrame> waiting = new ArrayList<>();
  private int added;
  private boolean firstDue;
  private boolean running;
  private boolean givenUp;
  private boolean closed;
  private @Nullable Runnable whenSpoken;

  SpeechWriter(
      VoiceSession session, int lookAhead, Executor executor, LongSupplier clock, Outbox outbox) {
    this.session = session;
    this.lookAhead = lookAhead;
    this.executor = executor;
    this.clock = clock;
    this.outbox = outbox;
  }

  /** Takes the next frame. Those before the first sound wait for it: alone they give none. */
  void add(PlacedFrame frame) {
    synchronized (this) {
      waiting.add(frame);
      added++;
      firstDue |= added == lookAhead + 1;
      if (added <= lookAhead) {
        return;
      }
    }
    wake();
  }

  /**
   * Whether the vocoder has to catch up before more is made. Where its first sound is due, which
   * somebody waits for, nothing else shall take its cores.
   */
  synchronized boolean isBehind() {
    return firstDue || waiting.size() >= MAX_WAITING;
  }

  /** After the last frame: has all of it spoken or given up, then runs an action. */
  void finish(Runnable then) {
    synchronized (this) {
      whenSpoken = then;
    }
    wake();
  }

  /** Gives up; what waits is dropped. */
  void cancel() {
    synchronized (this) {
      givenUp = true;
    }
    wake();
  }

  /** How long a frame sounds. */
  FrameLength frameLength() {
    return frameLength;
  }

  /** What the sound costs; complete when all is spoken. */
  SpeechFigures figures() {
    return figures;
  }

  private void wake() {
    synchronized (this) {
      if (running) {
        return;
      }
      running = true;
    }
    try {
      executor.execute(this);
    } catch (RejectedExecutionException e) {
      fail(new GenerationCancelledException("The LongCat was closed while it spoke", e));
      end();
    } catch (RuntimeException | Error e) {
      fail(unspeakable(e));
      end();
    }
  }

  @Override
  public void run() {
    while (goOn()) {
      outbox.tellRoom();
    }
  }

  /** Speaks what waits; false where nothing is left to do for now. */
  private boolean goOn() {
    List<PlacedFrame> frames;
    boolean last;
    boolean first;
    synchronized (this) {
      last = whenSpoken != null;
      if (waiting.isEmpty() && !last && (!givenUp || closed)) {
        running = false;
        return false;
      }
      frames = waiting;
      waiting = new ArrayList<>();
      first = firstDue;
    }
    boolean heard = !isGivenUp() && speakSafely(frames, last);
    if (first) {
      synchronized (this) {
        firstDue = false;
      }
    }
    if (last || !heard) {
      end();
    }
    return true;
  }

  private synchronized boolean isGivenUp() {
    return givenUp || closed || outbox.failure() != null;
  }

  private boolean speakSafely(List<PlacedFrame> frames, boolean last) {
    try {
      speak(frames, last);
      return true;
    } catch (LongCatException e) {
      fail(e);
      return false;
    } catch (RuntimeException | Error e) {
      fail(unspeakable(e));
      return false;
    }
  }

  private static LongCatException unspeakable(Throwable cause) {
    return new LongCatException("The reply could not be spoken: " + cause, cause);
  }

  private void fail(LongCatException reason) {
    synchronized (this) {
      givenUp = true;
    }
    outbox.fail(reason);
  }

  /** Frees the session and tells whoever waits for the end. */
  private void end() {
    Runnable then;
    synchronized (this) {
      closed = true;
      then = whenSpoken;
      whenSpoken = null;
    }
    try {
      session.close();
      if (then != null) {
        then.run();
      }
    } catch (RuntimeException | Error e) {
      // Nobody may wait for an end that was not told.
      fail(unspeakable(e));
    }
  }

  private void speak(List<PlacedFrame> frames, boolean last) {
    unspoken.addAll(frames);
    long start = clock.getAsLong();
    session.push(frames.stream().map(PlacedFrame::frame).toList()).ifPresent(this::put);
    if (last) {
      session.finish().ifPresent(this::put);
    }
    figures.worked(clock.getAsLong() - start);
  }

  private void put(SpeechChunk chunk) {
    PlacedFrame first = unspoken.getFirst();
    PlacedFrame end = first;
    for (int i = 0; i < chunk.frames(); i++) {
      end = unspoken.removeFirst();
    }
    long samplesPerFrame = chunk.samples().count() / chunk.frames();
    AudioDelta delta =
        new AudioDelta(
            chunk.samples(),
            chunk.firstFrame() * samplesPerFrame,
            first.textStart(),
            end.textEnd());
    frameLength.set(delta.durationSeconds() / chunk.frames());
    figures.sounded(clock.getAsLong(), delta.durationSeconds());
    outbox.put(delta);
  }
}
