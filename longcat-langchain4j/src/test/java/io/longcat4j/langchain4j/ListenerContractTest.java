package io.longcat4j.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import io.longcat4j.BackendException;
import io.longcat4j.scripted.ScriptedEngine;
import io.longcat4j.scripted.ScriptedReply;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** What langchain4j tells listeners of a chat model. */
@Tag("once")
class ListenerContractTest extends AbstractChatModelListenerIT {
  @Override
  protected ChatModel createModel(ChatModelListener listener) {
    return model(KnowingScript.engine(), listener);
  }

  @Override
  protected ChatModel createFailingModel(ChatModelListener listener) {
    return model(
        new ScriptedEngine(
            (prompt, generation) -> ScriptedReply.of().failing(new BackendException("NaN"))),
        listener);
  }

  private ChatModel model(ScriptedEngine engine, ChatModelListener listener) {
    return LongCatChatModel.builder()
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
