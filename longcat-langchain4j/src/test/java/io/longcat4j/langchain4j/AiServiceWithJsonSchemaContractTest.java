package io.longcat4j.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithJsonSchemaIT;
import java.util.List;
import org.junit.jupiter.api.Tag;

/**
 * What langchain4j's services ask of every chat model that binds its answers to schemas. {@code
 * isStrictJsonSchemaEnabled} stays off: it excuses models that must give every field, and this one
 * leaves out what is not required.
 */
@Tag("once")
class AiServiceWithJsonSchemaContractTest extends AbstractAiServiceWithJsonSchemaIT {
  @Override
  protected List<ChatModel> models() {
    return List.of(LongCatChatModel.builder().longcat(KnowingScript.engine().open()).build());
  }

  /** Schemas may refer to themselves. */
  @Override
  protected boolean supportsRecursion() {
    return true;
  }
}
