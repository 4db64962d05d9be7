package io.longcat4j.springai;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/**
 * Options of Spring AI, and those that a LongCat knows beside them, as {@link
 * io.longcat4j.Generation} describes them. What is not set stays as it is: greedy, unspoken.
 * Immutable.
 *
 * <p>A temperature above 0, or a top-p, samples; a temperature of 0 is greedy.
 */
public final class LongCatChatOptions extends DefaultToolCallingChatOptions
    implements StructuredOutputChatOptions {
  private final @Nullable String outputSchema;
  private final Own own;

  private LongCatChatOptions(
      ToolCallingChatOptions common, @Nullable String outputSchema, Own own) {
    super(
        common.getToolCallbacks(),
        common.getToolContext(),
        common.getModel(),
        common.getFrequencyPenalty(),
        common.getMaxTokens(),
        common.getPresencePenalty(),
        common.getStopSequences(),
        common.getTemperature(),
        common.getTopK(),
        common.getTopP());
    this.outputSchema = outputSchema;
    this.own = own;
  }

  /** What only a LongCat knows. */
  private record Own(
      @Nullable Boolean speech,
      @Nullable Long seed,
      @Nullable Double minP,
      @Nullable Double repetitionPenalty,
      @Nullable Integer topLogprobs,
      @Nullable Integer priority,
      @Nullable Duration timeout) {
    static final Own NONE = new Own(null, null, null, null, null, null, null);

    Own overriddenBy(Own that) {
      return new Own(
          that.speech == null ? speech : that.speech,
          that.seed == null ? seed : that.seed,
          that.minP == null ? minP : that.minP,
          that.repetitionPenalty == null ? repetitionPenalty : that.repetitionPenalty,
          that.topLogprobs == null ? topLogprobs : that.topLogprobs,
          that.priority == null ? priority : that.priority,
          that.timeout == null ? timeout : that.timeout);
    }
  }

  /**
   * Starts from nothing.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Builder mutate() {
    Builder builder =
        new Builder()
            .model(getModel())
            .frequencyPenalty(getFrequencyPenalty())
            .maxTokens(getMaxTokens())
            .presencePenalty(getPresencePenalty())
            .stopSequences(getStopSequences())
            .temperature(getTemperature())
            .topK(getTopK())
            .topP(getTopP())
            .toolCallbacks(getToolCallbacks())
            .toolContext(getToolContext())
            .outputSchema(outputSchema);
    builder.own = own;
    return builder;
  }

  @Override
  public @Nullable String getOutputSchema() {
    return outputSchema;
  }

  /**
   * Whether the reply is spoken too.
   *
   * @return or null
   */
  public @Nullable Boolean getSpeech() {
    return own.speech;
  }

  /**
   * The seed of the sampler.
   *
   * @return or null for a fresh one each time
   */
  public @Nullable Long getSeed() {
    return own.seed;
  }

  /**
   * How probable a token must be, as a part of the most probable one's probability.
   *
   * @return from 0 to 1, or null
   */
  public @Nullable Double getMinP() {
    return own.minP;
  }

  /**
   * How strongly recent tokens are made less likely.
   *
   * @return at least 1, or null
   */
  public @Nullable Double getRepetitionPenalty() {
    return own.repetitionPenalty;
  }

  /**
   * How many of the most probable tokens are told of each step.
   *
   * @return 0 to 20, or null for no log-probabilities
   */
  public @Nullable Integer getTopLogprobs() {
    return own.topLogprobs;
  }

  /**
   * Which requests go first.
   *
   * @return higher goes first, or null
   */
  public @Nullable Integer getPriority() {
    return own.priority;
  }

  /**
   * How long the words of the reply may take.
   *
   * @return above 0, or null
   */
  public @Nullable Duration getTimeout() {
    return own.timeout;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other)
        && other instanceof LongCatChatOptions that
        && Objects.equals(outputSchema, that.outputSchema)
        && own.equals(that.own);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), outputSchema, own);
  }

  /** Collects options; not thread-safe. */
  public static final class Builder extends DefaultToolCallingChatOptions.Builder<Builder>
      implements StructuredOutputChatOptions.Builder<Builder> {
    private @Nullable String outputSchema;
    private Own own = Own.NONE;

    private Builder() {}

    /**
     * Speaks the reply too; the sound is among the media of the assistant's message.
     *
     * @param speech true for text and speech
     * @return this
     */
    public Builder speech(boolean speech) {
      return with(new Own(speech, null, null, null, null, null, null));
    }

    /**
     * Makes sampling repeatable.
     *
     * @param seed any number
     * @return this
     */
    public Builder seed(long seed) {
      return with(new Own(null, seed, null, null, null, null, null));
    }

    /**
     * Keeps the tokens whose probability is at least this part of the most probable one's.
     *
     * @param minP from 0 to 1
     * @return this
     */
    public Builder minP(double minP) {
      return with(new Own(null, null, minP, null, null, null, null));
    }

    /**
     * Makes recent tokens less likely.
     *
     * @param repetitionPenalty at least 1
     * @return this
     */
    public Builder repetitionPenalty(double repetitionPenalty) {
      return with(new Own(null, null, null, repetitionPenalty, null, null, null));
    }

    /**
     * Tells log-probabilities as {@link LongCatChatModel#LOGPROBS} in the response's metadata.
     *
     * @param topLogprobs how many of the most probable, 0 to 20
     * @return this
     */
    public Builder topLogprobs(int topLogprobs) {
      return with(new Own(null, null, null, null, topLogprobs, null, null));
    }

    /**
     * Lets the request go before others, or after them.
     *
     * @param priority any number; higher goes first
     * @return this
     */
    public Builder priority(int priority) {
      return with(new Own(null, null, null, null, null, priority, null));
    }

    /**
     * Bounds how long the words of the reply may take.
     *
     * @param timeout above 0
     * @return this
     */
    public Builder timeout(Duration timeout) {
      return with(new Own(null, null, null, null, null, null, timeout));
    }

    private Builder with(Own changes) {
      own = own.overriddenBy(changes);
      return this;
    }

    @Override
    public Builder outputSchema(@Nullable String schema) {
      this.outputSchema = schema;
      return this;
    }

    @Override
    public Builder combineWith(ChatOptions.Builder<?> other) {
      super.combineWith(other);
      if (other instanceof Builder that) {
        own = own.overriddenBy(that.own);
        outputSchema = that.outputSchema == null ? outputSchema : that.outputSchema;
      }
      return this;
    }

    @Override
    public LongCatChatOptions build() {
      return new LongCatChatOptions(super.build(), outputSchema, own);
    }
  }
}
