package io.longcat4j.langchain4j;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import io.longcat4j.LongCat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What both chat models are built from; not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class ModelBuilder<B extends ModelBuilder<B>>
    permits LongCatChatModel.Builder, LongCatStreamingChatModel.Builder {
  private @Nullable LongCat longcat;
  private String modelName = "longcat";
  private ChatRequestParameters parameters = LongCatChatRequestParameters.builder().build();
  private List<ChatModelListener> listeners = List.of();
  private @Nullable MediaFetcher mediaFetcher;
  private boolean videoSound;

  ModelBuilder() {}

  abstract B self();

  /**
   * Names the model that answers.
   *
   * @param longcat stays the caller's, who closes it after the last request
   * @return this
   */
  public B longcat(LongCat longcat) {
    this.longcat = Objects.requireNonNull(longcat, "longcat");
    return self();
  }

  /**
   * Sets what the model is called in responses and requests; default {@code longcat}. A request for
   * another name is refused.
   *
   * @param modelName any name
   * @return this
   */
  public B modelName(String modelName) {
    this.modelName = Objects.requireNonNull(modelName, "modelName");
    return self();
  }

  /**
   * Sets what holds where a request says nothing; {@link LongCatChatRequestParameters} has what
   * only a LongCat knows, such as speech.
   *
   * @param parameters of each request
   * @return this
   */
  public B defaultRequestParameters(ChatRequestParameters parameters) {
    this.parameters = Objects.requireNonNull(parameters, "parameters");
    return self();
  }

  /**
   * Lets others hear of requests, replies and errors.
   *
   * @param listeners in order
   * @return this
   */
  public B listeners(List<ChatModelListener> listeners) {
    this.listeners = List.copyOf(listeners);
    return self();
  }

  /**
   * Allows media from elsewhere; default none, so that only data, {@code data:} and {@code file:}
   * are taken.
   *
   * @param mediaFetcher decides and gets them
   * @return this
   */
  public B mediaFetcher(MediaFetcher mediaFetcher) {
    this.mediaFetcher = Objects.requireNonNull(mediaFetcher, "mediaFetcher");
    return self();
  }

  /**
   * Listens to the sound track of videos too; default false, because a file without one is refused
   * then.
   *
   * @param videoSound true to hear what is seen
   * @return this
   */
  public B videoSound(boolean videoSound) {
    this.videoSound = videoSound;
    return self();
  }

  final Requests requests() {
    Requests requests =
        new Requests(
            Objects.requireNonNull(longcat, "longcat: call longcat(...) first"),
            modelName,
            new Parts(mediaFetcher, videoSound));
    requests.check(parameters);
    return requests;
  }

  /** The default parameters, with the model's name. */
  final ChatRequestParameters parameters() {
    return LongCatChatRequestParameters.builder()
        .modelName(modelName)
        .overrideWith(parameters)
        .build();
  }

  final List<ChatModelListener> listeners() {
    return listeners;
  }
}
