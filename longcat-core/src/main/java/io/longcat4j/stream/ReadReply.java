package io.longcat4j.stream;

import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.LongCatException;
import io.longcat4j.spi.EventSource;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@link Outbox} as its reader holds it. A reader who forgets a reply that is still being made
 * would leave it resting in the engine for ever: once nobody holds this, the outbox is closed, and
 * a warning says so. Nothing of the engine may hold it, but for the listener that a subscription
 * leaves, which is a reader that cannot forget. Thread-safe.
 */
public final class ReadReply implements EventSource<Event> {
  private static final Logger LOG = LoggerFactory.getLogger(ReadReply.class);
  private static final Cleaner CLEANER = Cleaner.create();

  private final Outbox outbox;
  private final Runnable beforeWaiting;
  private final AtomicBoolean over = new AtomicBoolean();
  private final Cleaner.Cleanable cleanable;

  /**
   * Takes charge of an outbox for its reader.
   *
   * @param outbox read through this alone from now on
   * @param beforeWaiting throws where a reader must not wait
   */
  public ReadReply(Outbox outbox, Runnable beforeWaiting) {
    this.outbox = outbox;
    this.beforeWaiting = beforeWaiting;
    this.cleanable = CLEANER.register(this, new Forgotten(outbox, over));
  }

  /** What is left to do when the reader is gone; must not hold it. */
  private record Forgotten(Outbox outbox, AtomicBoolean over) implements Runnable {
    @Override
    public void run() {
      if (!over.get() && outbox.isOpen()) {
        LOG.warn(
            "A ReplyStream was neither read to its end nor closed and kept its place in the model's"
                + " memory until now, when garbage collection found it; close it, best with"
                + " try-with-resources");
        outbox.close();
      }
    }
  }

  @Override
  public @Nullable Event poll() {
    try {
      Event event = outbox.poll();
      if (event instanceof Done) {
        end();
      }
      return event;
    } catch (LongCatException e) {
      end();
      throw e;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void onAvailable(Runnable listener) {
    outbox.onAvailable(listener);
  }

  @Override
  public void beforeWaiting() {
    beforeWaiting.run();
  }

  @Override
  public void close() {
    outbox.close();
    end();
  }

  private void end() {
    over.set(true);
    cleanable.clean();
  }
}
