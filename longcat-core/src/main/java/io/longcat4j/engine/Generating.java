package io.longcat4j.engine;

import io.longcat4j.FinishReason;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.ExpertsPerToken;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.stream.ModelFigures;
import io.longcat4j.stream.Producer;

/** One request on its way through the model, on the model's thread. */
final class Generating implements Runnable, Producer {
  private final LoadedCheckpoint loaded;
  private final PreparedRequest request;
  private final ReplyParts parts;
  private final Life life;
  private boolean cancelled;

  Generating(LoadedCheckpoint loaded, PreparedRequest request, ReplyParts parts, Life life) {
    this.loaded = loaded;
    this.request = request;
    this.parts = parts;
    this.life = life;
  }

  @Override
  public void run() {
    try {
      HeapGuard.run("The request", this::generate);
    } catch (LongCatException e) {
      parts.writer().onFailed(e);
    } catch (RuntimeException | Error e) {
      parts.writer().onFailed(new LongCatException("The request failed: " + e, e));
    }
  }

  private boolean generate() {
    parts.writer().onStarted();
    awaitRoom();
    int positions = request.rows().rows() + request.maxNewTokens();
    try (RunningSequence sequence =
        new RunningSequence(
            loaded.model(),
            request.generation().isSpeech() ? loaded.heads() : null,
            request.rows(),
            positions,
            loaded.topK())) {
      sequence.prefill();
      loaded.model().stream().synchronise();
      parts.writer().onPrefilled(0, request.rows().rows());
      FinishReason reason = sequence.generate(parts.decoding(), this::onStep);
      ExpertsPerToken experts = sequence.expertsPerToken();
      parts.done(reason, new ModelFigures(experts.mean(), experts.least(), experts.most(), 0));
    }
    return true;
  }

  private void onStep() {
    Decoding decoding = parts.decoding();
    if (decoding instanceof SpeechDecoding speech) {
      parts.writer().onSpeech(speech.lastStep());
    } else if (decoding instanceof TextDecoding text) {
      parts.writer().onText(text.lastId());
    }
    awaitRoom();
  }

  private synchronized void awaitRoom() {
    life.check();
    while (!cancelled && !parts.writer().isReady()) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new GenerationCancelledException("The LongCat was closed", e);
      }
    }
    if (cancelled) {
      throw new GenerationCancelledException("The stream was closed");
    }
  }

  @Override
  public synchronized void resume() {
    notifyAll();
  }

  @Override
  public synchronized void cancel() {
    cancelled = true;
    notifyAll();
  }
}
