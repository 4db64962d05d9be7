package io.longcat4j.engine;

import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.spi.Engine;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A loaded checkpoint that answers one request at a time; others wait in the order they came.
 * Thread-safe. Owns everything in {@link LoadedCheckpoint}.
 */
final class OmniEngine implements Engine {
  private final LoadedCheckpoint loaded;
  private final Requests requests;
  private final Life life = new Life();
  private final ReentrantLock model = new ReentrantLock(/* fair= */ true);

  OmniEngine(LoadedCheckpoint loaded) {
    this.loaded = loaded;
    this.requests = new Requests(loaded);
  }

  @Override
  public Reply generate(Prompt prompt, Generation generation) {
    life.enter();
    try {
      life.check();
      return HeapGuard.run("The request", () -> answer(prompt, generation));
    } finally {
      life.leave();
    }
  }

  private Reply answer(Prompt prompt, Generation generation) {
    PreparedRequest request = requests.prepare(prompt, generation);
    awaitModel();
    try {
      return new Generating(loaded, request, life).run();
    } finally {
      model.unlock();
    }
  }

  private void awaitModel() {
    try {
      model.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException(
          "The thread was interrupted while its request waited for the model", e);
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
    life.close(loaded::close);
  }
}
