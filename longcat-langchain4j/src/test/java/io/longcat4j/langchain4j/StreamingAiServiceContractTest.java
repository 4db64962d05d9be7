package io.longcat4j.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.service.common.AbstractStreamingAiServiceIT;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** What langchain4j's services ask of every chat model. */
@Tag("once")
class StreamingAiServiceContractTest extends AbstractStreamingAiServiceIT {
  @Override
  protected List<StreamingChatModel> models() {
    return List.of(
        LongCatStreamingChatModel.builder().longcat(KnowingScript.engine().open()).build());
  }

  @Override
  protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(
      StreamingChatModel model) {
    return LongCatChatResponseMetadata.class;
  }
}
