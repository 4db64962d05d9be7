package io.longcat4j.engine;

import io.longcat4j.Generation;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.spi.Engine;

/**
 * A loaded checkpoint that answers many requests at once: media are encoded and sounds are made on
 * the threads that ask, the language model runs on a thread of its own. Thread-safe. Owns
 * everything in {@link LoadedCheckpoint}.
 */
final class OmniEngine implements Engine {
  private final LoadedCheckpoint loaded;
  private final Requests requests;
  private final Life life = new Life();

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
    return new Generating(loaded, requests.prepare(prompt, generation), life).run();
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
    life.close(loaded::stop, loaded::close);
  }
}
