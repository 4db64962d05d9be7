package io.longcat4j.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import io.longcat4j.LongCat;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** What langchain4j asks of every chat model. */
@Tag("once")
class ChatModelContractTest extends AbstractChatModelIT {
  private final LongCat longcat = KnowingScript.engine().open();

  @Override
  protected List<ChatModel> models() {
    return List.of(LongCatChatModel.builder().longcat(longcat).build());
  }

  @Override
  protected ChatModel createModelWith(ChatRequestParameters parameters) {
    return LongCatChatModel.builder().longcat(longcat).defaultRequestParameters(parameters).build();
  }

  @Override
  protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
    return LongCatChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
  }

  @Override
  protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
    return LongCatChatResponseMetadata.class;
  }

  /** A LongCat is one model. */
  @Override
  protected boolean supportsModelNameParameter() {
    return false;
  }

  /** Nothing is fetched from elsewhere. */
  @Override
  protected boolean supportsSingleImageInputAsPublicURL() {
    return false;
  }
}
