package io.longcat4j.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of langchain4j and those that a LongCat knows beside them, as {@link
 * io.longcat4j.Generation} describes them. What is not set stays as it is: greedy, unspoken.
 * Immutable.
 *
 * <p>A temperature above 0, or a top-p, samples; a temperature of 0 is greedy.
 */
public final class LongCatChatRequestParameters extends DefaultChatRequestParameters {
  private final @Nullable Boolean speech;
  private final @Nullable Long seed;
  private final @Nullable Double minP;
  private final @Nullable Double repetitionPenalty;
  private final @Nullable Integer topLogprobs;
  private final @Nullable Integer priority;
  private final @Nullable Duration timeout;

  private LongCatChatRequestParameters(Builder builder) {
    super(builder);
    this.speech = builder.speech;
    this.seed = builder.seed;
    this.minP = builder.minP;
    this.repetitionPenalty = builder.repetitionPenalty;
    this.topLogprobs = builder.topLogprobs;
    this.priority = builder.priority;
    this.timeout = builder.timeout;
  }

  /**
   * Starts from nothing.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Whether the reply is spoken too.
   *
   * @return or null
   */
  public @Nullable Boolean speech() {
    return speech;
  }

  /**
   * The seed of the sampler.
   *
   * @return or null for a fresh one each time
   */
  public @Nullable Long seed() {
    return seed;
  }

  /**
   * How probable a token must be, as a part of the most probable one's probability.
   *
   * @return from 0 to 1, or null
   */
  public @Nullable Double minP() {
    return minP;
  }

  /**
   * How strongly recent tokens are made less likely.
   *
   * @return at least 1, or null
   */
  public @Nullable Double repetitionPenalty() {
    return repetitionPenalty;
  }

  /**
   * How many of the most probable tokens are told of each step.
   *
   * @return 0 to 20, or null for no log-probabilities
   */
  public @Nullable Integer topLogprobs() {
    return topLogprobs;
  }

  /**
   * Which requests go first.
   *
   * @return higher goes first, or null
   */
  public @Nullable Integer priority() {
    return priority;
  }

  /**
   * How long the words of the reply may take.
   *
   * @return above 0, or null
   */
  public @Nullable Duration timeout() {
    return timeout;
  }

  @Override
  public ChatRequestParameters overrideWith(ChatRequestParameters that) {
    return builder().overrideWith(this).overrideWith(that).build();
  }

  @Override
  public ChatRequestParameters defaultedBy(ChatRequestParameters that) {
    return builder().overrideWith(that).overrideWith(this).build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other)
        && other instanceof LongCatChatRequestParameters that
        && Objects.equals(speech, that.speech)
        && Objects.equals(seed, that.seed)
        && Objects.equals(minP, that.minP)
        && Objects.equals(repetitionPenalty, that.repetitionPenalty)
        && Objects.equals(topLogprobs, that.topLogprobs)
        && Objects.equals(priority, that.priority)
        && Objects.equals(timeout, that.timeout);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        super.hashCode(), speech, seed, minP, repetitionPenalty, topLogprobs, priority, timeout);
  }

  /** Collects parameters; not thread-safe. */
  public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {
    private @Nullable Boolean speech;
    private @Nullable Long seed;
    private @Nullable Double minP;
    private @Nullable Double repetitionPenalty;
    private @Nullable Integer topLogprobs;
    private @Nullable Integer priority;
    private @Nullable Duration timeout;

    private Builder() {}

    @Override
    public Builder overrideWith(ChatRequestParameters parameters) {
      super.overrideWith(parameters);
      if (parameters instanceof LongCatChatRequestParameters that) {
        speech = that.speech == null ? speech : that.speech;
        seed = that.seed == null ? seed : that.seed;
        minP = that.minP == null ? minP : that.minP;
        repetitionPenalty =
            that.repetitionPenalty == null ? repetitionPenalty : that.repetitionPenalty;
        topLogprobs = that.topLogprobs == null ? topLogprobs : that.topLogprobs;
        priority = that.priority == null ? priority : that.priority;
        timeout = that.timeout == null ? timeout : that.timeout;
      }
      return this;
    }

    /**
     * Speaks the reply too; the sound is {@link LongCatChatModel#speech}'s.
     *
     * @param speech true for text and speech
     * @return this
     */
    public Builder speech(boolean speech) {
      this.speech = speech;
      return this;
    }

    /**
     * Makes sampling repeatable.
     *
     * @param seed any number
     * @return this
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Keeps the tokens whose probability is at least this part of the most probable one's.
     *
     * @param minP from 0 to 1
     * @return this
     */
    public Builder minP(double minP) {
      this.minP = minP;
      return this;
    }

    /**
     * Makes recent tokens less likely.
     *
     * @param repetitionPenalty at least 1
     * @return this
     */
    public Builder repetitionPenalty(double repetitionPenalty) {
      this.repetitionPenalty = repetitionPenalty;
      return this;
    }

    /**
     * Tells log-probabilities in {@link LongCatChatResponseMetadata#logprobs()}.
     *
     * @param topLogprobs how many of the most probable, 0 to 20
     * @return this
     */
    public Builder topLogprobs(int topLogprobs) {
      this.topLogprobs = topLogprobs;
      return this;
    }

    /**
     * Lets the request go before others, or after them.
     *
     * @param priority any number; higher goes first
     * @return this
     */
    public Builder priority(int priority) {
      this.priority = priority;
      return this;
    }

    /**
     * Bounds how long the words of the reply may take.
     *
     * @param timeout above 0
     * @return this
     */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    @Override
    public LongCatChatRequestParameters build() {
      return new LongCatChatRequestParameters(this);
    }
  }
}
