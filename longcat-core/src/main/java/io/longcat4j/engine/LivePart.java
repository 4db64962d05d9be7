package io.longcat4j.engine;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LiveInterleaved;
import io.longcat4j.MediaException;
import io.longcat4j.Pixels;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.HearingSession;
import io.longcat4j.modality.Vision;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Sound, pictures or both that go into a question while they are being made. Thread-safe. Owns the
 * session of its ears.
 */
final class LivePart implements LiveInterleaved {
  /** Rows that the pass of the reply computes as fast as a pass of their own. */
  private static final int FEW = 16;

  private final OmniEngine engine;
  private final Turns turns;
  private final Senses senses;
  private TurnHistory base;
  private PromptRows before;
  private final boolean sliding;
  private int kept;
  private final PrefillAhead ahead;
  private final LiveRows rows;
  private final LiveFrames frames;
  private PromptRows known;
  private TurnHistory history;
  private long samples;
  private boolean over;

  /**
   * Begins.
   *
   * @param base what was said before
   * @param sliding whether old turns make way
   * @param ahead computes what is known
   */
  LivePart(
      OmniEngine engine,
      Turns turns,
      Senses senses,
      TurnHistory base,
      boolean sliding,
      PrefillAhead ahead) {
    this.engine = engine;
    this.turns = turns;
    this.senses = senses;
    this.base = base;
    this.history = base;
    this.before = base.before();
    this.sliding = sliding;
    this.kept = sliding ? base.slid(0, 0).before().rows() : before.rows();
    this.ahead = ahead;
    this.frames = new LiveFrames();
    this.rows = new LiveRows(turns::medium, turns.begun(base.open()), senses.ears() != null);
    this.known = rows.rows();
    ahead.of(before.then(known));
  }

  /** Another part that goes on from here by itself; computes nothing ahead. */
  private LivePart(LivePart from) {
    this.engine = from.engine;
    this.turns = from.turns;
    this.senses = from.senses.fork();
    this.base = from.base;
    this.history = from.history;
    this.before = from.before;
    this.sliding = from.sliding;
    this.kept = from.kept;
    this.ahead = PrefillAhead.none();
    this.frames = from.frames.copy();
    this.rows = from.rows.copy();
    this.known = from.known;
    this.samples = from.samples;
  }

  @Override
  public synchronized void write(float[] sound) {
    hear(session -> session.push(sound), sound.length);
  }

  @Override
  public synchronized void write(short[] pcm16) {
    hear(session -> session.push(pcm16), pcm16.length);
  }

  private void hear(Function<HearingSession, Optional<Embeddings>> push, int count) {
    requireOpen();
    long heard = samples + count;
    if (heard > senses.seconds() * senses.sampleRateHz()) {
      throw tooLong();
    }
    history =
        engine.whileOpen(
            () -> {
              see(frames.pass((int) (heard / senses.sampleRateHz())));
              push.apply(ears()).ifPresent(rows::hear);
              samples = heard;
              rows.advance(settled());
              return fed(Duration.ZERO);
            });
  }

  @Override
  public synchronized void show(Pixels frame, Duration at) {
    requireOpen();
    if (at.isNegative()) {
      throw new InvalidRequestException(
          "A frame was taken at " + at + "; pass its time from the beginning of the part");
    }
    if (at.compareTo(senses.longest()) >= 0) {
      throw tooLong();
    }
    history =
        engine.whileOpen(
            () -> {
              see(frames.show(frame, Senses.seconds(at)));
              rows.advance(settled());
              return fed(Duration.ZERO);
            });
  }

  private void see(List<LiveFrames.Pair> pairs) {
    int most = (int) Math.min(turns.contextLength(), Math.ceil(senses.seconds()));
    for (LiveFrames.Pair pair : pairs) {
      Vision eyes = Objects.requireNonNull(senses.eyes());
      rows.see(pair.second(), eyes.encodePair(pair.frames(), most));
    }
  }

  /** Seconds whose pictures are known. */
  private int settled() {
    return senses.eyes() == null ? Integer.MAX_VALUE : frames.settled();
  }

  /** What was said, this part up to here included; computed ahead where there is more of it. */
  private TurnHistory fed(Duration encode) {
    if (rows.rows() == known) {
      return history;
    }
    OpenQuestion question = base.open().grown(rows.ended(), List.of(), encode);
    try {
      turns.requireRoom(kept + question.rows().rows());
    } catch (InvalidRequestException e) {
      free();
      throw e;
    }
    boolean more = !over || question.rows().rows() > known.rows() + FEW;
    known = rows.rows();
    if (more) {
      ahead.of(before.then(known));
    }
    return base.asking(question);
  }

  @Override
  public synchronized void close() {
    if (over) {
      return;
    }
    try {
      history = engine.whileOpen(this::finished);
    } catch (GenerationCancelledException e) {
      if (!engine.isClosing()) {
        throw e;
      }
      // Nobody can ask any more, so that there is nothing to hear.
    } finally {
      free();
    }
  }

  private TurnHistory finished() {
    long start = System.nanoTime();
    over = true;
    see(frames.finish());
    if (senses.ears() != null) {
      rest(senses.ears()).ifPresent(rows::hear);
    }
    rows.finish();
    return fed(Duration.ofNanos(System.nanoTime() - start));
  }

  private static Optional<Embeddings> rest(HearingSession ears) {
    try {
      return ears.finish();
    } catch (MediaException lessThanAWindow) {
      return Optional.empty();
    }
  }

  /** Ends the part without hearing the rest; throws nothing. */
  synchronized void cancel() {
    free();
  }

  /** Something else was said before, to the same question. */
  synchronized void goOnAfter(TurnHistory other) {
    base = other;
    before = other.before();
    kept = sliding ? other.slid(0, 0).before().rows() : before.rows();
    history = other.asking(history.open());
    ahead.of(before.then(known));
  }

  /** What was said, this part included as if it were closed now; it goes on. */
  synchronized TurnHistory ended() {
    if (over) {
      return history;
    }
    LivePart copy = engine.whileOpen(() -> new LivePart(this));
    copy.close();
    return copy.history;
  }

  /** What was said, this part included as far as its rows are known. */
  synchronized TurnHistory history() {
    return history;
  }

  private void free() {
    over = true;
    if (senses.ears() != null) {
      senses.ears().close();
    }
  }

  private HearingSession ears() {
    return Objects.requireNonNull(senses.ears());
  }

  private void requireOpen() {
    if (over) {
      throw new InvalidRequestException(
          "This live part has ended: it was closed, found no more room, or the conversation went on"
              + " without it; open another one");
    }
  }

  private MediaException tooLong() {
    return new MediaException(
        "The live part lasts more than "
            + senses.seconds()
            + " s, which is all that was announced or is heard; close it and ask, or open another"
            + " one");
  }
}
