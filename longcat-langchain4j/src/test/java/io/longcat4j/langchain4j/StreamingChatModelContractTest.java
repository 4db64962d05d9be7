package io.longcat4j.langchain4j;

import static org.mockito.ArgumentMatchers.argThat;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.longcat4j.LongCat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.mockito.InOrder;

/** What langchain4j asks of every chat model whose replies come bit by bit. */
@Tag("once")
class StreamingChatModelContractTest extends AbstractStreamingChatModelIT {
  private final LongCat longcat = KnowingScript.engine().open();

  @Override
  protected List<StreamingChatModel> models() {
    return List.of(LongCatStreamingChatModel.builder().longcat(longcat).build());
  }

  @Override
  public StreamingChatModel createModelWith(ChatModelListener listener) {
    return LongCatStreamingChatModel.builder()
        .longcat(longcat)
        .listeners(List.of(listener))
        .build();
  }

  @Override
  protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
    return LongCatStreamingChatModel.builder()
        .longcat(longcat)
        .defaultRequestParameters(parameters)
        .build();
  }

  @Override
  protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
    return LongCatChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
  }

  @Override
  protected void verifyToolCallbacks(
      StreamingChatResponseHandler handler, InOrder order, String id) {
    order
        .verify(handler)
        .onCompleteToolCall(
            argThat(call -> call.index() == 0 && call.toolExecutionRequest().id().equals(id)));
  }

  @Override
  protected void verifyToolCallbacks(
      StreamingChatResponseHandler handler, InOrder order, String id1, String id2) {
    order
        .verify(handler)
        .onCompleteToolCall(
            argThat(call -> call.index() == 0 && call.toolExecutionRequest().id().equals(id1)));
    order
        .verify(handler)
        .onCompleteToolCall(
            argThat(call -> call.index() == 1 && call.toolExecutionRequest().id().equals(id2)));
  }

  @Override
  protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(
      StreamingChatModel model) {
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

  /** The engine tells a call when it is whole. */
  @Override
  protected boolean supportsPartialToolStreaming(StreamingChatModel model) {
    return false;
  }

  /** That test waits for half a minute; {@link StreamingTest} has one that does not. */
  @Override
  protected boolean supportsStreamingCancellation() {
    return Boolean.getBoolean("longcat.nightly");
  }
}
