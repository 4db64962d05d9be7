package io.longcat4j.engine;

import io.longcat4j.Generation;
import io.longcat4j.Prompt;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EventSource;
import io.longcat4j.stream.ReplyFigures;

/**
 * A loaded checkpoint that answers many requests at once: media are encoded on the threads that
 * ask, model and voices run on threads of their own. Thread-safe. Owns everything in {@link
 * LoadedCheckpoint}.
 */
final class OmniEngine implements Engine {
  private final LoadedCheckpoint loaded;
  private final Requests requests;
  private final Life life = new Life();
  private final Replies replies;

  OmniEngine(LoadedCheckpoint loaded) {
    this.loaded = loaded;
    this.requests = new Requests(loaded);
    this.replies = new Replies(loaded);
  }

  @Override
  public EventSource stream(Prompt prompt, Generation generation) {
    ReplyFigures figures = new ReplyFigures(System::nanoTime);
    life.enter();
    try {
      life.check();
      return HeapGuard.run(
          "The request",
          () -> replies.start(requests.prepare(prompt, generation), figures, outcome -> {}));
    } finally {
      life.leave();
    }
  }

  @Override
  public String describe() {
    life.enter();
    try {
      return loaded.describe();
    } finally {
      life.leave();
    }
  }

  @Override
  public void close() {
    life.close(
        () -> {
          loaded.stop();
          replies.stop();
        },
        loaded::close);
  }
}
