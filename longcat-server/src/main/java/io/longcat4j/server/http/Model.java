package io.longcat4j.server.http;

import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.ReplyStream;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The model that answers, and how many it answers at once.
 *
 * @param longcat stays its owner's
 * @param name what clients call it
 * @param requests places for requests
 * @param clock tells when replies were made
 */
public record Model(LongCat longcat, String name, Admission requests, Clock clock) {
  /** Gets the events of a reply. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Goes on.
     *
     * @param event the next one
     * @throws IOException if the client does not take what it makes of it
     */
    void next(Event event) throws IOException;
  }

  /** Serves one request. */
  @FunctionalInterface
  public interface Serving {
    /**
     * Does it.
     *
     * @param work what it asks the model with
     * @throws IOException if the client does not take the answer
     */
    void serve(Work work) throws IOException;
  }

  /**
   * Serves a request in one of the places.
   *
   * @param serving does it
   * @throws IOException if the client does not take the answer
   * @throws io.longcat4j.LongCatException if there is no place
   */
  public void admit(Serving serving) throws IOException {
    AtomicReference<Work> running = new AtomicReference<>();
    Admission.Ticket place = requests.enter(() -> cancel(running.get()));
    try {
      Work work = new Work(place::release);
      running.set(work);
      serving.serve(work);
    } finally {
      place.close();
    }
  }

  private static void cancel(@Nullable Work work) {
    if (work != null) {
      work.cancel();
    }
  }

  /**
   * Asks, and cancels the reply when the client leaves.
   *
   * @param work of this request
   * @param exchange the client's; its body has been read
   * @param prompt what is asked
   * @param generation how it is answered
   * @param reader gets the reply
   * @throws IOException if the client does not take it
   */
  public void ask(Work work, Exchange exchange, Prompt prompt, Generation generation, Reader reader)
      throws IOException {
    Departure departure = exchange.watch(work);
    try (ReplyStream stream = work.open(() -> longcat.stream(prompt, generation))) {
      for (Event event : stream) {
        reader.next(event);
      }
    } finally {
      departure.close();
      exchange.forget();
      work.answered();
    }
  }

  /**
   * When this is.
   *
   * @return seconds since 1970
   */
  public long seconds() {
    return clock.instant().getEpochSecond();
  }
}
