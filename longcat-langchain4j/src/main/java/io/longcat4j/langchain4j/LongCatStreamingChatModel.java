package io.longcat4j.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * A {@link io.longcat4j.LongCat} as a {@link StreamingChatModel}; what {@link LongCatChatModel}
 * says holds here too.
 *
 * <p>Each request has a thread, which calls its handler, one call after the other. A handler that
 * takes its time slows its own reply alone. What the handler throws is told to its {@code onError},
 * and the reply goes on. {@code StreamingHandle.cancel()} ends words and sound; nothing is called
 * after it.
 *
 * <p>Sound comes as it is made: {@code onUnmappedRawEvent} gets an {@link io.longcat4j.AudioDelta},
 * whose {@code toPcm16()} are samples to play, and a {@link io.longcat4j.Warning} where something
 * of the prompt was left out. Tool calls come whole.
 */
public final class LongCatStreamingChatModel implements StreamingChatModel {
  private final Requests requests;
  private final ChatRequestParameters parameters;
  private final List<ChatModelListener> listeners;
  private final Executor executor;

  private LongCatStreamingChatModel(Builder builder) {
    this.requests = builder.requests();
    this.parameters = builder.parameters();
    this.listeners = builder.listeners();
    this.executor = builder.executor;
  }

  /**
   * Starts from the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    Turn turn = requests.turn(request);
    executor.execute(new StreamedTurn(turn, handler, requests.modelName()));
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

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "longcat-reply");
    thread.setDaemon(true);
    thread.start();
  }

  /** Collects what the model is made of; not thread-safe. */
  public static final class Builder extends ModelBuilder<Builder> {
    private Executor executor = LongCatStreamingChatModel::start;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Sets what runs the requests; default a new daemon thread for each. What it throws when it is
     * full is thrown at the caller of the model.
     *
     * @param executor such as one of virtual threads
     * @return this
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Makes the model.
     *
     * @return the model
     */
    public LongCatStreamingChatModel build() {
      return new LongCatStreamingChatModel(this);
    }
  }
}
