package io.longcat4j;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a reply is generated. The default is greedy: the same request gives the same reply.
 *
 * <p>Sampling follows the published model: repetition penalty over the last 30 ids, temperature,
 * softmax, top-k, renormalisation, top-p. {@code topK = 1} is greedy and skips the penalty.
 */
public final class Generation {
  private static final Generation TEXT = builder().build();
  private static final Generation SPEECH = builder().speech(true).build();

  private final int maxNewTokens;
  private final double temperature;
  private final int topK;
  private final double topP;
  private final double repetitionPenalty;
  private final OptionalLong seed;
  private final List<String> stop;
  private final boolean speech;
  private final boolean ignoreEos;
  private final boolean strict;
  private final int priority;
  private final Optional<Duration> timeout;

  private Generation(Builder builder) {
    this.maxNewTokens = builder.maxNewTokens;
    this.temperature = builder.temperature;
    this.topK = builder.topK;
    this.topP = builder.topP;
    this.repetitionPenalty = builder.repetitionPenalty;
    this.seed = builder.seed;
    this.stop = builder.stop;
    this.speech = builder.speech;
    this.ignoreEos = builder.ignoreEos;
    this.strict = builder.strict;
    this.priority = builder.priority;
    this.timeout = builder.timeout;
  }

  /**
   * Greedy text.
   *
   * @return the defaults
   */
  public static Generation text() {
    return TEXT;
  }

  /**
   * Greedy text that is also spoken.
   *
   * @return the defaults with speech on
   */
  public static Generation speech() {
    return SPEECH;
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
   * Starts from these values.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.maxNewTokens = maxNewTokens;
    builder.temperature = temperature;
    builder.topK = topK;
    builder.topP = topP;
    builder.repetitionPenalty = repetitionPenalty;
    builder.seed = seed;
    builder.stop = stop;
    builder.speech = speech;
    builder.ignoreEos = ignoreEos;
    builder.strict = strict;
    builder.priority = priority;
    builder.timeout = timeout;
    return builder;
  }

  /**
   * Upper bound of the model's steps.
   *
   * @return at least 1
   */
  public int maxNewTokens() {
    return maxNewTokens;
  }

  /**
   * Divisor of the logits.
   *
   * @return above 0
   */
  public double temperature() {
    return temperature;
  }

  /**
   * How many of the most probable tokens stay.
   *
   * @return 1 for greedy, 0 for all
   */
  public int topK() {
    return topK;
  }

  /**
   * The probability mass that stays.
   *
   * @return above 0, at most 1
   */
  public double topP() {
    return topP;
  }

  /**
   * How strongly recent tokens are made less likely.
   *
   * @return at least 1; 1 switches it off
   */
  public double repetitionPenalty() {
    return repetitionPenalty;
  }

  /**
   * The seed of the sampler.
   *
   * @return the seed, or empty for a fresh one each time
   */
  public OptionalLong seed() {
    return seed;
  }

  /**
   * Strings that end the reply; they are not part of it.
   *
   * @return may be empty
   */
  public List<String> stop() {
    return stop;
  }

  /**
   * Whether the reply is spoken too.
   *
   * @return true for text and speech
   */
  public boolean isSpeech() {
    return speech;
  }

  /**
   * Whether the end-of-text token is passed over in text-only generation.
   *
   * @return true to go on until another limit
   */
  public boolean isIgnoreEos() {
    return ignoreEos;
  }

  /**
   * Whether input that would be shortened with a warning is refused instead.
   *
   * @return true to refuse
   */
  public boolean isStrict() {
    return strict;
  }

  /**
   * Which requests go first where not all can run at once.
   *
   * @return higher goes first; 0 is usual
   */
  public int priority() {
    return priority;
  }

  /**
   * How long the reply may take, waiting included; after that the request ends with a {@link
   * DeadlineExceededException}.
   *
   * @return the bound, or empty for none
   */
  public Optional<Duration> timeout() {
    return timeout;
  }

  /** Collects options; not thread-safe. */
  public static final class Builder {
    private int maxNewTokens = 1024;
    private double temperature = 1.0;
    private int topK = 1;
    private double topP = 1.0;
    private double repetitionPenalty = 1.0;
    private OptionalLong seed = OptionalLong.empty();
    private List<String> stop = List.of();
    private boolean speech;
    private boolean ignoreEos;
    private boolean strict;
    private int priority;
    private Optional<Duration> timeout = Optional.empty();

