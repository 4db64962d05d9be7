package io.longcat4j.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import io.longcat4j.BackendException;
import io.longcat4j.scripted.ScriptedEngine;
import io.longcat4j.scripted.ScriptedReply;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** What langchain4j tells listeners of a chat model whose replies come bit by bit. */
@Tag("once")
class StreamingListenerContractTest extends AbstractStreamingChatModelListenerIT {
  @Override
  protected StreamingChatModel createModel(ChatModelListener listener) {
    return model(KnowingScript.engine(), listener);
  }

  @Override
  protected StreamingChatModel createFailingModel(ChatModelListener listener) {
    return model(
        new ScriptedEngine(
            (prompt, generation) -> ScriptedReply.of().failing(new BackendException("NaN"))),
        listener);
  }

  private StreamingChatModel model(ScriptedEngine engine, ChatModelListener listener) {
    return LongCatStreamingChatModel.builder()
        .longcat(engine.open())
        .modelName(modelName())
        .defaultRequestParameters(
            LongCatChatRequestParameters.builder()
                .temperature(temperature())
                .topP(topP())
                .maxOutputTokens(maxTokens())
                .build())
        .listeners(List.of(listener))
        .build();
  }

  @Override
  protected String modelName() {
    return "LongCat-Flash-Omni";
  }

  @Override
  protected Class<? extends Exception> expectedExceptionClass() {
    return InternalServerException.class;
  }
}
