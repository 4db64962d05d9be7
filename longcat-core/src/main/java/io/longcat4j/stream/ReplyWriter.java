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
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes one reply into its {@link Outbox}, from what the model chooses. The model's thread calls
 * everything here, in this order: {@link #onStarted}, {@link #onPrefilled}, then for each step with
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
  private final FrameAlignment alignment = new FrameAlignment();
  private final List<Integer> textIds = new ArrayList<>();
  private final List<CodecFrame> frames = new ArrayList<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private boolean started;
  private int lengthBefore;

  private ReplyWriter(
      Outbox outbox,
      TextWriter text,
      @Nullable SpeechWriter speech,
      ReplyFigures figures,
      EngineListener listener) {
    this.outbox = outbox;
    this.text = text;
    this.speech = speech;
    this.figures = figures;
    this.listener = listener;
  }

  /**
   * A reply of words alone.
   *
   * @param outbox receives the events
   * @param deltas turn ids into text; from now on the writer's own
   * @param tools whether the reply may call tools
   * @param figures of the request
   * @param listener hears of the request; must not throw
   * @return the writer
   */
  public static ReplyWriter ofText(
      Outbox outbox,
      TextDeltas deltas,
      boolean tools,
      ReplyFigures figures,
      EngineListener listener) {
    return new ReplyWriter(outbox, new TextWriter(deltas, tools, outbox), null, figures, listener);
  }

  /**
   * A reply that is spoken too.
   *
   * @param outbox receives the events
   * @param deltas turn ids into text; from now on the writer's own
   * @param tools whether the reply may call tools
   * @param figures of the request
   * @param listener hears of the request; must not throw
   * @param voice speaks; from now on the writer's own
   * @param executor runs the voice
   * @param clock nanoseconds, the one of the figures
   * @return the writer
   */
  public static ReplyWriter ofSpeech(
      Outbox outbox,
      TextDeltas deltas,
      boolean tools,
      ReplyFigures figures,
      EngineListener listener,
      VoiceSession voice,
      Executor executor,
      LongSupplier clock) {
    return new ReplyWriter(
        outbox,
        new TextWriter(deltas, tools, outbox),
        new SpeechWriter(voice, executor, clock, outbox),
        figures,
        listener);
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

  /** The request has left the queue, perhaps not for the first time. */
  public void onStarted() {
    figures.started();
    if (!started) {
      started = true;
      listener.onStarted(figures.queue());
    }
  }

  /**
   * The prompt is in the cache.
   *
   * @param reused positions that were there before
   * @param computed positions that the model computed
   */
  public void onPrefilled(int reused, int computed) {
    figures.prefilled(reused, computed);
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
   * @param logprobs one for each text id, or none
   */
  public void onDone(FinishReason reason, ModelFigures model, List<TokenLogprobs> logprobs) {
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

  private void end(FinishReason reason, Statistics statistics, List<TokenLogprobs> logprobs) {
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
    }
    outbox.put(new Done(reason, statistics, textIds, frames, logprobs));
  }

  /** What the reader gets may have come before what the model says. */
  private void tellFailure() {
    LongCatException reason = outbox.failure();
    if (reason != null && ended.compareAndSet(false, true)) {
      listener.onFailed(reason);
    }
  }
}