    private Builder() {}

    /**
     * Bounds the model's steps; default 1024.
     *
     * @param maxNewTokens at least 1
     * @return this
     */
    public Builder maxNewTokens(int maxNewTokens) {
      require(maxNewTokens >= 1, "maxNewTokens", maxNewTokens, "at least 1");
      this.maxNewTokens = maxNewTokens;
      return this;
    }

    /**
     * Divides the logits; default 1.
     *
     * @param temperature above 0
     * @return this
     */
    public Builder temperature(double temperature) {
      require(
          temperature > 0 && Double.isFinite(temperature),
          "temperature",
          temperature,
          "above 0, or topK(1) for greedy decoding");
      this.temperature = temperature;
      return this;
    }

    /**
     * Keeps the most probable tokens; default 1, which is greedy.
     *
     * @param topK 1 for greedy, 0 for all
     * @return this
     */
    public Builder topK(int topK) {
      require(topK >= 0, "topK", topK, "0 (all), 1 (greedy) or more");
      this.topK = topK;
      return this;
    }

    /**
     * Keeps a probability mass; default 1.
     *
     * @param topP above 0, at most 1
     * @return this
     */
    public Builder topP(double topP) {
      require(topP > 0 && topP <= 1, "topP", topP, "above 0 and at most 1");
      this.topP = topP;
      return this;
    }

    /**
     * Makes recent tokens less likely; default 1, which is off.
     *
     * @param repetitionPenalty at least 1
     * @return this
     */
    public Builder repetitionPenalty(double repetitionPenalty) {
      require(
          repetitionPenalty >= 1 && Double.isFinite(repetitionPenalty),
          "repetitionPenalty",
          repetitionPenalty,
          "at least 1");
      this.repetitionPenalty = repetitionPenalty;
      return this;
    }

    /**
     * Makes sampling repeatable.
     *
     * @param seed any number
     * @return this
     */
    public Builder seed(long seed) {
      this.seed = OptionalLong.of(seed);
      return this;
    }

    /**
     * Ends the reply before any of these strings.
     *
     * @param stop none of them empty
     * @return this
     */
    public Builder stop(String... stop) {
      List<String> copy = List.of(stop);
      require(copy.stream().noneMatch(String::isEmpty), "stop", copy, "strings that are not empty");
      this.stop = copy;
      return this;
    }

    /**
     * Speaks the reply too; default off. Needs {@code longcat-audio} and a checkpoint with a codec.
     *
     * @param speech true for text and speech
     * @return this
     */
    public Builder speech(boolean speech) {
      this.speech = speech;
      return this;
    }

    /**
     * Passes over the end-of-text token in text-only generation; default off.
     *
     * @param ignoreEos true to go on until another limit
     * @return this
     */
    public Builder ignoreEos(boolean ignoreEos) {
      this.ignoreEos = ignoreEos;
      return this;
    }

    /**
     * Refuses input that would otherwise be shortened with a warning; default off.
     *
     * @param strict true to refuse
     * @return this
     */
    public Builder strict(boolean strict) {
      this.strict = strict;
      return this;
    }

    /**
     * Lets the request go before others, or after them, where not all can run at once; default 0.
     *
     * @param priority any number; higher goes first
     * @return this
     */
    public Builder priority(int priority) {
      this.priority = priority;
      return this;
    }

    /**
     * Bounds how long the words of the reply may take, encoding and waiting included; default no
     * bound.
     *
     * @param timeout above 0
     * @return this
     */
    public Builder timeout(Duration timeout) {
      Objects.requireNonNull(timeout, "timeout");
      require(!timeout.isZero() && !timeout.isNegative(), "timeout", timeout, "more than 0");
      this.timeout = Optional.of(timeout);
      return this;
    }

    /**
     * Makes the immutable value.
     *
     * @return the options
     */
    public Generation build() {
      return new Generation(this);
    }

    private static void require(boolean holds, String name, Object value, String expected) {
      if (!holds) {
        throw new InvalidRequestException(name + " is " + value + "; pass " + expected);
      }
    }
  }
}
