package io.longcat4j.langchain4j;

import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.longcat4j.LongCatException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A {@link io.longcat4j.LongCat} as a {@link ChatModel}:
 *
 * <pre>{@code
 * ChatModel model = LongCatChatModel.builder().longcat(longcat).build();
 * ChatResponse response =
 *     model.chat(UserMessage.from(ImageContent.from(path, "image/png"), TextContent.from("What is it?")));
 * }</pre>
 *
 * <p>Takes text, images, audio and video; tools, whose results are matched to calls by id; response
 * formats. With {@link LongCatChatRequestParameters.Builder#speech} the reply is spoken too, see
 * {@link #speech}. Thread-safe. What goes wrong is thrown as langchain4j's exceptions, with the
 * model's own as the cause.
 *
 * <p>Tools and a JSON response format together cost a second pass over what the model wrote: it
 * answers freely first, because only so can it call a tool.
 */
public final class LongCatChatModel implements ChatModel {
  /** The attribute of an {@link AiMessage} that holds its speech. */
  public static final String SPEECH = "generated_audio";

  private final Requests requests;
  private final ChatRequestParameters parameters;
  private final List<ChatModelListener> listeners;

  private LongCatChatModel(Builder builder) {
    this.requests = builder.requests();
    this.parameters = builder.parameters();
    this.listeners = builder.listeners();
  }

  /**
   * Starts from the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The spoken words of a reply.
   *
   * @param message a reply of this model
   * @return a WAV file, 16 bits a sample, one channel; empty if the reply was not spoken
   */
  public static Optional<Audio> speech(AiMessage message) {
    return message.attributes().get(SPEECH) instanceof Audio audio
        ? Optional.of(audio)
        : Optional.empty();
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    Turn turn = requests.turn(request);
    Gathering gathering = new Gathering();
    try {
      turn.read(gathering::add);
    } catch (LongCatException e) {
      throw Errors.of(e);
    }
    if (turn.isCall()) {
      gathering.takeTextAsCall();
    }
    return gathering.response(requests.modelName());
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return parameters;
  }

  @Override
  public List<ChatModelListener> listeners() {
    return listeners;
  }

  @Override
  public Set<Capability> supportedCapabilities() {
    return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
  }

  /** Collects what the model is made of; not thread-safe. */
  public static final class Builder extends ModelBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Makes the model.
     *
     * @return the model
     */
    public LongCatChatModel build() {
      return new LongCatChatModel(this);
    }
  }
}
