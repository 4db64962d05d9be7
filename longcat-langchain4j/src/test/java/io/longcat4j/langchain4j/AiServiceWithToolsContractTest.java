package io.longcat4j.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithToolsIT;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** What langchain4j's services ask of every chat model. */
@Tag("once")
class AiServiceWithToolsContractTest extends AbstractAiServiceWithToolsIT {
  @Override
  protected List<ChatModel> models() {
    return List.of(LongCatChatModel.builder().longcat(KnowingScript.engine().open()).build());
  }

  /** The model reads what tools answer as text. */
  @Override
  protected boolean supportsMultimodalToolResults() {
    return false;
  }

  @Override
  protected Image catImage() {
    return Image.builder().base64Data("AAAA").mimeType("image/png").build();
  }
}
