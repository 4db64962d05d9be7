package io.longcat4j.langchain4j;

import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.ReplyStream;
import io.longcat4j.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way. Read on one thread; {@link #cancel} comes from any.
 *
 * <p>A reply that is bound to a schema cannot call tools. Where both are wanted the model answers
 * freely first: if it calls, that is the reply, else it is asked once more, bound. What it had
 * computed of the prompt is found again.
 */
final class Turn {
  private final LongCat longcat;
  private final Prompt prompt;
  private final Generation generation;
  private final @Nullable Generation bound;
  private final boolean isCall;
  private @Nullable ReplyStream open;
  private boolean cancelled;

  private Turn(
      LongCat longcat,
      Prompt prompt,
      Generation generation,
      @Nullable Generation bound,
      boolean isCall) {
    this.longcat = longcat;
    this.prompt = prompt;
    this.generation = generation;
    this.bound = bound;
    this.isCall = isCall;
  }

  static Turn free(LongCat longcat, Prompt prompt, Generation generation) {
    return new Turn(longcat, prompt, generation, null, /* isCall= */ false);
  }

  static Turn calling(LongCat longcat, Prompt prompt, Generation generation) {
    return new Turn(longcat, prompt, generation, null, /* isCall= */ true);
  }

  static Turn callingOrBound(
      LongCat longcat, Prompt prompt, Generation generation, Generation bound) {
    return new Turn(longcat, prompt, generation, bound, /* isCall= */ false);
  }

  /** Whether the text of the reply is a call, as JSON. */
  boolean isCall() {
    return isCall;
  }

  void read(Consumer<Event> reader) {
    Generation second = bound;
    if (second == null) {
      read(generation, reader);
      return;
    }
    List<Event> first = new ArrayList<>();
    read(generation, first::add);
    if (first.stream().anyMatch(ToolCall.class::isInstance)) {
      first.forEach(reader);
    } else {
      read(second, reader);
    }
  }

  private void read(Generation how, Consumer<Event> reader) {
    try (ReplyStream stream = opened(longcat.stream(prompt, how))) {
      for (Event event : stream) {
        reader.accept(event);
      }
    }
  }

  private synchronized ReplyStream opened(ReplyStream stream) {
    if (cancelled) {
      stream.close();
      throw new GenerationCancelledException("The request was cancelled before it began");
    }
    open = stream;
    return stream;
  }

  synchronized void cancel() {
    cancelled = true;
    if (open != null) {
      open.close();
    }
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }
}
