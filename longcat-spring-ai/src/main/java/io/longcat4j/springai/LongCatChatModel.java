package io.longcat4j.springai;

import io.longcat4j.LongCat;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * A {@link LongCat} as a {@link ChatModel}:
 *
 * <pre>{@code
 * ChatClient client = ChatClient.create(LongCatChatModel.builder().longcat(longcat).build());
 * String answer =
 *     client.prompt().user(u -> u.text("What is it?").media(MimeTypeUtils.IMAGE_PNG, png)).call().content();
 * }</pre>
 *
 * <p>Takes text, images, audio and video; tools, whose results are matched to calls by id, and
 * which the {@code ChatClient} executes; output schemas. With {@link
 * LongCatChatOptions.Builder#speech} the reply is spoken too: {@link #call(Prompt)} has the sound
 * as a WAV file among the message's media; {@link #stream(Prompt)} has pieces of it, {@code
 * audio/pcm} with their {@code rate}, as they are made, between the words. Thread-safe. What goes
 * wrong is a {@link io.longcat4j.LongCatException}. Cancelling a subscription ends words and sound;
 * a subscriber that asks for nothing holds up its own reply alone.
 *
 * <p>Each request is an observation with the names of OpenTelemetry's conventions for generative
 * AI. Tools and an output schema together cost a second pass over what the model wrote: it answers
 * freely first, because only so can it call a tool.
 */
public final class LongCatChatModel implements ChatModel {
  /** In a response's metadata: a list of {@link io.longcat4j.TokenLogprobs}. */
  public static final String LOGPROBS = "logprobs";

  /** In a response's metadata: sentences on what was left out of the prompt. */
  public static final String WARNINGS = "warnings";

  /** In the metadata of a streamed message: one such sentence. */
  public static final String WARNING = "warning";

  private static final String PROVIDER = "longcat";
  private static final ChatModelObservationConvention NAMES =
      new DefaultChatModelObservationConvention();

  private final LongCat longcat;
  private final String modelName;
  private final Parts parts;
  private final LongCatChatOptions options;
  private final ObservationRegistry observations;
  private final Executor executor;

  private LongCatChatModel(Builder builder) {
    this.longcat = Objects.requireNonNull(builder.longcat, "longcat: call longcat(...) first");
    this.modelName = builder.modelName;
    this.parts = new Parts(builder.mediaFetcher, builder.videoSound);
    Asked.check(builder.options, modelName);
    this.options = builder.options.mutate().model(modelName).build();
    this.observations = builder.observations;
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
  public LongCatChatOptions getOptions() {
    return options;
  }

  @Override
  public ChatResponse call(Prompt prompt) {
    Prompt request = complete(prompt);
    ChatModelObservationContext context = context(request, false);
    return observation(context)
        .observe(
            () -> {
              Asked asked = asked(request);
              ChatResponse response = new Responses(modelName).of(asked.whole(longcat));
              context.setResponse(response);
              return response;
            });
  }

  @Override
  public Flux<ChatResponse> stream(Prompt prompt) {
    Prompt request = complete(prompt);
    Asked asked = asked(request);
    return Flux.deferContextual(
            view -> {
              ChatModelObservationContext context = context(request, true);
              Observation observation = observation(context);
              Observation parent = view.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
              observation.parentObservation(parent).start();
              Responses responses = new Responses(modelName);
              return asked
                  .events(longcat, executor)
                  .map(responses::of)
                  .doOnError(observation::error)
                  .doOnTerminate(() -> end(observation, context, responses))
                  .doOnCancel(() -> end(observation, context, responses))
                  .contextWrite(
                      written -> written.put(ObservationThreadLocalAccessor.KEY, observation));
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static void end(
      Observation observation, ChatModelObservationContext context, Responses responses) {
    ChatResponse whole = responses.whole();
    if (whole != null) {
      context.setResponse(whole);
    }
    observation.stop();
  }

  private Asked asked(Prompt request) {
    LongCatChatOptions merged = (LongCatChatOptions) Objects.requireNonNull(request.getOptions());
    Asked.check(merged, modelName);
    return Asked.read(request, merged, parts);
  }

  /** The prompt with options of this model; those of a {@code ChatClient} are merged already. */
  private Prompt complete(Prompt prompt) {
    ChatOptions asked = prompt.getOptions();
    if (asked instanceof LongCatChatOptions) {
      return prompt;
    }
    LongCatChatOptions merged = options;
    if (asked != null) {
      LongCatChatOptions.Builder builder = options.mutate().combineWith(asked.mutate());
      if (asked instanceof StructuredOutputChatOptions structured
          && structured.getOutputSchema() != null) {
        builder.outputSchema(structured.getOutputSchema());
      }
      merged = builder.build();
    }
    return prompt.mutate().chatOptions(merged).build();
  }

  private static ChatModelObservationContext context(Prompt prompt, boolean streaming) {
    return ChatModelObservationContext.builder()
        .prompt(prompt)
        .provider(PROVIDER)
        .streaming(streaming)
        .build();
  }

  private Observation observation(ChatModelObservationContext context) {
    return ChatModelObservationDocumentation.CHAT_MODEL_OPERATION.observation(
        null, NAMES, () -> context, observations);
  }

  /** Collects what the model is made of; not thread-safe. */
  public static final class Builder {
    private @Nullable LongCat longcat;
    private String modelName = "longcat";
    private LongCatChatOptions options = LongCatChatOptions.builder().build();
    private @Nullable MediaFetcher mediaFetcher;
    private boolean videoSound;
    private ObservationRegistry observations = ObservationRegistry.NOOP;
    private Executor executor = Schedulers.boundedElastic()::schedule;

    private Builder() {}

    /**
     * Names the model that answers.
     *
     * @param longcat stays the caller's, who closes it after the last request
     * @return this
     */
    public Builder longcat(LongCat longcat) {
      this.longcat = Objects.requireNonNull(longcat, "longcat");
      return this;
    }

    /**
     * Sets what the model is called; default {@code longcat}. A request for another name is
     * refused.
     *
     * @param modelName any name
     * @return this
     */
    public Builder modelName(String modelName) {
      this.modelName = Objects.requireNonNull(modelName, "modelName");
      return this;
    }

    /**
     * Sets what holds where a request says nothing.
     *
     * @param options of each request
     * @return this
     */
    public Builder options(LongCatChatOptions options) {
      this.options = Objects.requireNonNull(options, "options");
      return this;
    }

    /**
     * Allows media from elsewhere; default none, so that only data, {@code data:} and {@code file:}
     * are taken.
     *
     * @param mediaFetcher decides and gets them
     * @return this
     */
    public Builder mediaFetcher(MediaFetcher mediaFetcher) {
      this.mediaFetcher = Objects.requireNonNull(mediaFetcher, "mediaFetcher");
      return this;
    }

    /**
     * Listens to the sound track of videos too; default false, because a file without one is
     * refused then.
     *
     * @param videoSound true to hear what is seen
     * @return this
     */
    public Builder videoSound(boolean videoSound) {
      this.videoSound = videoSound;
      return this;
    }

    /**
     * Tells requests to meters and traces; default nobody.
     *
     * @param observations where to
     * @return this
     */
    public Builder observationRegistry(ObservationRegistry observations) {
      this.observations = Objects.requireNonNull(observations, "observations");
      return this;
    }

    /**
     * Sets what calls subscribers; default Reactor's bounded elastic scheduler.
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
    public LongCatChatModel build() {
      return new LongCatChatModel(this);
    }
  }
}
