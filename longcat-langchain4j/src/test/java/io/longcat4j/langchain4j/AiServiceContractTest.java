package io.longcat4j.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceIT;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** What langchain4j's services ask of every chat model. */
@Tag("once")
class AiServiceContractTest extends AbstractAiServiceIT {
  @Override
  protected List<ChatModel> models() {
    return List.of(LongCatChatModel.builder().longcat(KnowingScript.engine().open()).build());
  }
}
