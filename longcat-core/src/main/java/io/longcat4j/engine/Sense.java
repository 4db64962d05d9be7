package io.longcat4j.engine;

import io.longcat4j.LongCatException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An encoder or a voice that is opened when it is asked for first: whoever only writes pays for
 * none. Owns what it opened. Thread-safe; whoever asks while it is being opened waits.
 *
 * @param <S> what is opened
 */
final class Sense<S> implements AutoCloseable {
  private final Supplier<S> opening;
  private final Consumer<S> closing;
  private @Nullable S opened;
  private boolean closed;

  Sense(Supplier<S> opening, Consumer<S> closing) {
    this.opening = opening;
    this.closing = closing;
  }

  /** One that is open already. */
  static <S> Sense<S> of(S opened, Consumer<S> closing) {
    Sense<S> sense = new Sense<>(() -> opened, closing);
    var unused = sense.get();
    return sense;
  }

  /**
   * Opens it where nobody has.
   *
   * @throws LongCatException if it cannot be opened, which is tried again the next time, or if this
   *     is closed
   */
  synchronized S get() {
    if (closed) {
      throw new LongCatException("The engine is closed; keep it open while it is to see and hear");
    }
    if (opened == null) {
      opened = opening.get();
    }
    return opened;
  }

  /** What it is, without opening it. */
  synchronized String describe(Function<S, String> describing) {
    return opened == null ? "not opened before it is needed" : describing.apply(opened);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (opened != null) {
      closing.accept(opened);
      opened = null;
    }
  }
}
