package io.longcat4j.stream;

import io.longcat4j.CodecFrame;
import io.longcat4j.Done;
import io.longcat4j.EngineListener;
import io.longcat4j.FinishReason;
import io.longcat4j.LongCatException;
import io.longcat4j.Statistics;
import io.longcat4j.TokenLogprobs;
import io.longcat4j.Warning;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.decode.TextRule;
import io.longcat4j.modality.VoiceSession;
import io.longcat4j.prompt.TextDeltas;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes one reply into its {@link Outbox}, from what the model chooses. The model's thread calls
 * everything here but {@link #warn} and {@link #onSubmitted}, in this order: for each step with
 * text {@link #isStopped}, and for each step {@link #onText} or {@link #onSpeech}; at the end one
 * of {@link #onDone} and {@link #onFailed}, the latter at any time and from any thread. Nothing
 * here waits: the sound is made on other threads.
 */
public final class ReplyWriter implements TextRule {
  private final Outbox outbox;
  private final TextWriter text;
  private final @Nullable SpeechWriter speech;
  private final ReplyFigures figures;
  private final EngineListener listener;
  private final Consumer<ReplyWriter> whenEnded;
  private final FrameAlignment alignment = new FrameAlignment();
  private final List<Integer> textIds = new ArrayList<>();
  private final List<CodecFrame> frames = new ArrayList<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private int lengthBefore;

  private ReplyWriter(Builder builder) {
    this.outbox = builder.outbox;
    this.text = new TextWriter(builder.deltas, builder.tools, builder.outbox);
    this.speech = builder.speech;
    this.figures = builder.figures;
    this.listener = builder.listener;
    this.whenEnded = builder.whenEnded;
  }

  /**
   * Begins with what every reply needs.
   *
   * @param outbox receives the events
   * @param deltas turn ids into text; from now on the writer's own
   * @param figures of the request
   * @return a new builder
   */
  public static Builder builder(Outbox outbox, TextDeltas deltas, ReplyFigures figures) {
    return new Builder(outbox, deltas, figures);
  }

  /** Collects what some replies need; not thread-safe. */
  public static final class Builder {
    private final Outbox outbox;
    private final TextDeltas deltas;
    private final ReplyFigures figures;
    private boolean tools;
    private EngineListener listener = EngineListener.silent();
    private Consumer<ReplyWriter> whenEnded = writer -> {};
    private @Nullable SpeechWriter speech;

    private Builder(Outbox outbox, TextDeltas deltas, ReplyFigures figures) {
      this.outbox = outbox;
      this.deltas = deltas;
      this.figures = figures;
    }

    /**
     * Says whether the reply may call tools; default no.
     *
     * @param allowed true if calls are to be taken out of the text
     * @return this
     */
    public Builder tools(boolean allowed) {
      this.tools = allowed;
      return this;
    }

    /**
     * Names who hears of the request.
     *
     * @param hearing must not throw
     * @return this
     */
    public Builder listener(EngineListener hearing) {
      this.listener = hearing;
      return this;
    }

    /**
     * Names who hears that the reply has ended, its sound included, in whatever way.
     *
     * @param action called once, from any thread; must not throw
     * @return this
     */
    public Builder whenEnded(Consumer<ReplyWriter> action) {
      this.whenEnded = action;
      return this;
    }

    /**
     * Has the reply spoken.
     *
     * @param session speaks; from now on the writer's own
     * @param lookAhead frames behind the first one that its sound waits for
     * @param executor runs the session
     * @param clock nanoseconds, the one of the figures
     * @return this
     */
    public Builder voice(
        VoiceSession session, int lookAhead, Executor executor, LongSupplier clock) {
      this.speech = new SpeechWriter(session, lookAhead, executor, clock, outbox);
      return this;
    }

    /**
     * Makes the writer.
     *
     * @return the writer
     */
    public ReplyWriter build() {
      return new ReplyWriter(this);
    }
  }

  /**
   * Tells what was shortened or left out of the prompt.
   *
   * @param warnings sentences
   */
  public void warn(List<String> warnings) {
    warnings.forEach(warning -> outbox.put(new Warning(warning)));
  }

  /**
   * Whether there is room for another step.
   *
   * @return false until {@link Producer#resume}
   */
  public boolean isReady() {
    return !outbox.isFull() && (speech == null || !speech.isBehind());
  }

  /** The request is ready for the model. */
  public void onSubmitted() {
    listener.onSubmitted();
  }

  /**
   * The text that has become events so far.
   *
   * @return on the model's thread
   */
  public String text() {
    return text.text();
  }

  /**
   * Characters of {@link #text()}.
   *
   * @return at least 0
   */
  public int textLength() {
    return text.length();
  }

  /**
   * Tools that were called so far.
   *
   * @return at least 0; on the model's thread
   */
  public int toolCalls() {
    return text.toolCalls();
  }

  /**
   * How long a frame of the voice sounds.
   *
   * @return not known before the first sound, and never without a voice
   */
  public FrameLength frameLength() {
    return speech == null ? new FrameLength() : speech.frameLength();
  }

  @Override
  public boolean isStopped(int id) {
    return text.isStopped(id);
  }

  /**
   * A step of a reply of words alone has ended.
   *
   * @param id its text id
   */
  public void onText(int id) {
    figures.step();
    textIds.add(id);
  }

  /**
   * A step of a spoken reply has ended.
   *
   * @param step what was chosen
   */
  public void onSpeech(SpeechStep step) {
    figures.step();
    if (step.textId() >= 0) {
      textIds.add(step.textId());
    }
    PlacedFrame frame = alignment.add(step, lengthBefore, text.length());
    lengthBefore = text.length();
    if (frame != null) {
      frames.add(frame.frame());
      if (speech != null) {
        speech.add(frame);
      }
    }
  }

  /**
   * The last step has ended.
   *
   * @param reason why
   * @param model what the model tells
   * @param logprobs one for each text id, or none; asked for by the reader's thread, once
   */
  public void onDone(
      FinishReason reason, ModelFigures model, Supplier<List<TokenLogprobs>> logprobs) {
    text.finish();
    if (speech == null) {
      end(reason, figures.statistics(model, new SpeechFigures()), logprobs);
      return;
    }
    SpeechFigures sound = speech.figures();
    speech.finish(() -> end(reason, figures.statistics(model, sound), logprobs));
  }

  /**
   * The reply ends without being complete.
   *
   * @param reason what its reader gets
   */
  public void onFailed(LongCatException reason) {
    outbox.fail(reason);
    if (speech != null) {
      speech.cancel();
    }
    tellFailure();
  }

  private void end(
      FinishReason reason, Statistics statistics, Supplier<List<TokenLogprobs>> logprobs) {
    if (alignment.unspeakable() > 0) {
      outbox.put(
          new Warning(
              alignment.unspeakable()
                  + " frames of speech held control ids in the place of sounds and were left out;"
                  + " random or badly quantised weights do this"));
    }
    if (outbox.failure() != null) {
      tellFailure();
    } else if (ended.compareAndSet(false, true)) {
      listener.onFinished(reason, statistics);
      whenEnded.accept(this);
    }
    outbox.finish(() -> new Done(reason, statistics, textIds, frames, logprobs.get()));
  }

  /** What the reader gets may have come before what the model says. */
  private void tellFailure() {
    LongCatException reason = outbox.failure();
    if (reason != null && ended.compareAndSet(false, true)) {
      listener.onFailed(reason);
      whenEnded.accept(this);
    }
  }
}
