package io.longcat4j.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.longcat4j.AudioDelta;
import io.longcat4j.Event;
import io.longcat4j.LongCatException;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.Warning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a turn and tells its handler. Runs once, on one thread. */
final class StreamedTurn implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamedTurn.class);

  private final Turn turn;
  private final StreamingChatResponseHandler handler;
  private final String modelName;
  private final Gathering gathering = new Gathering();
  private final PartialResponseContext context;

  StreamedTurn(Turn turn, StreamingChatResponseHandler handler, String modelName) {
    this.turn = turn;
    this.handler = handler;
    this.modelName = modelName;
    this.context =
        new PartialResponseContext(
            new StreamingHandle() {
              @Override
              public void cancel() {
                turn.cancel();
              }

              @Override
              public boolean isCancelled() {
                return turn.isCancelled();
              }
            });
  }

  @Override
  public void run() {
    try {
      turn.read(this::tell);
      if (turn.isCall() && gathering.takeTextAsCall()) {
        tellCall(0);
      }
      tell(() -> handler.onCompleteResponse(gathering.response(modelName)));
    } catch (LongCatException e) {
      fail(Errors.of(e));
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void tell(Event event) {
    gathering.add(event);
    if (event instanceof TextDelta words && !turn.isCall()) {
      tell(() -> handler.onPartialResponse(new PartialResponse(words.text()), context));
    } else if (event instanceof ToolCall) {
      tellCall(gathering.calls().size() - 1);
    } else if (event instanceof AudioDelta || event instanceof Warning) {
      tell(() -> handler.onUnmappedRawEvent(event));
    }
  }

  private void tellCall(int index) {
    ToolExecutionRequest call = gathering.calls().get(index);
    tell(() -> handler.onCompleteToolCall(new CompleteToolCall(index, call)));
  }

  private void tell(Runnable call) {
    if (turn.isCancelled()) {
      return;
    }
    try {
      call.run();
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void fail(Throwable reason) {
    if (turn.isCancelled()) {
      return;
    }
    try {
      handler.onError(reason);
    } catch (RuntimeException e) {
      LOG.warn("A handler threw from onError; this is ignored", e);
    }
  }
}
